/** All operators by name: every family is registered here, once. */
import { control } from './control.ts'
import { conv } from './conv.ts'
import { machineLearning } from './machine-learning.ts'
import type { Family, Operator } from './operator.ts'
import { pool } from './pool.ts'
import { qonnx } from './qonnx.ts'
import { sequence } from './sequence.ts'

const families: readonly Family[] = [control, conv, machineLearning, pool, qonnx, sequence]

const entries = new Map<string, Operator>(
  families.flatMap((family) =>
    Object.entries(family).map(([name, operator]) => [name.includes('::') ? name : `::${name}`, operator] as const),
  ),
)

export const operatorEntry = (domain: string, name: string): Operator | undefined => entries.get(`${domain}::${name}`)
