/** Runs the network with something planted on one runtime, by default `wasm`, held against the plain one on `cpu`. */
import { runModel } from '../../src/assess/run-model.ts'
import type { Result } from '../../src/result/result.ts'
import type { RunOptions } from '../../src/run/options.ts'
import { temporaryFolder, write } from '../run/tiny.ts'
import { type NetworkFault, network } from './network.ts'
import { type WrapperChange, wrapperWith } from './wrappers.ts'

interface Planted {
  readonly wrapper?: WrapperChange
  readonly model?: NetworkFault
  /** Where it is planted. */
  readonly on?: string
}

export function plantedRuns(): (planted: Planted, options?: RunOptions) => Promise<Result> {
  const folder = temporaryFolder()
  const model = write(folder, 'network.onnx', network())
  const wrapper = write(folder, 'wrapper.mjs', wrapperWith())
  let runs = 0
  return (planted, options = {}) => {
    runs++
    const own = planted.wrapper && write(folder, `wrapper-${runs}.mjs`, wrapperWith(planted.wrapper))
    const other = planted.model && write(folder, `network-${runs}.onnx`, network(planted.model))
    const { on = 'wasm' } = planted
    return runModel(model, wrapper, {
      runtimes: [on],
      ...(own ? { wrappers: { [on]: own } } : {}),
      ...(other ? { models: { [on]: other } } : {}),
      ...options,
    })
  }
}
