/** What a person gets to see for bad, odd and hostile files: finding, verdict and exit code. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { assess } from '../../src/assess/assess.ts'
import type { Finding } from '../../src/result/finding.ts'
import { isFailure, type Result } from '../../src/result/result.ts'
import { describeData } from '../data.ts'
import { layOut, malformedCases } from './files.ts'

interface Seen {
  readonly exitCode: number
  readonly errors: readonly Finding[]
  readonly modelErrors: readonly Finding[]
  readonly findings: readonly Finding[]
  readonly verdicts: readonly string[]
  readonly unreadable: boolean
}

function see(result: Result): Seen {
  const [model] = result.models
  if (!model || isFailure(model))
    return { exitCode: result.exitCode, errors: [], modelErrors: [], findings: [], verdicts: [], unreadable: true }
  const targets = model.targets ?? []
  const isError = ({ severity }: Finding) => severity === 'error'
  const modelErrors = model.findings.filter(isError)
  return {
    exitCode: result.exitCode,
    errors: [...modelErrors, ...targets.flatMap(({ findings }) => findings.filter(isError))],
    modelErrors,
    findings: model.findings,
    verdicts: targets.map(({ verdict }) => verdict),
    unreadable: false,
  }
}

/** Weights that are not there leave the verdict as it would be with them. */
const verdictStands = new Set(['model/external-missing'])

const fits: Record<string, (seen: Seen) => boolean> = {
  unreadable: ({ unreadable, exitCode }) => unreadable && exitCode === 2,
  invalid: ({ unreadable, exitCode, errors, verdicts }) =>
    !unreadable &&
    exitCode === 1 &&
    errors.length > 0 &&
    (!verdicts.includes('ready') || errors.every(({ id }) => verdictStands.has(id))),
  hazard: ({ unreadable, exitCode, findings, modelErrors }) =>
    !unreadable && findings.length > 0 && (modelErrors.length === 0 || exitCode === 1),
  'odd-ok': ({ unreadable, modelErrors, exitCode }) => !unreadable && modelErrors.length === 0 && exitCode < 2,
}

/** Milliseconds of computing for a bad file. */
const bound = 2000

/**
 * The answer, and the computing that it takes: asked again while it is beyond the bound, for a core that is shared
 * with others counts more than was done, and what is slow by itself is slow each time.
 */
async function leastOf<T>(tries: number, answer: () => Promise<T>): Promise<{ result: T; milliseconds: number }> {
  const start = process.cpuUsage().user
  const result = await answer()
  const milliseconds = (process.cpuUsage().user - start) / 1000
  return milliseconds < bound || tries === 1 ? { result, milliseconds } : leastOf(tries - 1, answer)
}

describeData('malformed files, checked', () => {
  let scratch = ''
  beforeAll(() => {
    scratch = layOut()
  })
  afterAll(() => rmSync(scratch, { recursive: true, force: true }))

  it.each(malformedCases.map((test) => [test.file, test] as const))('%s', async (file, test) => {
    const check = () => assess([join(scratch, 'files', file)], { targets: ['nnapi', 'coreml-mlprogram', 'webgpu'] })
    const { result, milliseconds } = await leastOf(3, check)
    const seen = see(result)
    const classes = [test.class, ...(test.also ?? [])]
    const about = `${test.what}: ${JSON.stringify({ ...seen, findings: seen.findings.slice(0, 3) }).slice(0, 600)}`
    expect(
      classes.some((name) => fits[name]?.(seen)),
      about,
    ).toBe(true)
    expect(milliseconds, 'milliseconds of computing').toBeLessThan(bound)
  })
})
