import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Model } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import { Problem } from '../../src/result/problem.ts'
import { describeData, hasData } from '../data.ts'
import { layOut, malformedCases } from './files.ts'

const cases = malformedCases
const scratch = hasData ? layOut() : ''
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** What the manifest calls a fault → how the problem is called here, where the two differ. */
const codes: [pattern: RegExp, code: string][] = [
  [/^format:/, 'other-format'],
  [/^damaged:/, 'damaged'],
]

/** Faults that only knowledge of operators, types and shapes can find; they are tested where that lives. */
const needsOperators =
  /^(unknown-domain|unknown-op|op-not-in-opset|arity|attribute-(missing|unknown|type|conflict|value|ref)|type-mismatch|bad-dtype|shape-mismatch|declared-(shape|type)|subgraph-(type|arity)|huge-tensor|long-loop)$/

type Outcome = Model | Problem

async function read(file: string): Promise<Outcome> {
  try {
    return await readModel(join(scratch, 'files', file))
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

const fits: Record<string, (outcome: Outcome) => boolean> = {
  unreadable: (outcome) => outcome instanceof Problem,
  invalid: (outcome) => !(outcome instanceof Problem) && outcome.findings.some(({ severity }) => severity === 'error'),
  hazard: (outcome) => !(outcome instanceof Problem) && outcome.findings.length > 0,
  'odd-ok': (outcome) =>
    !(outcome instanceof Problem) && outcome.findings.every(({ severity }) => severity !== 'error'),
}

describeData('malformed files', () => {
  it.each(cases.filter(({ class: name }) => name === 'unreadable'))('$file: $what', async ({ file, expect: slug }) => {
    const problem = await read(file)
    if (!(problem instanceof Problem)) throw new Error(`${file} was read`)
    expect(problem.code).toBe(codes.find(([pattern]) => pattern.test(slug))?.[1] ?? slug)
    if (slug.startsWith('format:')) expect(problem.message).toContain(slug)
    expect(problem.details).toMatchObject({ path: join(scratch, 'files', file), offset: expect.any(Number) })
    expect(problem.details.expected).toBeTruthy()
    expect(problem.details.fix).toBeTruthy()
  })

  it.each(cases.filter(({ class: name }) => name !== 'unreadable'))('$file: $what', async (one) => {
    const started = performance.now()
    const outcome = await read(one.file)
    expect(performance.now() - started).toBeLessThan(2000)
    const fitting = [one.class, ...(one.also ?? [])].some((name) => fits[name]?.(outcome))
    // What is left to the operators must read without a fault of ours; everything else is found here.
    if (!fitting && needsOperators.test(one.expect)) expect(fits['odd-ok']?.(outcome)).toBe(true)
    else expect(fitting, JSON.stringify(outcome instanceof Problem ? outcome.message : outcome.findings)).toBe(true)
  })

  it('never opens what lies outside the folder', async () => {
    for (const { file } of cases.filter((one) => one.expect === 'external-escape')) {
      const outcome = await read(file)
      if (outcome instanceof Problem) throw outcome
      expect(outcome.findings.map(({ id }) => id)).toContain('model/external-escape')
      for (const { payload } of outcome.graph.initializers.values()) {
        if (payload.where !== 'external') continue
        expect(payload.elements(1000)).toBeNull()
        await expect(payload.read()).rejects.toThrow(Problem)
      }
    }
  })

  it('finds one missing file once, and only notes it when it is known to be missing', async () => {
    const path = join(scratch, 'files', 'external-missing-file.onnx')
    const severities = async (withoutWeights: boolean) =>
      (await readModel(path, { withoutWeights })).findings
        .filter(({ id }) => id === 'model/external-missing')
        .map(({ severity }) => severity)
    expect(await severities(false)).toEqual(['error'])
    expect(await severities(true)).toEqual(['note'])
  })
})
