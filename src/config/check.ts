/** Holds a config against its schema, and says what is wrong at which place. */
import schema from '../../schema/config.json' with { type: 'json' }
import { faults, type Schema } from '../result/json-schema.ts'
import { Problem } from '../result/problem.ts'
import type { Config } from './config.ts'

/** Faults that one message names; a file that is something else altogether has many. */
const shown = 5

/** @throws Problem `bad-config`, with the path of each fault */
export function checkConfig(value: unknown, file: string): Config {
  // A type of the schema is a plain string where JSON is imported.
  const { definitions, ...top } = schema as unknown as Schema
  const found = faults(value, top, definitions ?? {})
  const [first, ...others] = found
  if (!first) return value as Config
  const listed = others.slice(0, shown - 1).map(({ path, message }) => `at ${path || 'the top'}: ${message}`)
  const rest = found.length > shown ? [`and ${found.length - shown} more`] : []
  const message = [`${file}: at ${first.path || 'the top'}: ${first.message}`, ...listed, ...rest].join('; ')
  throw new Problem('bad-config', message, {
    path: file,
    expected: first.expected,
    fix: first.near ? `did you mean ${first.near}?` : 'schema/config.json of the package describes every key',
  })
}
