/** onnxruntime-web in Node: the WebAssembly build that a browser runs on the CPU, without a browser. */
import { installedPackages, moduleUrl, requirePackage } from './detect/packages.ts'
import { hostedRuntime } from './hosted.ts'
import { startNodeHost } from './process/node-host.ts'
import type { MakeRuntime } from './runtime.ts'

export const wasm: MakeRuntime = (id, _parameters, settings) =>
  hostedRuntime(
    {
      id,
      kind: 'cpu',
      platform: 'node',
      accelerator: 'CPUExecutionProvider',
      provider: { name: 'wasm' },
      installed: () => installedPackages('onnxruntime-web'),
      async start() {
        const module = moduleUrl(requirePackage('onnxruntime-web'), 'dist/ort.node.min.mjs')
        return startNodeHost({ id, module, build: 'web' }, settings)
      },
    },
    settings,
  )
