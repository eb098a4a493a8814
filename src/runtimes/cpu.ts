/** onnxruntime-node on the CPU: the reference of all others. */

import { installedPackages } from './detect/packages.ts'
import { hostedRuntime } from './hosted.ts'
import { startNative } from './native.ts'
import type { MakeRuntime } from './runtime.ts'

export const cpu: MakeRuntime = (id, _parameters, settings) =>
  hostedRuntime(
    {
      id,
      kind: 'cpu',
      platform: 'node',
      accelerator: 'CPUExecutionProvider',
      provider: { name: 'cpu' },
      installed: () => installedPackages('onnxruntime-node'),
      start: () => startNative(id, settings),
    },
    settings,
  )
