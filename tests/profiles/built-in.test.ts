/** The targets of this package are files like those of users: nothing in them is left to correct. */
import { expect, test } from 'vitest'
import { schemaVocabulary } from '../../src/check/vocabulary.ts'
import { lintProfile } from '../../src/profiles/lint.ts'
import { builtInFolder, Registry, readJson } from '../../src/profiles/load.ts'
import type { Profile } from '../../src/profiles/profile.ts'

const registry = new Registry()
const vocabulary = schemaVocabulary()

test.each(registry.ids())('%s', (id) => {
  const path = `${builtInFolder()}/${id}.json`
  const own = readJson(path) as Profile
  const base = registry.base(own, path)
  const faults = base ? lintProfile(own, vocabulary, base) : lintProfile(own, vocabulary)
  expect(faults.map(({ message }) => message)).toEqual([])
})
