/** All runtimes by id. */
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import { browserWasm } from './browser-wasm.ts'
import { browserWebgpu } from './browser-webgpu.ts'
import { browserWebnn } from './browser-webnn.ts'
import { coreml } from './coreml.ts'
import { cpu } from './cpu.ts'
import { cuda } from './cuda.ts'
import { dml } from './dml.ts'
import type { MakeRuntime, Runtime, RuntimeSettings } from './runtime.ts'
import { wasm } from './wasm.ts'
import { webgpu } from './webgpu.ts'

interface Entry {
  /** For people. */
  readonly title: string
  /** Parameter → the words it takes, the default first. */
  readonly parameters?: Readonly<Record<string, readonly string[]>>
  readonly make: MakeRuntime
}

const entries = {
  cpu: { title: 'onnxruntime-node on the CPU', make: cpu },
  webgpu: { title: 'onnxruntime-node on WebGPU', make: webgpu },
  cuda: { title: 'onnxruntime-node on CUDA', make: cuda },
  coreml: {
    title: 'onnxruntime-node on Core ML',
    parameters: { format: ['mlprogram', 'neuralnetwork'] },
    make: coreml,
  },
  dml: { title: 'onnxruntime-node on DirectML', make: dml },
  wasm: { title: 'onnxruntime-web in Node', make: wasm },
  'browser-wasm': { title: 'onnxruntime-web in a browser, on the CPU', make: browserWasm },
  'browser-webgpu': {
    title: 'onnxruntime-web in a browser, on WebGPU',
    parameters: { impl: ['native', 'jsep', 'jspi'] },
    make: browserWebgpu,
  },
  'browser-webnn': {
    title: 'onnxruntime-web in a browser, on WebNN',
    parameters: { device: ['gpu', 'cpu', 'npu'] },
    make: browserWebnn,
  },
} as const satisfies Record<string, Entry>

type RuntimeName = keyof typeof entries

export const runtimeIds = Object.keys(entries) as readonly RuntimeName[]

/** For people. @param text as `createRuntime` takes it */
export const titleOf = (text: string): string => entries[parseRuntime(text).name].title

/**
 * The runtime that `text` asks for: an id, or `browser-webgpu@impl=jsep`.
 * @throws Problem `unknown-runtime`, `unknown-parameter`, `bad-parameter`
 */
export function createRuntime(text: string, settings: RuntimeSettings = {}): Runtime {
  const { name, parameters } = parseRuntime(text)
  return entries[name].make(text, parameters, settings)
}

function parseRuntime(text: string): { name: RuntimeName; parameters: Record<string, string> } {
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
