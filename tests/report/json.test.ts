import { describe, expect, test } from 'vitest'
import { jsonReport } from '../../src/report/json.ts'
import type { Result } from '../../src/result/result.ts'
import { finding, model, oneModel, result, severalModels } from './sample.ts'

describe('json', () => {
  test.each([
    ['one model', oneModel],
    ['several models', severalModels],
    ['no model', result()],
  ])('%s: says what the result says, and ends with a newline', (_, sample) => {
    const text = jsonReport(sample)
    expect(JSON.parse(text)).toEqual(sample)
    expect(text.endsWith('}\n')).toBe(true)
  })

  test('the same result gives the same bytes, in whatever order it was put together', () => {
    const { models, gates, ...rest } = oneModel
    const turned = { gates, models, ...Object.fromEntries(Object.entries(rest).reverse()) } as unknown as Result
    const head = (text: string) => text.slice(0, text.indexOf('"models"'))
    expect(head(jsonReport(turned))).toBe(head(jsonReport(oneModel)))
    expect(jsonReport(structuredClone(oneModel))).toBe(jsonReport(oneModel))
  })

  test('a node, a value, a finding takes one line each', () => {
    const lines = jsonReport(oneModel).split('\n')
    expect(lines.filter((line) => line.includes('"/up1/Resize"'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('"id":"nnapi/Resize/mode"'))).toHaveLength(1)
  })

  test('names that mean something to JavaScript are names', () => {
    const values = Object.fromEntries(['__proto__', 'constructor', '1', '\ud800', 'a\nb'].map((name) => [name, detail]))
    const parsed = JSON.parse(jsonReport(result(model({ values }))))
    expect(Object.keys(parsed.models[0].values).sort()).toEqual(Object.keys(values).sort())
  })

  test('numbers that JSON does not have keep their meaning', () => {
    const found = { nan: Number.NaN, big: 2n ** 63n, small: 5n, low: Number.NEGATIVE_INFINITY }
    const text = jsonReport(result(model({ findings: [finding({ id: 'a/b', found })] })))
    expect(JSON.parse(text).models[0].findings[0].found).toEqual({
      nan: 'NaN',
      big: '9223372036854775808',
      small: 5,
      low: '-Infinity',
    })
  })
})

const detail = { dtype: 'float32', shape: [1], const: false, why: null }
