/** Small models and targets for tests of the check: built through the real reader and inference. */
import { Builder, floatScalar, int64, type Tensor } from '../../models/builder.ts'
import { type CheckOptions, checkModel } from '../../src/check/check.ts'
import { readModel } from '../../src/graph/read.ts'
import type { InferOptions } from '../../src/infer/facts.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { parameterValues } from '../../src/profiles/parameters.ts'
import type { Profile } from '../../src/profiles/profile.ts'
import type { NodeVerdict, TargetResult } from '../../src/result/result.ts'

export type { Tensor }
export { Builder, floatScalar, int64 }

export const floats = (dims: readonly number[], ...elements: number[]): Tensor => ({
  dims,
  data: Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, (_, i) => elements[i] ?? 1),
})

export const builder = (
  about: { opset?: number; irVersion?: number; domains?: Record<string, number> } = {},
): Builder => new Builder({ name: 'tiny', description: 'a test', ...about }, 1)

export type TinyProfile = Omit<Profile, 'id' | 'title'>

export interface TinyOptions extends CheckOptions, InferOptions {}

/** One model against one target called `t`. */
export async function checkTiny(
  model: Builder,
  profile: TinyProfile,
  options: TinyOptions = {},
): Promise<TargetResult> {
  const read = await readModel(model.encode())
  const whole: Profile = { id: 't', title: 'Test target', ...profile }
  const target = {
    id: 't',
    group: null,
    decides: true,
    parameters: parameterValues(whole, {}),
    profile: whole,
    path: 't.json',
  }
  const [result] = checkModel(read, inferModel(read, options), [target], options)
  if (!result) throw new Error('no result')
  return result
}

/** `Conv target 0`, `Relu folded -`: operator, placement, partition. */
export const lines = ({ nodes }: TargetResult): string[] =>
  nodes.map(({ op, placement, partition }: NodeVerdict) => `${op} ${placement} ${partition ?? '-'}`)

/** Takes these operators, whatever they look like. */
export const takes = (...operators: string[]): NonNullable<TinyProfile['operators']> =>
  Object.fromEntries(operators.map((op) => [op, [{}]]))
