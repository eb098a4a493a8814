/**
 * Matchers for vitest: `import 'deploycheck/vitest'` in a test, or in `setupFiles`.
 *
 *     await expect('model.onnx').toDeployTo('android')
 *     expect(await runModel('model.onnx', 'wrapper.ts')).toMatchReference()
 */
import { expect } from 'vitest'
import { assess } from './assess/assess.ts'
import type { AssessOptions } from './assess/options.ts'
import { runGates } from './assess/run-gates.ts'
import { checkReport } from './report/check.ts'
import { runReport } from './report/run.ts'
import { plain } from './report/style.ts'
import type { Result } from './result/result.ts'

interface DeployMatchers<R> {
  /**
   * The model at this path (or the models: folders and globs are allowed) can be deployed to a target, or several:
   * `android`, `nnapi@api=29`. Gates are those of `deploycheck check`, set in the options.
   */
  toDeployTo(targets: string | readonly string[], options?: Omit<AssessOptions, 'targets'>): Promise<R>
  /** In this result of `runModel` all runtimes agree with the reference. A promise of one is awaited. */
  toMatchReference(): Promise<R>
}

declare module 'vitest' {
  // The parameter must have the name and default that vitest gives it.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  interface Matchers<T = any> extends DeployMatchers<T> {}
}

/** What a failing test shows: as on a terminal, without colours. */
const reader = { columns: 100, style: plain, quiet: false }

interface Outcome {
  readonly pass: boolean
  readonly message: () => string
}

async function toDeployTo(
  path: unknown,
  targets: string | readonly string[],
  options: Omit<AssessOptions, 'targets'> = {},
): Promise<Outcome> {
  if (typeof path !== 'string') throw new TypeError(`toDeployTo expects the path of a model, not ${typeof path}`)
  const asked = [targets].flat()
  const result = await assess([path], { ...options, targets: asked })
  const to = asked.join(', ')
  return {
    pass: result.exitCode === 0,
    message: () =>
      result.exitCode === 0
        ? `${path} was expected not to deploy to ${to}, and does`
        : `${path} does not deploy to ${to}\n\n${checkReport(result, reader)}`,
  }
}

async function toMatchReference(given: unknown): Promise<Outcome> {
  const result = (await given) as Partial<Result> | null
  const runs = result?.runs
  if (!runs) throw new TypeError('toMatchReference expects a result of runModel, with "runs"')
  const wrong = runs.flatMap(runGates)
  const models = runs.map(({ model }) => model).join(', ')
  return {
    pass: wrong.length === 0,
    message: () =>
      wrong.length === 0
        ? `${models} was expected to differ from the reference, and does not`
        : `${models} differs from the reference\n\n${runReport(result as Result, reader)}`,
  }
}

expect.extend({ toDeployTo, toMatchReference })
