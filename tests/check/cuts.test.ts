import { describe, expect, test } from 'vitest'
import { builder, checkTiny, type TinyProfile, takes } from './tiny.ts'

const profile: TinyProfile = { operators: takes('Relu', 'Add'), grouping: { strategy: 'regions', most: 1 } }

/** x → first → second → … → y */
function chain(...operators: string[]) {
  const model = builder()
  let at = model.input('x', 'float32', [2])
  operators.forEach((op, i) => {
    at = model.node(op, [at], {}, { name: `${op}${i}`, outputs: [i === operators.length - 1 ? 'y' : `v${i}`] })
  })
  model.output('y', 'float32', [2])
  return model
}
const cut = async (model: Parameters<typeof checkTiny>[0], own = profile) =>
  (await checkTiny(model, own)).findings.find(({ id }) => id === 't/cut')

describe('more partitions than the flow runs as one', () => {
  test('are a warning that names the first node of the host behind each, and not what only follows it', async () => {
    expect(await cut(chain('Relu', 'Elu', 'Tanh', 'Relu', 'Sin', 'Relu', 'Cos'))).toMatchObject({
      severity: 'warning',
      nodes: [1, 4],
      message: '3 partitions, where 1 can be run as one: cut by Elu "Elu1", Sin "Sin4"',
      found: { 'partition 1': 'Elu "Elu1"', 'partition 2': 'Sin "Sin4"' },
    })
  })
  test('one partition is none, with host nodes before and behind it', async () => {
    expect(await cut(chain('Elu', 'Relu', 'Relu', 'Elu'))).toBeUndefined()
  })
  test('a target that does not care says nothing', async () => {
    expect(await cut(chain('Relu', 'Elu', 'Relu'), { ...profile, grouping: { strategy: 'regions' } })).toBeUndefined()
  })
  test('branches that never meet are cut by no node', async () => {
    const model = builder()
    for (const name of ['a', 'b']) {
      model.node('Relu', [model.input(`x${name}`, 'float32', [2])], {}, { outputs: [name] })
      model.output(name, 'float32', [2])
    }
    expect(await cut(model)).toMatchObject({
      nodes: [],
      message: '2 partitions, where 1 can be run as one: no node of the accelerator joins them',
    })
  })
  test('a residual branch over the host cuts once', async () => {
    const model = builder()
    const first = model.node('Relu', [model.input('x', 'float32', [2])], {}, { name: 'first' })
    const side = model.node('Elu', [first], {}, { name: 'side' })
    model.node('Add', [first, side], {}, { name: 'join', outputs: ['y'] })
    model.output('y', 'float32', [2])
    expect(await cut(model)).toMatchObject({ nodes: [1], found: { 'partition 1': 'Elu "side"' } })
  })
})

test('figures of a layer that is taken: numbers by name, what is no number is left out', async () => {
  const model = builder()
  const at = model.node('Relu', [model.input('x', 'float32', [3, 'N'])], {}, { name: 'layer' })
  model.node('Elu', [at], {}, { outputs: ['y'] })
  model.output('y', 'float32', [3, 'N'])
  const figures = { rows: 'shape(X)[0]', half: 'shape(X)[0] / 2', columns: 'shape(X)[1]' }
  const { layers } = await checkTiny(model, { operators: { Relu: [{ figures }] } })
  expect(layers).toEqual([{ node: 0, name: 'layer', op: 'Relu', figures: { rows: 3, half: 1.5 } }])
})
