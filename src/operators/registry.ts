/** All operators by name: every family is registered here, once. */

import { activation } from './activation.ts'
import { arrange } from './arrange.ts'
import { attention } from './attention.ts'
import { casts } from './cast.ts'
import { constants } from './constant.ts'
import { contribAttention } from './contrib-attention.ts'
import { control } from './control.ts'
import { conv } from './conv.ts'
import { cumulation } from './cumulate.ts'
import { matrices } from './determinant.ts'
import { einsum } from './einsum.ts'
import { elementwise } from './elementwise.ts'
import { gathering } from './gather.ts'
import { joins } from './join.ts'
import { layout } from './layout.ts'
import { logic } from './logic.ts'
import { loss } from './loss.ts'
import { machineLearning } from './machine-learning.ts'
import { matmul } from './matmul.ts'
import { normalization } from './normalization.ts'
import type { Family, Operator } from './operator.ts'
import { pads } from './pad.ts'
import { pool } from './pool.ts'
import { qonnx } from './qonnx.ts'
import { quantization } from './quantization.ts'
import { random } from './random.ts'
import { recurrence } from './recurrent.ts'
import { reduction } from './reduce.ts'
import { resample } from './resample.ts'
import { runtimeLayouts } from './runtime-layouts.ts'
import { scattering } from './scatter.ts'
import { selection } from './select.ts'
import { sequence } from './sequence.ts'
import { shapes } from './shape.ts'
import { signal } from './signal.ts'
import { slices } from './slice.ts'
import { strings } from './strings.ts'
import { training } from './training.ts'
import { unruledOperators } from './unruled.ts'

export const families: readonly Family[] = [
  activation,
  arrange,
  attention,
  casts,
  constants,
  contribAttention,
  control,
  conv,
  cumulation,
  einsum,
  elementwise,
  gathering,
  joins,
  layout,
  logic,
  loss,
  machineLearning,
  matmul,
  matrices,
  normalization,
  pads,
  pool,
  qonnx,
  quantization,
  random,
  recurrence,
  reduction,
  resample,
  runtimeLayouts,
  scattering,
  selection,
  sequence,
  shapes,
  signal,
  slices,
  strings,
  training,
  unruledOperators,
]

/** By domain, then name: every node asks, and putting a key together costs more than looking twice. */
const entries = new Map<string, Map<string, Operator>>()
for (const family of families)
  for (const [key, operator] of Object.entries(family)) {
    const [name = key, domain = ''] = key.split('::').reverse()
    entries.set(domain, (entries.get(domain) ?? new Map<string, Operator>()).set(name, operator))
  }

export const operatorEntry = (domain: string, name: string): Operator | undefined => entries.get(domain)?.get(name)
