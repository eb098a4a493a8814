import { expect, test } from 'vitest'
import { withReleases } from '../../src/assess/other-releases.ts'
import type { TargetResult } from '../../src/result/result.ts'
import { aRun, aRuntime } from '../latency/a-run.ts'

const target = (id: string, ort?: string) =>
  ({ id, parameters: ort === undefined ? {} : { ort } }) as unknown as TargetResult
const run = aRun({ runtimes: [aRuntime('cpu'), aRuntime('wasm')] })

test('a run on another release than the verdict is about says so, once for all targets of that release', () => {
  const { findings } = withReleases(run, [target('cpu', '1.32'), target('wasm', '1.32'), target('nnapi', '1.30')])
  expect(findings).toMatchObject([{ id: 'run/other-release', severity: 'note' }])
  expect(findings[0]?.message).toBe(
    'the verdict on cpu, wasm is about ONNX Runtime 1.32; the run used 1.30.0 (cpu), 1.30.0 (wasm)',
  )
})

test('nothing is said where the release is the same, or a target is about none', () => {
  expect(withReleases(run, [target('cpu', '1.30'), target('hls4ml')])).toBe(run)
  expect(withReleases(run, [target('cpu', '1.3')]).findings).toHaveLength(1)
})
