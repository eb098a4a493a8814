/** The Core ML provider of onnxruntime-node: Apple's Neural Engine, GPU and CPU, as Core ML decides. */
import { acceleratedRuntime, requirePlatform } from './native.ts'
import type { MakeRuntime } from './runtime.ts'

/** COREML_FLAG_CREATE_MLPROGRAM of coreml_provider_factory.h; without it the provider makes a NeuralNetwork. */
const flags: Readonly<Record<string, number>> = { mlprogram: 0x10, neuralnetwork: 0 }

export const coreml: MakeRuntime = (id, { format = 'mlprogram' }, settings) =>
  acceleratedRuntime(
    {
      id,
      kind: 'npu',
      accelerator: 'CoreMLExecutionProvider',
      provider: { name: 'coreml', coreMlFlags: flags[format] },
      require: () => requirePlatform('Core ML', 'darwin', 'macOS'),
      adapter: async () => null,
    },
    settings,
  )
