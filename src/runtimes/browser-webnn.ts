/** onnxruntime-web in a browser on WebNN: what the system has for neural networks, through Chromium. */
import { Problem } from '../result/problem.ts'
import { browserRuntime } from './browser-runtime.ts'
import type { MakeRuntime, RuntimeKind } from './runtime.ts'

export const browserWebnn: MakeRuntime = (id, { device = 'gpu' }, settings) =>
  browserRuntime(
    {
      id,
      kind: device as RuntimeKind,
      accelerator: 'WebNNExecutionProvider',
      provider: { name: 'webnn', deviceType: device },
      module: 'ort.bundle.min.mjs',
      webnn: device,
      adapter({ webnn }) {
        if (webnn === null) return null
        throw new Problem('runtime-unavailable', `WebNN does not work in this browser: ${webnn}`, {
          fix: 'WebNN needs Chrome or Edge on Windows, macOS or Android, with what the system brings for it',
        })
      },
    },
    settings,
  )
