/** Names that stand for several targets. */

export interface Group {
  /** Targets in the order of the report. */
  readonly targets: readonly string[]
  /** Those whose verdict gates the exit code. */
  readonly decides: readonly string[]
  /** What the group says of its targets: parameter by target. */
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export const groups: ReadonlyMap<string, Group> = new Map<string, Group>([
  ['ios', { targets: ['coreml-mlprogram', 'coreml-neuralnetwork'], decides: ['coreml-mlprogram'] }],
  ['android', { targets: ['nnapi', 'xnnpack', 'qnn-htp'], decides: ['nnapi'] }],
  [
    'web',
    {
      targets: ['webgpu', 'wasm', 'webnn'],
      decides: ['webgpu'],
      parameters: { webgpu: { platform: 'browser' } },
    },
  ],
  ['fpga', { targets: ['hls4ml', 'finn', 'vitis-ai-dpu'], decides: ['hls4ml', 'finn', 'vitis-ai-dpu'] }],
])

/** What is asked when no target is named. */
export const defaultTargets: readonly string[] = ['ios', 'android', 'web']
