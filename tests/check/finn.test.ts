/** Every rule of the FINN target on one network that it takes and one that it refuses. */
import { describe, expect, test } from 'vitest'
import { checkModel } from '../../src/check/check.ts'
import { networkRules } from '../../src/check/finn/rules.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { checkObject } from '../../src/profiles/checks.ts'
import { Registry } from '../../src/profiles/load.ts'
import type { Check } from '../../src/profiles/profile.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import type { TargetResult } from '../../src/result/result.ts'
import { cases } from './finn-cases.ts'
import { Network } from './quantised.ts'

const registry = new Registry()

async function check(network: Network, target = 'finn'): Promise<TargetResult> {
  const model = await readModel(network.builder.encode())
  const [result] = checkModel(model, inferModel(model), resolveTargets([target], registry))
  if (!result) throw new Error('no result')
  return result
}

const ids = ({ findings }: TargetResult): string[] => findings.map(({ id }) => id)

/** Input quantiser, two layers with one between them quantised, and the last factor. */
function perceptron(change: (network: Network, hidden: string) => string = (n, hidden) => n.relu(hidden)): Network {
  const network = new Network()
  const x = network.quant(network.input([1, 8]), { bits: 8 })
  const hidden = change(network, network.dense(x, 8, 6))
  network.output(network.dense(hidden, 6, 3), [1, 3])
  return network
}

describe('rules', () => {
  test.each(cases.map((one) => [one.rule, one] as const))('%s', async (rule, { target, build }) => {
    expect(ids(await check(build(false), target))).not.toContain(`finn/${rule}`)
    const refused = await check(build(true), target)
    expect(ids(refused)).toContain(`finn/${rule}`)
    const finding = refused.findings.find(({ id }) => id === `finn/${rule}`)
    expect(finding?.source, 'a source').toBeDefined()
    expect(finding?.fix, 'a way forward').toBeDefined()
    expect(finding?.nodes.length).toBeGreaterThan(0)
  })

  test('each has its case', () => {
    const { operators = {} } = registry.get('finn')?.profile ?? {}
    const inProfile = Object.entries(operators).flatMap(([op, rows]) =>
      (rows ?? []).flatMap((row) =>
        Object.values(row).flatMap((checks) =>
          Array.isArray(checks) ? (checks as Check[]).map((one) => `${op}/${checkObject(one).id}`) : [],
        ),
      ),
    )
    expect(cases.map(({ rule }) => rule).sort()).toEqual([...new Set([...inProfile, ...networkRules])].sort())
  })
})

describe('verdict', () => {
  test('a quantised network is one part; the input quantiser and the last factor are left to the application', async () => {
    const result = await check(perceptron())
    expect(result.verdict).toBe('partial')
    expect(result.partitions).toHaveLength(1)
    expect(ids(result)).toEqual(['finn/at-the-border', 'finn/at-the-border'])
    expect(result.nodes.map(({ op, placement }) => `${op} ${placement}`)).toEqual([
      'Quant host',
      'Quant target',
      'MatMul target',
      'Relu target',
      'Quant target',
      'Quant target',
      'MatMul target',
    ])
    expect(result.coverage.macs).toBe(1)
  })

  test('the development version takes both into hardware', async () => {
    const result = await check(perceptron(), 'finn@version=dev')
    expect(result.verdict).toBe('ready')
    expect(result.nodes.every(({ placement }) => placement === 'target')).toBe(true)
  })

  test('layers say what PE and SIMD have to divide', async () => {
    const { layers = [] } = await check(perceptron())
    expect(layers.map(({ op, figures }) => [op, figures['PE divisors'], figures['SIMD divisors']])).toEqual([
      ['MVAU', [1, 2, 3, 6], [1, 2, 4, 8]],
      ['MVAU', [1, 3], [1, 2, 3, 6]],
    ])
  })

  test('software between layers breaks the partition, and only that is blocked', async () => {
    const result = await check(perceptron((n, hidden) => n.quant(n.node('Tanh', [hidden]))))
    expect(result.verdict).toBe('blocked')
    expect(result.partitions).toEqual([])
    const blocked = result.nodes.filter(({ placement }) => placement === 'blocked').map(({ op }) => op)
    expect(blocked).toContain('Tanh')
    expect(blocked).not.toContain('MatMul')
    expect(result.findings.some(({ id, message }) => id === 'finn/breaks-partition' && message.includes('Tanh'))).toBe(
      true,
    )
  })

  test('all that stops the flow is listed, not the first only', async () => {
    const network = new Network()
    const x = network.quant(network.input([1, 8]), { zero: 3 })
    const gemm = network.node('Gemm', [x, network.weight([8, 4])])
    network.output(network.relu(gemm, { narrow: 1 }), [1, 4])
    expect(ids(await check(network))).toEqual(
      expect.arrayContaining(['finn/Quant/zero-point', 'finn/Gemm/bias', 'finn/Quant/relu']),
    )
  })

  test('16 bits of an activation are named with the tensor', async () => {
    const result = await check(perceptron((n, hidden) => n.relu(hidden, { bits: 16 })))
    const finding = result.findings.find(({ id }) => id === 'finn/Quant/too-wide')
    expect(finding?.found).toEqual({ bitwidth: 16 })
    expect(finding?.values.length).toBeGreaterThan(0)
    expect(finding?.message).toContain('1 to 8')
  })
})

describe('one root finding', () => {
  const float = (quantised: boolean): Network => {
    const network = new Network()
    let value = network.input([1, 4])
    for (let layer = 0; layer < 20; layer++) {
      if (quantised) value = qdq(network, value)
      value = network.node('Relu', [network.node('MatMul', [value, network.filled([4, 4], (index) => index / 10)])])
    }
    network.output(value, [1, 4])
    return network
  }
  const qdq = (network: Network, value: string): string => {
    const parameters = [network.number(0.1), network.constant({ dims: [], data: Int8Array.of(0) })]
    return network.node('DequantizeLinear', [network.node('QuantizeLinear', [value, ...parameters]), ...parameters])
  }

  test.each(['finn', 'finn@version=dev'])('a float model, %s', async (target) => {
    expect(ids(await check(float(false), target))).toEqual(['finn/not-quantised'])
  })
  test('a QDQ model', async () => {
    expect(ids(await check(float(true)))).toEqual(['finn/qdq'])
  })
  test('symbolic sizes', async () => {
    const network = new Network()
    const x = network.quant(network.input(['N', 8]), { bits: 8 })
    network.output(network.relu(network.dense(x, 8, 4)), ['N', 4])
    const result = await check(network)
    const finding = result.findings.find(({ id }) => id === 'finn/dynamic-shape')
    expect(finding?.severity).toBe('error')
    expect(finding?.fix).toContain('--dim N=1')
    expect(result.verdict).toBe('partial')
  })
})
