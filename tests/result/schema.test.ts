import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { resultSchema, schemaPath } from '../../dev/result-schema.ts'
import { jsonReport } from '../../src/report/json.ts'
import { model, oneModel, result, severalModels } from '../report/sample.ts'

const text = readFileSync(schemaPath, 'utf8').replaceAll('\r\n', '\n')
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(text))

const errorsOf = (json: string): unknown => {
  validate(JSON.parse(json))
  return validate.errors ?? []
}

describe('schema/result.json', () => {
  test('is what the types say (npx tsx dev/result-schema.ts)', () => {
    expect(text).toBe(resultSchema())
  })

  test.each([
    ['one model', oneModel],
    ['several models, one unreadable', severalModels],
    ['nothing', result()],
    [
      'an inspected model',
      result(model({ values: { x: { dtype: null, shape: [1, null, 'N'], const: false, why: 'lost' } } })),
    ],
    ['an error', { ...result(), error: { code: 'unknown-target', message: 'no', offset: null } }],
  ])('accepts the result of %s', (_, sample) => {
    expect(errorsOf(jsonReport(sample))).toEqual([])
  })

  test('refuses what is not a result', () => {
    expect(errorsOf('{}')).not.toEqual([])
    expect(errorsOf(jsonReport({ ...oneModel, schemaVersion: 'one' } as never))).not.toEqual([])
    expect(errorsOf(jsonReport(result({ ...model(), totals: { nodes: null } } as never)))).not.toEqual([])
  })
})
