/**
 * onnxruntime-web in a browser on WebGPU. It has two providers of that name: the native one (`onnxruntime-web/webgpu`,
 * or `/jspi`, which suspends WebAssembly instead of rewriting it), and the older JSEP of the plain import.
 */
import { Problem } from '../result/problem.ts'
import { browserRuntime } from './browser-runtime.ts'
import type { MakeRuntime } from './runtime.ts'

const modules: Readonly<Record<string, string>> = {
  native: 'ort.webgpu.bundle.min.mjs',
  jspi: 'ort.jspi.bundle.min.mjs',
  jsep: 'ort.bundle.min.mjs',
}

export const browserWebgpu: MakeRuntime = (id, { impl = 'native' }, settings) =>
  browserRuntime(
    {
      id,
      kind: 'gpu',
      accelerator: impl === 'jsep' ? 'JsExecutionProvider' : 'WebGpuExecutionProvider',
      provider: { name: 'webgpu' },
      // After one throw every kernel of JSEP fails until the page is loaded again.
      ruinedByErrors: impl === 'jsep',
      module: modules[impl] ?? '',
      adapter({ webgpu }) {
        if (webgpu) return webgpu
        throw new Problem('runtime-unavailable', 'the browser has no WebGPU adapter', {
          fix: 'chrome://gpu says why; on Linux a GPU needs its Vulkan driver, without one Chromium brings SwiftShader',
        })
      },
    },
    settings,
  )
