/** Findings about a model's design: what dominates its cost, and whether it fits where it is to run. */
import type { Catalogue } from '../finding.ts'

interface Dominant {
  readonly op: string
  readonly name: string
  readonly amount: number
  readonly share: number
}

const quoted = (name: string): string =>
  name === '' ? '' : ` ${JSON.stringify(name.length > 80 ? `${name.slice(0, 79)}…` : name)}`
const percent = (share: number): string => `${Math.floor(share * 100)} %`

function amount(value: number, unit: string): string {
  const steps = ['', 'k', 'M', 'G', 'T']
  let step = 0
  let rest = value
  for (; rest >= 1000 && step < steps.length - 1; step++) rest /= 1000
  return `${Number(rest.toPrecision(3))} ${steps[step]}${unit}`
}

const bytes = (value: number): string => amount(value, 'B')

interface Passed {
  readonly title: string
  readonly counted: string
  readonly needed: number
  readonly limit: number
}

const passed = ({ title, counted, needed, limit }: Passed): string =>
  `it needs at least ${bytes(needed)} (${counted}), and ${title} holds ${bytes(limit)}`

export const design = {
  'model/dominant-macs': {
    severity: 'note',
    title: 'One layer does most of the work',
    help: 'A single node has a large share of all multiply-accumulates. A change there (fewer channels, a stride, a depthwise or grouped convolution, a lower resolution) shows in the latency; changes elsewhere hardly do.',
    message: (a: Dominant) =>
      `${a.op}${quoted(a.name)} does ${percent(a.share)} of all MACs (${amount(a.amount, '')})`.trim(),
  },
  'model/dominant-parameters': {
    severity: 'note',
    title: 'One layer holds most of the parameters',
    help: 'A single node reads a large share of all parameters: often a dense layer behind a feature map, or an embedding. Pool before it, factorise it, or quantise its weights, and the file and its loading shrink with it.',
    message: (a: Dominant) =>
      `${a.op}${quoted(a.name)} holds ${percent(a.share)} of the parameters (${amount(a.amount, '')})`.trim(),
  },
  'model/dominant-activation': {
    severity: 'note',
    title: 'One value makes up most of the activation memory',
    help: 'When the activations take most memory, a single value is the larger part of it. Reduce the resolution earlier, or order the graph so that it is read and freed sooner.',
    message: (a: Dominant & { during: string }) =>
      `the output${quoted(a.name)} of ${a.op} is ${percent(a.share)} of the peak of activations (${bytes(a.amount)}, ${a.during})`,
  },
  'model/memory-ceiling': {
    severity: 'warning',
    title: 'Larger than a known ceiling',
    help: 'The model passes a limit that holds everywhere: a protobuf message ends at 2 GiB, and runtimes do not read a larger file.',
    message: (a: Passed) => passed(a),
  },
  '<target>/memory-ceiling': {
    severity: 'warning',
    title: 'Larger than a known ceiling of the target',
    help: 'The model needs more than the target surely has: 4 GiB of memory in WebAssembly, 256 MiB in a buffer and 128 MiB in a binding on any device with WebGPU (devices may offer more), or what a tab may take on an iPhone, for which there is no published figure.',
    message: (a: Passed) => passed(a),
  },
  '<target>/boundary-traffic': {
    severity: 'note',
    title: 'Traffic between target and host',
    help: 'Values that one side makes and the other reads are copied in every run. The message names the largest; where they are made is where a change of the graph, or of the operator that falls back, saves most.',
    message: (a: {
      bytes: number
      crossings: number
      unknown: number
      largest: readonly { op: string; bytes: number }[]
    }) => {
      const largest = a.largest.map((one) => `${one.op} ${bytes(one.bytes)}`).join(', ')
      const more = a.unknown > 0 ? `, and ${a.unknown} of unknown size` : ''
      return `${bytes(a.bytes)} cross between target and host in each run (${a.crossings} values${more}), most from ${largest}`
    },
  },
} satisfies Catalogue
