/** All operators by name: every family is registered here, once. */

import { activation } from './activation.ts'
import { casts } from './cast.ts'
import { control } from './control.ts'
import { conv } from './conv.ts'
import { einsum } from './einsum.ts'
import { elementwise } from './elementwise.ts'
import { logic } from './logic.ts'
import { machineLearning } from './machine-learning.ts'
import { matmul } from './matmul.ts'
import { normalization } from './normalization.ts'
import type { Family, Operator } from './operator.ts'
import { pool } from './pool.ts'
import { qonnx } from './qonnx.ts'
import { quantization } from './quantization.ts'
import { recurrence } from './recurrent.ts'
import { sequence } from './sequence.ts'

const families: readonly Family[] = [
  activation,
  casts,
  control,
  conv,
  einsum,
  elementwise,
  logic,
  machineLearning,
  matmul,
  normalization,
  pool,
  qonnx,
  quantization,
  recurrence,
  sequence,
]

const entries = new Map<string, Operator>(
  families.flatMap((family) =>
    Object.entries(family).map(([name, operator]) => [name.includes('::') ? name : `::${name}`, operator] as const),
  ),
)

export const operatorEntry = (domain: string, name: string): Operator | undefined => entries.get(`${domain}::${name}`)
