/** Findings of `run`: a model, with its wrapper or without, on several runtimes. */
import type { Catalogue } from '../finding.ts'

interface Failed {
  readonly runtime: string
  readonly stage: string
  readonly samples: readonly string[]
  readonly of: number
  readonly message: string
}

interface Differs {
  readonly runtime: string
  readonly reference: string
  /** What differs and by how much. */
  readonly what: string
  /** The node at which it begins, where it was looked for. */
  readonly begins?: string | null
}

const beginning = ({ begins }: Differs): string => (begins ? `; it begins at ${begins}` : '')

const few = (samples: readonly string[], of: number): string => {
  const shown = samples.slice(0, 3).join(', ')
  const more = samples.length - 3
  return `${samples.length} of ${of} samples (${shown}${more > 0 ? ` and ${more} more` : ''})`
}

export const run = {
  'run/unavailable': {
    severity: 'note',
    title: 'A runtime is not available here',
    help: 'The runtime was left out, and nothing is said about it. With `--require` this is an error. `deploycheck runtimes` lists what is there and what is missing.',
    message: (a: { runtime: string; reason: string }) => `${a.runtime} was left out: ${a.reason}`,
  },
  'run/refused': {
    severity: 'error',
    title: 'A runtime refuses the model',
    help: 'No session could be made of the model. The message is that of the runtime; the other runtimes were run.',
    message: (a: { message: string }) => a.message,
  },
  'run/failed': {
    severity: 'error',
    title: 'A stage fails',
    help: 'The stage (`pre`, `model` or `post`) threw, did not end in time, or gave what the next one cannot take, for the named samples. The other samples and runtimes were run.',
    message: (a: Failed) => `${a.runtime}: stage ${a.stage} fails for ${few(a.samples, a.of)}: ${a.message}`,
  },
  'run/other-release': {
    severity: 'note',
    title: 'The run used another release than the verdict is about',
    help: 'Targets are about one release of ONNX Runtime (parameter `ort`), and the runtimes that are installed are another: what the run shows holds for that one.',
    message: (a: { targets: readonly string[]; ort: string; used: readonly { id: string; version: string }[] }) =>
      `the verdict on ${a.targets.join(', ')} is about ONNX Runtime ${a.ort}; the run used ${a.used.map(({ id, version }) => `${version} (${id})`).join(', ')}`,
  },
  'run/no-samples': {
    severity: 'error',
    title: 'There are no samples',
    help: 'Nothing was run. Patterns of `samples` start from the folder of the wrapper.',
    message: (a: { why: string }) => `there is no sample to run: ${a.why}`,
  },
  'run/reference-missing': {
    severity: 'warning',
    title: 'Another runtime is the reference',
    help: 'The runtime that was to be the reference is not available or refuses the model, so that the next one took its place.',
    message: (a: { wanted: string; reference: string }) =>
      `${a.wanted} cannot be the reference: ${a.reference} took its place`,
  },
  'run/not-recorded': {
    severity: 'warning',
    title: 'Samples are missing in the recording',
    help: 'The recording that takes the place of the reference does not hold these samples: it is searched for the sample’s own name (`s0/id`), or, where names were not recorded, by position.',
    message: (a: { recording: string; samples: readonly string[]; of: number }) =>
      `${a.recording} does not hold ${few(a.samples, a.of)}`,
  },
  'run/pre-differs': {
    severity: 'error',
    title: 'Preprocessing differs',
    help: 'The same sample becomes other tensors there. The cause lies in the code of the wrapper, or in what the platform does for it: decoding, resizing with or without antialias, order of colours, layout, scaling. Use the functions of `kit`, which do the same everywhere, or state the platform’s choice.',
    message: (a: Differs) => `${a.runtime}: preprocessing gives other tensors than on ${a.reference}: ${a.what}`,
  },
  'run/model-mismatch': {
    severity: 'error',
    title: 'The model’s outputs do not match',
    help: 'On equal inputs the runtime computes something else, beyond the error tolerance. `--bisect` names the first node that differs, `--save-repro` writes it as a model of its own.',
    message: (a: Differs) =>
      `${a.runtime}: on equal inputs the model gives other outputs than on ${a.reference}: ${a.what}${beginning(a)}`,
  },
  'run/model-drift': {
    severity: 'warning',
    title: 'The model’s outputs drift',
    help: 'On equal inputs the outputs differ beyond the warning tolerance and within the error tolerance. No decision changed in these samples.',
    message: (a: Differs) =>
      `${a.runtime}: the model’s outputs drift from those of ${a.reference}: ${a.what}${beginning(a)}`,
  },
  'run/not-inside': {
    severity: 'note',
    title: 'The first diverging node is not known',
    help: 'The runtimes differ, and looking at the values inside gave no node to blame: the runtime does not take the model with more outputs, or the difference goes away while one looks, because the runtime fuses less.',
    message: (a: { runtime: string; why: string }) => `${a.runtime}: the node where it parts is not known: ${a.why}`,
  },
  'run/post-differs': {
    severity: 'error',
    title: 'Postprocessing differs',
    help: 'On equal outputs of the model the wrapper gives another result there. The cause lies in the code of the wrapper, or in what the platform does for it.',
    message: (a: Differs) =>
      `${a.runtime}: on equal outputs postprocessing gives another result than on ${a.reference}: ${a.what}`,
  },
  'run/decision-changed': {
    severity: 'error',
    title: 'A decision changes',
    help: 'The answer is another one: the arg-max or the order of the highest scores beyond a tie, a label, a count, a box, or what the wrapper’s own comparison says.',
    message: (a: { runtime: string; reference: string; sample: string; change: string }) =>
      `${a.runtime} decides otherwise than ${a.reference} for ${a.sample}: ${a.change}`,
  },
  'run/expected-differs': {
    severity: 'error',
    title: 'Outputs are not those that are expected',
    help: 'The samples say which outputs are right (`output_0.pb` of ONNX test data), and the runtime gives others.',
    message: (a: { runtime: string; what: string }) => `${a.runtime} does not give the expected outputs: ${a.what}`,
  },
  'run/outputs-left-out': {
    severity: 'warning',
    title: 'Outputs that are no tensors are not compared',
    help: 'Sequences and maps do not pass through onnxruntime’s bindings for JavaScript, so that nothing is said of these outputs. Export without ZipMap, or make them tensors inside the model.',
    message: (a: { runtime: string; outputs: readonly string[] }) =>
      `${a.runtime}: ${a.outputs.map((name) => JSON.stringify(name)).join(', ')} ${a.outputs.length === 1 ? 'is no tensor and was' : 'are no tensors and were'} not compared`,
  },
  'run/nothing-on-accelerator': {
    severity: 'error',
    title: 'Nothing ran on the accelerator',
    help: 'The session was made and ran, and every node ran on the CPU: what looks like a pass says nothing about the accelerator.',
    message: (a: { runtime: string; nodes: number }) => `${a.runtime}: all ${a.nodes} nodes ran on the CPU`,
  },
  'run/fallback': {
    severity: 'warning',
    title: 'Nodes fell back to the CPU',
    help: 'The runtime ran some nodes on the CPU although an accelerator was asked for, as its own profile says. Each change of sides costs a copy. `deploycheck check` says why.',
    message: (a: { runtime: string; nodes: number; of: number; ops: string; copies: number }) =>
      `${a.runtime}: ${a.nodes} of ${a.of} nodes ran on the CPU (${a.ops}), with ${a.copies} copies`,
  },
  'run/software-adapter': {
    severity: 'note',
    title: 'A GPU made of software',
    help: 'The figures were obtained on a software adapter such as SwiftShader. It computes as the specification says; a real GPU may use faster functions, and its speed is another one.',
    message: (a: { runtime: string; adapter: string }) => `${a.runtime} ran on a software adapter: ${a.adapter}`,
  },
  'run/odd-output': {
    severity: 'warning',
    title: 'An output says nothing',
    help: 'An output is constant, zero, not finite, or the same for every sample. Runtimes that agree on such an output agree on nothing.',
    message: (a: { output: string; oddity: 'constant' | 'zero' | 'not-finite' | 'same' }) =>
      `output "${a.output}" ${oddities[a.oddity]}`,
  },
  'run/random-inputs': {
    severity: 'note',
    title: 'Random inputs only',
    help: 'Without samples of your own the inputs are random. That shows whether runtimes compute the same; it does not show whether differences matter for real data. Give a wrapper, an .npz file or ONNX test data.',
    message: (a: { samples: number; seed: number }) =>
      `${a.samples} random samples (seed ${a.seed}), none of yours: what a difference means for your data is not known`,
  },
  'run/metric-drop': {
    severity: 'error',
    title: 'A metric drops',
    help: 'The team’s own metric is lower than on the reference by more than `--max-drop` allows.',
    message: (a: { runtime: string; metric: string; drop: string; most: string; slice: string | null }) =>
      `${a.runtime}: ${a.metric}${a.slice === null ? '' : ` of ${a.slice}`} drops by ${a.drop} (--max-drop ${a.most})`,
  },
  'run/unknown-metric': {
    severity: 'error',
    title: 'There is no such metric',
    help: '`--max-drop` names a metric that the wrapper does not have, or that was not computed.',
    message: (a: { metric: string; known: readonly string[] }) =>
      `--max-drop ${a.metric}: there is no such metric${a.known.length > 0 ? `, only ${a.known.join(', ')}` : ''}`,
  },
  'run/costly': {
    severity: 'note',
    title: 'Where the time goes',
    help: 'The operators that take the largest shares of a run, as the session’s profile has them. Compute-bound: fewer or cheaper multiplications help (fewer channels, depthwise, int8). Memory-bound: the values are large for the work done on them; fuse, or work at a lower resolution. Overhead: many small nodes; merge them.',
    message: (a: Costly) => costlyText(a),
  },
  'run/costly-fallback': {
    severity: 'warning',
    title: 'Time spent beside the accelerator',
    help: 'Operators that the accelerator does not take run on the CPU of the host, and what they read and write is copied. `deploycheck check` and `explain` say why, and what to do.',
    message: (a: Costly) => costlyText(a),
  },
  'run/not-measured': {
    severity: 'warning',
    title: 'Latency was not measured',
    help: 'The measurement failed or ended early on this runtime. What was measured before stands in the result.',
    message: (a: { runtime: string; why: string }) => `${a.runtime}: the latency could not be measured: ${a.why}`,
  },
  'run/budget-open': {
    severity: 'warning',
    title: 'A budget that could not be judged',
    help: 'The runtime was not there, the measurement was too uncertain, or the figure is not known on this machine. An open budget does not fail.',
    message: (a: { message: string }) => a.message,
  },
} satisfies Catalogue

interface Costly {
  readonly runtime: string
  readonly op: string
  readonly kind: 'operator' | 'host' | 'copy'
  readonly share: number
  /** Mean per run. */
  readonly ms: number
  readonly nodes: number
  readonly copies: number
  readonly bound: 'compute' | 'memory' | 'overhead' | 'copy' | null
}

function costlyText({ runtime, op, kind, share, ms, nodes, copies, bound }: Costly): string {
  const part = `${(share * 100).toFixed(0)} % of the time (${Number(ms.toPrecision(2))} ms)`
  const times = nodes === 1 ? '1 node' : `${nodes} nodes`
  if (kind === 'copy') return `${runtime}: copies between device and host take ${part}, ${nodes} of them`
  const what = bound === null || bound === 'copy' ? '' : `, mostly ${bounds[bound]}`
  if (kind === 'host')
    return `${runtime}: ${op} runs on the host: ${part} in ${times}, with ${copies} copies in the model`
  return `${runtime}: ${op} takes ${part} in ${times}${what}`
}

const bounds = { compute: 'compute-bound', memory: 'memory-bound', overhead: 'overhead of starting nodes' } as const

const oddities = {
  constant: 'is one value throughout, in every sample',
  zero: 'is zero throughout, in every sample',
  'not-finite': 'holds NaN or infinity on the reference',
  same: 'is the same for every sample',
} as const
