/** Nodes that are refused only because the runtime has lost a shape that follows from the model. */
import { expect, test } from 'vitest'
import { type Builder, builder, checkTiny, int64, type TinyProfile } from './tiny.ts'

const profile: TinyProfile = {
  host: 'cpu',
  shapes: 'runtime',
  order: ['operator', 'checks'],
  everyNode: { checks: ['all(inputs, static(it))'] },
  operators: { Relu: [{}], Sigmoid: [{}] },
  grouping: { strategy: 'waves' },
}

/** Reshape to a shape that is half computed, then two Relus. */
function lost(batch: number | string): Builder {
  const b = builder()
  const x = b.input('x', 'float32', [batch, 6])
  const size = b.node('Slice', [b.node('Shape', [x]), b.constant(int64(0)), b.constant(int64(1))])
  const shape = b.node('Concat', [size, b.constant(int64(2)), b.constant(int64(3))], { axis: 0 })
  const y = b.node('Reshape', [x, shape], {}, { name: 'view' })
  b.output(b.node('Relu', [b.node('Relu', [y])]), 'float32', ['a', 'b', 'c'])
  return b
}
const id = 't/runtime-loses-shape'

test('are one finding that names where it was lost', async () => {
  const { nodes, findings } = await checkTiny(lost(4), profile, { asIs: true })
  const [finding, ...others] = findings.filter((one) => one.id === id)
  expect(others).toEqual([])
  expect(finding).toMatchObject({ severity: 'warning', nodes: [8, 9] })
  expect(finding?.message).toContain('2 Relu nodes')
  expect(finding?.message).toContain('Reshape "view"')
  expect(finding?.fix).toContain('symbolic')
  const relus = nodes.filter(({ op }) => op === 'Relu')
  for (const { supported, placement, findings: ids } of relus)
    expect({ supported, placement, ids }).toEqual({ supported: false, placement: 'host', ids: [id] })
})

test('are taken where the runtime folds the computation first', async () => {
  const { nodes, findings } = await checkTiny(lost(4), profile)
  expect(findings.map((one) => one.id)).not.toContain(id)
  expect(nodes.filter(({ op }) => op === 'Relu').map(({ placement }) => placement)).toEqual(['target', 'target'])
})

test('are no finding where the dimension is open anyway', async () => {
  const { findings } = await checkTiny(lost('N'), profile, { asIs: true })
  expect(findings.map((one) => one.id)).toContain('t/dynamic-shape')
  expect(findings.map((one) => one.id)).not.toContain(id)
})

test('are no finding of a target that looks at all that follows', async () => {
  const { findings } = await checkTiny(lost(4), { ...profile, shapes: 'inferred' }, { asIs: true })
  expect(findings.filter((one) => one.nodes.includes(8))).toEqual([])
})
