/** Runs as `deploycheck run` gives them, small. */
import type { Latency, RunResult, RuntimeRun, Sampled } from '../../src/result/run.ts'

const environment = { cpu: 'Test CPU', cores: 2, os: 'Linux 6.8 x64', node: '20.19.0', model: 'abcd' }

export const aRun = (own: Partial<RunResult> = {}): RunResult => ({
  model: 'models/kws.onnx',
  wrapper: null,
  reference: 'cpu',
  samples: 1,
  source: 'random',
  runtimes: [],
  baseline: null,
  findings: [],
  environment,
  ...own,
})

export interface RuntimeTraits {
  readonly repetitions?: number[]
  readonly reason?: string
  readonly software?: boolean
  readonly adapter?: string
  readonly concurrency?: number
  readonly latency?: Partial<Latency> | null
  readonly status?: RuntimeRun['status']
}

export function aRuntime(id: string, traits: RuntimeTraits = {}): RuntimeRun {
  const { repetitions = [5], reason = null, software = false, adapter = null, concurrency = 1, status = 'ok' } = traits
  const p50 = repetitions[0] ?? null
  const warm: Sampled = {
    n: 64,
    p50,
    p50ci95: p50 === null ? null : [p50 * 0.98, p50 * 1.02],
    p90: null,
    p99: null,
    mad: 0.1,
    throughput: 200,
    valid: reason === null,
    reason,
    samples: [],
  }
  const latency: Latency = {
    load: 40,
    first: 9,
    warm,
    stages: {},
    perOp: [],
    memoryBytes: 80e6,
    repetitions,
    concurrency,
    warmUp: { runs: 10, settled: true },
    ...traits.latency,
  }
  return {
    id,
    version: '1.30.0',
    adapter,
    software,
    status,
    reason: status === 'ok' ? null : 'not installed',
    placement: null,
    stages: null,
    decisions: 'agree',
    attribution: null,
    sentence: '',
    firstDiverging: null,
    metrics: {},
    slices: [],
    worst: [],
    expected: null,
    latency: traits.latency === null ? null : latency,
  }
}
