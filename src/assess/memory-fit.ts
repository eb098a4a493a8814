/** How a model fits below ceilings of memory that are known, each with its source. */

import { byteSize } from '../graph/dtype.ts'
import type { Graph, Model } from '../graph/model.ts'
import { bytesOf } from '../infer/bytes.ts'
import type { Inference } from '../infer/facts.ts'
import { design as catalogue } from '../result/catalogue/design.ts'
import { type Evidence, type Finding, report, type Source } from '../result/finding.ts'
import type { MemoryFit } from '../result/result.ts'
import type { PeakMemory } from './peak-memory.ts'

const MiB = 2 ** 20

interface Ceiling {
  readonly title: string
  readonly limit: number
  readonly counted: string
  readonly source: Source
  readonly evidence: Evidence
  /** Targets that live below it; null: every model does. */
  readonly targets: readonly string[] | null
  readonly severity: 'warning' | 'note'
  readonly fix: string
}

const largeModels = {
  title: 'Working with Large Models, ONNX Runtime Web',
  path: 'docs/tutorials/web/large-models.html',
}
const webgpu = { title: 'WebGPU, section Limits', path: 'https://www.w3.org/TR/webgpu/#limits' }
const web = ['wasm', 'webgpu', 'webnn']

const ceilings = {
  protobuf: {
    title: 'one protobuf message',
    limit: 2 ** 31 - 1,
    counted: 'the model file without external data',
    source: largeModels,
    evidence: 'documented',
    targets: null,
    severity: 'warning',
    fix: 'save the weights as external data',
  },
  wasm32: {
    title: 'memory of WebAssembly (32 bits)',
    limit: 2 ** 32,
    counted: 'weights and the peak of activations',
    source: largeModels,
    evidence: 'documented',
    targets: web,
    severity: 'warning',
    fix: 'quantise the weights, or split the model',
  },
  'webgpu-buffer': {
    title: 'a buffer of WebGPU that every device has (maxBufferSize)',
    limit: 256 * MiB,
    counted: 'the largest single tensor',
    source: webgpu,
    evidence: 'documented',
    targets: ['webgpu'],
    severity: 'warning',
    fix: 'split the tensor, or ask the device for a higher limit and see which devices have it',
  },
  'webgpu-binding': {
    title: 'a storage binding of WebGPU that every device has (maxStorageBufferBindingSize)',
    limit: 128 * MiB,
    counted: 'the largest single tensor',
    source: webgpu,
    evidence: 'documented',
    targets: ['webgpu'],
    severity: 'warning',
    fix: 'split the tensor, or ask the device for a higher limit and see which devices have it',
  },
  'ios-tab': {
    title: 'a tab of Safari on older iPhones; Apple publishes no limit, reports go from 200 MB to 1.5 GB',
    limit: 200e6,
    counted: 'weights and the peak of activations',
    source: { title: 'mlc-ai/web-llm, issue 753, and reports of developers' },
    evidence: 'assumed',
    targets: web,
    severity: 'note',
    fix: 'try it on the oldest iPhone that matters: the page is ended without an error',
  },
} as const satisfies Record<string, Ceiling>

/** What is known to be needed, and whether that is all. */
interface Need {
  readonly bytes: number
  readonly isAll: boolean
}

type CeilingId = keyof typeof ceilings
const ids = Object.keys(ceilings) as CeilingId[]

export function memoryFits(model: Model, inference: Inference, peak: PeakMemory | null): MemoryFit[] {
  const largest = largestTensor(model, inference)
  // Weights are all there from the start, whatever else is not known.
  const atOnce = { bytes: model.weightBytes + (peak?.bytes ?? 0), isAll: peak !== null }
  const needs: Record<CeilingId, Need> = {
    protobuf: { bytes: model.bytes, isAll: true },
    wasm32: atOnce,
    'webgpu-buffer': largest,
    'webgpu-binding': largest,
    'ios-tab': atOnce,
  }
  return ids.map((id) => {
    const { title, limit, counted, source, evidence } = ceilings[id]
    const { bytes, isAll } = needs[id]
    const fits = bytes > limit ? false : isAll ? true : null
    return { id, title, limit, needed: bytes, fits, counted, source, evidence }
  })
}

/** Ceilings that are passed and hold for every model. */
export const modelCeilings = (fits: readonly MemoryFit[]): Finding[] => findings(fits, null)

/** Ceilings that are passed on a target. */
export const targetCeilings = (fits: readonly MemoryFit[], target: string): Finding[] => findings(fits, target)

function findings(fits: readonly MemoryFit[], target: string | null): Finding[] {
  return fits.flatMap((fit): Finding[] => {
    const { targets, severity, fix, source, evidence }: Ceiling = ceilings[fit.id as CeilingId]
    const concerns = target === null ? targets === null : targets?.includes(target) === true
    if (!concerns || fit.fits !== false) return []
    const kind = target === null ? 'model/memory-ceiling' : '<target>/memory-ceiling'
    const found = report(catalogue, kind, fit, { severity, fix, source, evidence })
    return [target === null ? found : { ...found, id: `${target}/memory-ceiling` }]
  })
}

/** Of the weights of all graphs and the values of the main graph. */
function largestTensor({ graph }: Model, inference: Inference): Need {
  let most = 0
  let isAll = true
  const open: Graph[] = [graph]
  for (let one = open.pop(); one; one = open.pop()) {
    for (const { dtype, dims } of one.initializers.values()) {
      const elements = dims.reduce((product, dim) => product * dim, 1)
      if (dtype !== null) most = Math.max(most, byteSize(dtype, elements) ?? 0)
    }
    for (const node of one.nodes) open.push(...node.bodies.values())
  }
  for (const value of graph.values.values()) {
    if (value.initializer || (!value.producer && !value.isInput)) continue
    const bytes = bytesOf(value, inference)
    if (bytes === null) isAll = false
    else most = Math.max(most, bytes)
  }
  return { bytes: most, isAll }
}
