/** What hls4ml's preparation with the qonnx tools makes of a graph, on paper. */
import { describe, expect, test } from 'vitest'
import { reuseFactors } from '../../src/check/hls4ml-layers.ts'
import { Registry } from '../../src/profiles/load.ts'
import type { TargetResult } from '../../src/result/result.ts'
import { type Builder, builder, checkTiny, floatScalar, floats, int64, type Tensor } from './tiny.ts'

const profile = new Registry().get('hls4ml')?.profile ?? {}
const check = (model: Builder, options = {}) => checkTiny(model, { ...profile, id: 't' } as object, options)

const window = { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 }

function conv(model: Builder, input: string, channels: number, filters: number): string {
  const weights = model.initializer(model.random.next().toString(), floats([filters, channels, 3, 3]))
  return model.node('Conv', [input, weights], window)
}

const placements = ({ nodes }: TargetResult) => nodes.map(({ op, placement }) => `${op} ${placement}`)
const told = ({ findings }: TargetResult) => findings.filter(({ id }) => id === 't/prepared').map(({ message }) => message)
