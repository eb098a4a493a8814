/** The DirectML provider of onnxruntime-node: any GPU of Windows, the first one. */
import { acceleratedRuntime, requirePlatform } from './native.ts'
import type { MakeRuntime } from './runtime.ts'

export const dml: MakeRuntime = (id, _parameters, settings) =>
  acceleratedRuntime(
    {
      id,
      kind: 'gpu',
      accelerator: 'DmlExecutionProvider',
      provider: { name: 'dml' },
      require: () => requirePlatform('DirectML', 'win32', 'Windows'),
      // Nobody tells which adapter it takes; on a machine without a GPU it is WARP.
      adapter: async () => ({ name: null, software: null, float16: null }),
    },
    settings,
  )
