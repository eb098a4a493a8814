/** onnxruntime-web in a browser on the CPU: WebAssembly with the whole CPU provider. */
import { browserRuntime } from './browser-runtime.ts'
import type { MakeRuntime } from './runtime.ts'

export const browserWasm: MakeRuntime = (id, _parameters, settings) =>
  browserRuntime(
    {
      id,
      kind: 'cpu',
      accelerator: 'CPUExecutionProvider',
      provider: { name: 'wasm' },
      module: 'ort.wasm.bundle.min.mjs',
      adapter: () => null,
    },
    settings,
  )
