/** The known-problems file: read, and written so that a diff shows one problem per line. */
import { existsSync, readFileSync } from 'node:fs'
import type { KnownProblem, KnownProblems } from '../result/acceptance.ts'
import { faults, type Schema } from '../result/json-schema.ts'
import { Problem } from '../result/problem.ts'

const text: Schema = { type: 'string' }

const schema: Schema = {
  type: 'object',
  required: ['version', 'problems'],
  properties: {
    version: { type: 'integer', minimum: 1 },
    problems: {
      type: 'array',
      items: {
        type: 'object',
        required: ['model', 'target', 'finding'],
        properties: {
          model: text,
          target: { type: ['string', 'null'] },
          finding: text,
          nodes: { type: 'array', items: text },
          value: { type: ['string', 'number', 'null'] },
          message: text,
          reason: text,
        },
      },
    },
  },
}

/**
 * The problems of a file.
 * @param mayBeMissing a file that is about to be written for the first time
 * @throws Problem where there is no such file, or it holds something else
 */
export function readKnown(file: string, mayBeMissing: boolean): readonly KnownProblem[] {
  if (!existsSync(file)) {
    if (mayBeMissing) return []
    throw new Problem('missing-known', `there is no known-problems file ${file}`, {
      path: file,
      fix: 'check the path, or write it with --update-known',
    })
  }
  const json = parsed(file)
  const [fault] = faults(json, schema, {})
  if (fault) throw notKnown(file, `at ${fault.path || 'the top'}: ${fault.message}`, fault.expected)
  const { version, problems } = json as KnownProblems
  if (version !== 1) throw notKnown(file, `it has version ${version}`, 'version 1; a newer deploycheck may read it')
  return problems
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw notKnown(file, cause instanceof Error ? cause.message : String(cause), 'JSON')
  }
}

const notKnown = (file: string, found: string, expected: string): Problem =>
  new Problem('bad-known', `${file} is not a known-problems file: ${found}`, {
    path: file,
    expected,
    fix: 'mend it, or delete it and write it anew with --update-known',
  })

export function knownText(problems: readonly KnownProblem[]): string {
  const lines = problems.map((problem) => `    ${JSON.stringify(problem)}`)
  return `{\n  "version": 1,\n  "problems": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`
}
