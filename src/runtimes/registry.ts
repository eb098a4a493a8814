/** All runtimes by id. Asking for one loads only what that one needs. */
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import type { Runtime, RuntimeSettings } from './runtime.ts'

/** Makes a runtime; nothing is started before it is asked something. @param id as it was asked for */
export type MakeRuntime = (
  id: string,
  parameters: Readonly<Record<string, string>>,
  settings: RuntimeSettings,
) => Runtime

interface Entry {
  /** For people. */
  readonly title: string
  /** Parameter → the words it takes, the default first. */
  readonly parameters?: Readonly<Record<string, readonly string[]>>
  load(): Promise<MakeRuntime>
}

const entries = {
  cpu: { title: 'onnxruntime-node on the CPU', load: async () => (await import('./cpu.ts')).cpu },
  webgpu: { title: 'onnxruntime-node on WebGPU', load: async () => (await import('./webgpu.ts')).webgpu },
  cuda: { title: 'onnxruntime-node on CUDA', load: async () => (await import('./cuda.ts')).cuda },
  coreml: {
    title: 'onnxruntime-node on Core ML',
    parameters: { format: ['mlprogram', 'neuralnetwork'] },
    load: async () => (await import('./coreml.ts')).coreml,
  },
  dml: { title: 'onnxruntime-node on DirectML', load: async () => (await import('./dml.ts')).dml },
  wasm: { title: 'onnxruntime-web in Node', load: async () => (await import('./wasm.ts')).wasm },
  'browser-wasm': {
    title: 'onnxruntime-web in a browser, on the CPU',
    load: async () => (await import('./browser-wasm.ts')).browserWasm,
  },
  'browser-webgpu': {
    title: 'onnxruntime-web in a browser, on WebGPU',
    parameters: { impl: ['native', 'jsep', 'jspi'] },
    load: async () => (await import('./browser-webgpu.ts')).browserWebgpu,
  },
  'browser-webnn': {
    title: 'onnxruntime-web in a browser, on WebNN',
    parameters: { device: ['gpu', 'cpu', 'npu'] },
    load: async () => (await import('./browser-webnn.ts')).browserWebnn,
  },
} as const satisfies Record<string, Entry>

type RuntimeName = keyof typeof entries

export const runtimeIds = Object.keys(entries) as readonly RuntimeName[]

/**
 * The runtime that `text` asks for: an id, or `browser-webgpu@impl=jsep`.
 * @throws Problem `unknown-runtime`, `unknown-parameter`, `bad-parameter`
 */
export async function createRuntime(text: string, settings: RuntimeSettings = {}): Promise<Runtime> {
  const { name, parameters } = parseRuntime(text)
  const make = await entries[name].load()
  return make(text, parameters, settings)
}

export function parseRuntime(text: string): { name: RuntimeName; parameters: Record<string, string> } {
  const at = text.indexOf('@')
  const word = at < 0 ? text : text.slice(0, at)
  const name = runtimeIds.find((id) => id === word)
  if (name === undefined) {
    const near = nearest(word, runtimeIds)
    throw new Problem('unknown-runtime', `there is no runtime ${JSON.stringify(word.slice(0, 100))}`, {
      expected: `one of ${runtimeIds.join(', ')}`,
      fix: near === null ? 'deploycheck runtimes lists all' : `did you mean ${near}?`,
    })
  }
  const known = (entries[name] as Entry).parameters ?? {}
  const parameters = Object.fromEntries(Object.entries(known).map(([key, words]) => [key, words[0] ?? '']))
  for (const piece of at < 0 ? [] : text.slice(at + 1).split(',')) {
    const [key = '', value = ''] = piece.split('=', 2)
    const words = Object.hasOwn(known, key) ? known[key] : undefined
    if (!words)
      throw new Problem('unknown-parameter', `${name} has no parameter ${JSON.stringify(key)}`, {
        expected: Object.keys(known).join(', ') || 'no parameter',
      })
    if (!words.includes(value))
      throw new Problem('bad-parameter', `${name}: ${key} is ${JSON.stringify(value)}`, {
        expected: `one of ${words.join(', ')}`,
      })
    parameters[key] = value
  }
  return { name, parameters }
}
