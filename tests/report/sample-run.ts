/** What a run on several runtimes would say, written by hand: one agrees, one drifts and is slow, one is not there. */
import type { Result } from '../../src/result/result.ts'
import type { Latency, OutputComparison, RunResult, RuntimeRun, Sampled, StageResult } from '../../src/result/run.ts'
import { finding, result } from './sample.ts'

/** Spread evenly about the median, with one straggler, as warm runs are. */
function sampled(p50: number, n = 101): Sampled {
  const samples = Array.from({ length: n }, (_, i) =>
    i === 70 ? p50 * 1.8 : p50 * (0.95 + (0.1 * ((i * 37) % n)) / n),
  )
  return {
    n,
    p50,
    p50ci95: [p50 * 0.99, p50 * 1.01],
    p90: p50 * 1.04,
    p99: null,
    mad: p50 * 0.02,
    throughput: 1000 / p50,
    valid: true,
    reason: null,
    samples,
  }
}

const output = (part: Partial<OutputComparison> = {}): OutputComparison => ({
  name: 'scores',
  verdict: 'match',
  maxAbs: 2.4e-7,
  maxRel: 1e-6,
  mean: 3e-8,
  p99: 2e-7,
  cosine: 1,
  psnr: 120,
  maxUlp: 2,
  count: 1000,
  mismatched: 0,
  firstMismatch: null,
  tolerance: '1e-4·s + 1e-4·|x| (float32, cpu – webgpu)',
  why: null,
  ...part,
})

const stage = (part: Partial<OutputComparison> = {}): StageResult => {
  const one = output(part)
  return { verdict: one.verdict, crossFed: one.verdict, outputs: [one], crossFedOutputs: [one] }
}

const latency = (p50: number): Latency => ({
  load: 182.4,
  first: p50 * 6,
  warm: sampled(p50),
  stages: { pre: sampled(p50 * 0.2), model: sampled(p50 * 0.7), post: sampled(p50 * 0.1) },
  perOp: [
    {
      node: 4,
      name: '/block/Conv',
      op: 'Conv',
      provider: 'CPU',
      ms: p50 * 0.4,
      share: 0.57,
      macs: 12e6,
      bytes: 4096,
      bound: 'compute',
    },
    {
      node: 9,
      name: '/head/Gemm',
      op: 'Gemm',
      provider: 'CPU',
      ms: p50 * 0.2,
      share: 0.29,
      macs: 1e6,
      bytes: 512,
      bound: null,
    },
  ],
  memoryBytes: 93_000_000,
  repetitions: [p50 * 0.95],
  concurrency: 1,
  warmUp: { runs: 10, settled: true },
})

const runtime = (part: Partial<RuntimeRun> & Pick<RuntimeRun, 'id'>): RuntimeRun => ({
  version: '1.30.0',
  adapter: null,
  software: false,
  status: 'ok',
  reason: null,
  placement: { nodes: { CPUExecutionProvider: 12 }, copies: 0, fallback: {} },
  stages: null,
  decisions: 'none',
  worst: [],
  expected: null,
  attribution: null,
  sentence: 'the reference',
  firstDiverging: null,
  metrics: { top1: { value: 0.914, delta: null, deltaCi95: null } },
  slices: [],
  latency: null,
  ...part,
})

export const run: RunResult = {
  model: 'models/kws.onnx',
  wrapper: 'wrappers/kws.ts',
  reference: 'cpu',
  samples: 12,
  source: 'wrapper',
  runtimes: [
    runtime({ id: 'cpu', latency: latency(3.2) }),
    runtime({
      id: 'wasm',
      stages: { pre: stage(), model: stage(), post: stage() },
      decisions: 'agree',
      sentence: 'agrees with cpu in every stage',
      latency: latency(9.6),
    }),
    runtime({
      id: 'browser-webgpu',
      adapter: 'SwiftShader',
      software: true,
      placement: { nodes: { WebGpuExecutionProvider: 9, CPUExecutionProvider: 3 }, copies: 4, fallback: { Gather: 3 } },
      stages: {
        pre: stage(),
        model: stage({
          verdict: 'mismatch',
          maxAbs: 0.31,
          mismatched: 212,
          firstMismatch: { sample: 'cat.jpg', index: [0, 17], expected: 0.91, actual: 0.6 },
        }),
        post: stage({ name: 'label', verdict: 'mismatch', maxAbs: null, maxRel: null, count: 1, mismatched: 1 }),
      },
      decisions: 'change',
      worst: [
        {
          sample: 'cat.jpg',
          stage: 'model',
          output: 'scores',
          verdict: 'mismatch',
          maxAbs: 0.31,
        },
      ],
      expected: { verdict: 'mismatch', outputs: [] },
      attribution: 'model',
      sentence: 'the model computes something else from node #4 on: 3 of 12 decisions change',
      firstDiverging: {
        node: 4,
        name: '/block/Conv',
        op: 'Conv',
        output: '/block/Conv_output_0',
        maxAbs: 0.02,
        maxRel: 0.1,
        inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 8, 8], maxAbs: 0 }],
        attributes: { pads: '[1, 1, 1, 1]' },
        tapsChangeResult: false,
        repro: null,
      },
      metrics: { top1: { value: 0.664, delta: -0.25, deltaCi95: [-0.4, -0.1] } },
      slices: [{ name: 'dark', samples: 4, metrics: { top1: { value: 0.5, delta: -0.4, deltaCi95: [-0.6, -0.2] } } }],
      latency: { ...latency(22), warm: { ...sampled(22), valid: false, reason: 'software adapter' } },
    }),
    runtime({ id: 'coreml', status: 'unavailable', reason: 'Core ML exists on macOS only', metrics: {}, sentence: '' }),
  ],
  baseline: {
    verdict: 'same',
    file: 'baseline.json',
    runtimes: [
      { id: 'cpu', verdict: 'same', ratio: 1.01, ratioCi95: [0.98, 1.03], p: 0.4, threshold: 0.05, why: 'within 5 %' },
    ],
  },
  findings: [
    finding({
      id: 'run/model-mismatch',
      severity: 'error',
      message: 'browser-webgpu: the model computes something else than on cpu',
      nodes: [4],
      found: { runtime: 'browser-webgpu' },
    }),
  ],
  environment: { cpu: 'a CPU', cores: 4, os: 'linux 6.1', node: 'v20.20.0', model: null },
}

export const ran: Result = {
  ...result(),
  exitCode: 1,
  runs: [run],
  gates: [
    {
      model: 'models/kws.onnx',
      target: 'browser-webgpu',
      gate: 'run',
      message: 'the runtime has errors: run/model-mismatch',
    },
  ],
}
