import { describe, expect, test } from 'vitest'
import { builder, checkTiny, lines, type TinyOptions, takes } from './tiny.ts'

/** Conv-like Relu, HardSwish, Relu, HardSwish, Relu. */
function net(op = 'HardSwish') {
  const model = builder({ opset: 18 })
  let at = model.input('x', 'float32', [1, 2, 4, 4])
  for (const [i, name] of ['Relu', op, 'Relu', op, 'Relu'].entries())
    at = model.node(name, [at], {}, { outputs: [i === 4 ? 'y' : `v${i}`] })
  model.output('y', 'float32', [1, 2, 4, 4])
  return model
}

const check = (operators: string[], options: TinyOptions = {}, op?: string) =>
  checkTiny(net(op), { operators: takes(...operators), host: 'cpu', grouping: { strategy: 'waves' } }, options)

describe('an operator that neither the target nor the CPU has', () => {
  test('is expanded after all else was placed, and forms partitions of its own', async () => {
    const result = await check(['Relu', 'HardSigmoid', 'Mul'])
    expect(lines(result)).toEqual([
      'Relu target 0',
      'HardSwish target 1',
      'Relu target 2',
      'HardSwish target 3',
      'Relu target 4',
    ])
    expect(result.verdict).toBe('ready')
    expect(result.partitions.map(({ nodes }) => nodes)).toEqual([[0], [1], [2], [3], [4]])
    const [finding] = result.findings
    expect(finding).toMatchObject({ id: 't/HardSwish/expanded', severity: 'warning', nodes: [1, 3] })
    expect(result.causes).toMatchObject([{ findings: ['t/HardSwish/expanded'], effect: '5 partitions become 1' }])
  })

  test('takes the weaker placement of its parts, and the part that is taken is a partition all the same', async () => {
    const result = await check(['Relu', 'Mul'])
    expect(result.nodes[1]).toMatchObject({ placement: 'host', partition: null })
    expect(result.findings.map(({ id }) => id)).toContain('t/HardSigmoid/unsupported')
    expect(result.partitions).toHaveLength(5)
    expect(result.causes[0]?.effect).not.toBe('5 partitions become 1')
  })

  test('is one node of the file with --as-is', async () => {
    const result = await check(['Relu', 'HardSigmoid', 'Mul'], { asIs: true })
    expect(result.nodes[1]).toMatchObject({ placement: 'host', supported: false })
    expect(result.findings).toMatchObject([{ id: 't/HardSwish/unsupported' }])
  })

  test('is taken in the first round by a target that has it', async () => {
    const result = await check(['Relu', 'HardSwish'])
    expect(result.partitions).toHaveLength(1)
    expect(result.findings).toEqual([])
  })
})

test('an operator that the CPU has a kernel for runs there, whatever it could be expanded into', async () => {
  const result = await check(['Relu', 'Div', 'Erf', 'Add', 'Mul'], {}, 'Softsign')
  expect(result.nodes[1]).toMatchObject({ placement: 'host' })
  const mish = await check(['Relu', 'Softplus', 'Tanh', 'Mul'], {}, 'Mish')
  expect(mish.verdict).toBe('ready')
})
