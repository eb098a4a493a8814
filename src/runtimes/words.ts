/**
 * What onnxruntime says, as a Problem: its words without source lines and error codes, a code of ours, and what to do.
 * The texts are those of 1.30; what is not known here keeps its words and the code of what was asked.
 */
import { dtypeFromNumber } from '../graph/dtype.ts'
import { Problem } from '../result/problem.ts'

interface Known {
  readonly text: RegExp
  /** Where it does not follow from what was asked. */
  readonly code?: string
  readonly fix: string
}

const known: readonly Known[] = [
  {
    text: /Failed to get a WebGPU adapter|Failed to get GPU adapter|WebGPU is not supported/,
    code: 'runtime-unavailable',
    fix: 'deploycheck runtimes says what WebGPU needs here',
  },
  { text: /no available backend found/, code: 'runtime-unavailable', fix: 'deploycheck runtimes says what is missing' },
  {
    text: /Failed to load shared library|providers_(cuda|tensorrt)/,
    code: 'runtime-unavailable',
    fix: 'install the CUDA libraries that this release of onnxruntime-node asks for',
  },
  {
    text: /requires f16 but the device does not support it/,
    fix: 'the GPU has no shader-f16: run the float32 model there, or take a GPU that has it',
  },
  {
    text: /fallback to CPU EP has been explicitly disabled/,
    fix: 'some nodes have no kernel there: deploycheck check names them',
  },
  {
    text: /Unsupported model IR version|Opset \d+ is under development|only \*guarantees\* support/,
    fix: 'export for an older opset, or take a newer onnxruntime',
  },
  {
    text: /No Op registered for|is not a registered function\/op|Could not find an implementation for/,
    fix: 'deploycheck check names the nodes that this runtime cannot run',
  },
  {
    text: /protobuf parsing failed|Model data pointer is null/,
    fix: 'the file is no complete ONNX model: deploycheck inspect says what is wrong',
  },
  {
    text: /External data|external data file|MountedFiles/,
    fix: 'put the files with the weights beside the model',
  },
  {
    text: /out of memory|bad_alloc|failed to allocate|Array buffer allocation failed|memory access out of bounds/i,
    fix: 'the model does not fit into the memory of this runtime',
  },
  {
    text: /Unexpected input data type|Got invalid dimensions|Invalid rank for input|does not match data length/,
    code: 'bad-feeds',
    fix: 'give the input with the type and shape that the model declares',
  },
]

const asked = {
  start: ['runtime-unavailable', 'could not be started'],
  open: ['model-refused', 'refuses the model'],
  run: ['run-failed', 'failed to run the model'],
  load: ['code-failed', 'cannot load the code'],
  call: ['code-failed', 'threw'],
} as const

/** A Problem is passed on; the runtime's own words become one. */
export function problemOf(error: unknown, name: string, doing: keyof typeof asked): Problem {
  if (error instanceof Problem) return error
  const words = plainWords(error instanceof Error ? error.message : String(error))
  const type = /^unsupported data type: (\d+)$/i.exec(words)?.[1]
  if (type !== undefined) {
    const dtype = dtypeFromNumber(Number(type)) ?? `number ${type}`
    return new Problem(
      'not-carried',
      `${name} cannot carry tensors of the type ${dtype}, which an input or output of the model has`,
      {
        fix: 'put a Cast to a type that it carries beside it, for example float32',
        cause: error,
      },
    )
  }
  const [code, what] = asked[doing]
  const match = known.find(({ text }) => text.test(words))
  return new Problem(match?.code ?? code, `${name} ${what}: ${words}`, {
    ...(match ? { fix: match.fix } : {}),
    cause: error,
  })
}

/** Whether what runs WebAssembly can still be trusted after this error. */
export const isRuined = (error: Error): boolean =>
  error.name === 'RuntimeError' ||
  /^\d+$/.test(error.message) ||
  /\bAborted\(|out of memory|unreachable|device (is|was) lost/i.test(error.message)

/** Without colours, source lines, codes and line ends. */
function plainWords(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal escape
      .replace(/\u001b\[[\d;]*m/g, '')
      .replace(/ERROR_CODE: \d+, ERROR_MESSAGE: /g, '')
      .replace(/\[ONNXRuntimeError\] : \d+ : \w+ : /g, '')
      .replace(
        /(\S*\/)?[\w./-]+\.(cc|h|cpp):\d+ (?:[^()]*\([^()]*\)(?:::<lambda\(\)>)?(?: const)? )?(?:[\w.:()\s=!>-]+ was false\. )?/g,
        '',
      )
      .replace(/^(failed to call OrtRun\(\)\.|Can't create a session\.)/, '')
      .replace(/\s+/g, ' ')
      .trim()
  )
}
