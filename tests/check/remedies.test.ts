import { describe, expect, test } from 'vitest'
import { int64Scalar } from '../../models/builder.ts'
import rewrites from '../../src/check/rewrites.json' with { type: 'json' }
import { schemasOf } from '../../src/operators/schema.ts'
import { builder, checkTiny, int64, type TinyProfile, takes } from './tiny.ts'

type Forms = Record<string, { with?: string[]; how: string }[]>

/** x → the operator → y, and the fix of what the target says of it. */
async function fixOf(op: string, profile: TinyProfile, dims: number[] = [1, 2, 4, 4]) {
  const model = builder()
  model.node(op, [model.input('x', 'float32', dims)], {}, { outputs: ['y'] })
  model.output('y', 'float32', dims)
  const { findings } = await checkTiny(model, profile)
  return findings.find(({ severity }) => severity !== 'note')?.fix
}

test('every operator that is named exists, and has a form that asks for others before one that does not', () => {
  for (const [op, forms] of Object.entries(rewrites as Forms)) {
    for (const name of [op, ...forms.flatMap((form) => form.with ?? [])])
      expect(schemasOf('', name).length, name).toBeGreaterThan(0)
    expect(
      forms.slice(0, -1).every((form) => form.with),
      op,
    ).toBe(true)
    for (const form of forms) expect(form.with ?? []).not.toContain(op)
  }
})

describe('an operator that the target does not have', () => {
  test('is written by those that it has', async () => {
    expect(await fixOf('Erf', { operators: takes('Tanh', 'Mul', 'Add') })).toBe(
      "where it is part of GELU, take its tanh form (approximate='tanh')",
    )
    expect(await fixOf('Erf', { operators: takes('Relu') })).toBe(
      'where it is part of GELU, train with Relu in its place',
    )
  })

  test('has no advice where none of its forms is there', async () => {
    expect(await fixOf('Erf', { operators: takes('Conv') })).toBeUndefined()
  })

  test("gets the profile's own advice first, and what it says of all others last", async () => {
    const instead = { Erf: 'the vendor’s own', '*': 'leave it' }
    expect(await fixOf('Erf', { operators: takes('Relu'), instead })).toBe('the vendor’s own')
    expect(await fixOf('Elu', { operators: takes('Relu'), instead })).toBe('train with Relu in its place')
    expect(await fixOf('Sinh', { operators: takes('Relu'), instead })).toBe('leave it')
  })

  test('goes away with open dimensions where it computes with shapes only', async () => {
    const model = builder()
    const x = model.input('x', 'float32', ['N', 1])
    const shape = model.node('Shape', [x])
    const size = model.node('Gather', [shape, model.initializer('zero', int64Scalar(0))])
    const both = model.node('Unsqueeze', [size, model.initializer('axes', int64(0))])
    model.node('Expand', [x, model.node('Concat', [both, both], { axis: 0 })], {}, { outputs: ['y'] })
    model.output('y', 'float32', ['N', 'N'])
    const { findings } = await checkTiny(model, { operators: takes('Expand') })
    const fixes = findings.filter(({ severity }) => severity !== 'note').map(({ id, fix }) => [id, fix])
    const open = "fix the dimensions of the model's inputs: it computes with shapes only, and is folded then"
    expect(fixes).toEqual(['Shape', 'Gather', 'Unsqueeze', 'Concat'].map((op) => [`t/${op}/unsupported`, open]))
  })
})

describe('a condition that does not hold', () => {
  const only = (check: string): TinyProfile => ({ operators: { Tanh: [{ checks: [check] }] } })

  test('on the rank: another one, where the operator does not care', async () => {
    expect(await fixOf('Tanh', only('rank(input) <= 4'), [1, 1, 2, 4, 4])).toBe(
      'merge axes that it treats alike by a Reshape before it, and take them apart behind it',
    )
    expect(await fixOf('Tanh', only('rank(input) == 4'), [2, 4])).toBe(
      'Reshape to the rank that is asked for before it, and back behind it',
    )
  })

  test('on the type: a cast to one that is taken', async () => {
    expect(await fixOf('Tanh', only("dtype(input) == 'float16'"))).toBeUndefined()
    const model = builder()
    model.node('Neg', [model.input('x', 'int64', [4])], {}, { outputs: ['y'] })
    model.output('y', 'int64', [4])
    const profile: TinyProfile = { operators: { Neg: [{ checks: ["dtype(X) in ['float32', 'int32']"] }] } }
    const { findings } = await checkTiny(model, profile)
    expect(findings[0]?.fix).toBe('Cast from int64 to int32 before it and back behind it, where its values fit')
  })
})
