/** The WebGPU target against the real native provider and the real JSEP provider of onnxruntime-web 1.30. */
import { expect, test } from 'vitest'
import { describeData } from '../data.ts'
import {
  checkAsIs,
  type Implementation,
  implementations,
  type ModelSet,
  PlacementTally,
  placedModels,
  placementRecords,
} from './placements.ts'

const everything = process.env.DEPLOYCHECK_FULL === '1'
const step = everything ? { corpus: 1, conformance: 1 } : { corpus: 8, conformance: 6 }

/** What stays different, with the reason; `models` and `cause` as the comparison gives them. */
const axesAtRunTime =
  'claimed by the kernel table; whether an empty axis is reduced, which throws, hangs on axes that are an input here'
const expected: readonly { set: ModelSet; impl: Implementation; cause: RegExp; nodes: number; reason: string }[] = [
  {
    set: 'conformance',
    impl: 'jsep',
    cause: /^MatMul claimed, here unknown: .*rank\(A\) has no number/,
    nodes: 2,
    reason:
      'claimed by the kernel table; whether it then throws hangs on a rank behind a Loop that inference does not know',
  },
  {
    set: 'conformance',
    impl: 'native',
    cause: /^Reduce\w+ claimed, here unknown: .*the values of axes are not known/,
    nodes: 2,
    reason: axesAtRunTime,
  },
  {
    set: 'conformance',
    impl: 'jsep',
    cause: /^Reduce\w+ claimed, here unknown: .*the values of axes are not known/,
    nodes: 11,
    reason: axesAtRunTime,
  },
]

describeData('WebGPU: nodes run where the real providers ran them', () => {
  for (const set of ['corpus', 'conformance'] as const)
    test(set, { timeout: 600_000 }, async () => {
      const tallies = new Map(implementations.map((impl) => [impl, new PlacementTally()]))
      const records = new Map(implementations.map((impl) => [impl, placementRecords(impl)]))
      const chosen = placedModels(set).filter((_, position) => position % step[set] === 0)
      for (const [id, read] of chosen) {
        const asked = implementations.filter((impl) => records.get(impl)?.has(id))
        if (asked.length === 0) continue
        const results = checkAsIs(
          await read(),
          asked.map((impl) => `webgpu@impl=${impl}`),
        )
        asked.forEach((impl, i) => {
          const [result, record] = [results[i], records.get(impl)?.get(id)]
          if (result && record) tallies.get(impl)?.add(result, record)
        })
      }
      for (const [impl, tally] of tallies) {
        const { nodes, onHost, hostFound, agreement, differences } = tally
        const share = (agreement * 100).toFixed(3)
        console.info(`${set} ${impl}: ${share} % of ${nodes} nodes; ${hostFound} of ${onHost} on the CPU found`)
        expect(nodes).toBeGreaterThan(1000)
        expect(agreement).toBeGreaterThanOrEqual(0.995)
        expect(hostFound / onHost).toBeGreaterThanOrEqual(0.98)

        const listed = expected.filter((difference) => difference.set === set && difference.impl === impl)
        for (const [cause, where] of differences)
          expect(
            listed.some((difference) => difference.cause.test(cause)),
            `${cause} (${where.length}: ${where.slice(0, 3).join(', ')})`,
          ).toBe(true)
        if (!everything) continue
        for (const difference of listed) {
          const found = [...differences].filter(([cause]) => difference.cause.test(cause))
          expect(found.flatMap(([, where]) => where).length, `no longer needed: ${difference.reason}`).toBe(
            difference.nodes,
          )
        }
      }
      // The only other rule of the comparison, and still needed.
      if (everything) expect(tallies.get('jsep')?.expanded).toBeGreaterThan(0)
    })
})
