/**
 * Raw models, judged after preparation on paper, against what the real provider answered for the same models after ONNX
 * Runtime's own optimisations of level 1 (`NAME.basic.onnx`): node by node, by name.
 */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { placementsOf } from '../../src/check/placement.ts'
import { prepare } from '../../src/check/prepare.ts'
import type { Model, Node } from '../../src/graph/model.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel, runtimeView } from '../../src/infer/infer.ts'
import type { Judge } from '../../src/profiles/judge.ts'
import { dataPath, describeData } from '../data.ts'
import { byOperator, judgeOf, Tally } from './agreement.ts'
import { answers, graphRecords } from './recordings.ts'
import { targetOf } from './variants.ts'

const everything = process.env.DEPLOYCHECK_FULL === '1'

const variants = [
  ['coreml-mlprogram', 'coreml-mlprogram-v8'],
  ['coreml-neuralnetwork', 'coreml-neuralnetwork-v8'],
  ['nnapi', 'nnapi-api31-nchw'],
  ['xnnpack', 'xnnpack'],
] as const

/** What the provider says of each node of the file when it is first asked; null for nodes that are gone by then. */
function statesOf(judge: Judge, model: Model): (readonly [Node, boolean | null, why: string])[] {
  const { views, gone } = prepare(runtimeView(inferModel(model), true))
  const [main] = views
  const states = new Map<Node, readonly [boolean | null, string]>()
  const rules = { judge, whole: null, offersBodies: false, inlines: true, relaid: false, customOps }
  for (const { unit, judgement } of main ? placementsOf(rules, main).units : [])
    for (const { carries } of unit.members)
      for (const node of carries) states.set(node, [judgement.supported, judgement.reason?.explain().text ?? ''])
  return model.graph.nodes.map((node) => [node, ...(states.get(node) ?? ([null, gone.get(node) ?? ''] as const))])
}
const customOps: ReadonlySet<string> = new Set()

/** Raw models that have a twin. */
const pairs = (names: Iterable<string>): [raw: string, twin: string][] =>
  [...names].flatMap((twin) => {
    const raw = twin.replace(/\.basic\.onnx$/, '.onnx')
    return raw !== twin && existsSync(dataPath('corpus', raw)) ? [[raw, twin]] : []
  })

describeData('the raw model is judged as its optimised twin', () => {
  test.each(variants)('%s', { timeout: 600_000 }, async (provider, variant) => {
    const judge = judgeOf(targetOf(variant, '1.30'))
    const recorded = answers('corpus', provider, '1.30')
    const records = graphRecords('corpus')
    const tally = new Tally(variant)
    let folded = 0
    let gone = 0
    const folds: string[] = []
    for (const [position, [raw, twin]] of pairs(recorded.keys()).entries()) {
      if (!everything && position % 6 !== 0) continue
      const model = await readModel(dataPath('corpus', raw), { withoutWeights: true })
      const ours = statesOf(judge, model)
      const theirs = recorded.get(twin)?.get(variant)
      const names = records.get(twin)?.nodes.map(([name]) => name)
      if (!theirs || !names) throw new Error(`${twin} has no ${variant}`)
      const counts = new Map<string, number>()
      for (const name of [...names, ...model.graph.nodes.map((node) => node.name)])
        counts.set(name, (counts.get(name) ?? 0) + 1)
      const indexOf = new Map(names.map((name, i) => [name, i]))
      for (const [{ name, op, index }, supported, why] of ours) {
        const twinNode = indexOf.get(name)
        if (name === '' || (counts.get(name) ?? 0) > 2) continue
        if (twinNode === undefined) {
          gone++
          if (supported === null) folded++
          continue
        }
        const answer = theirs.supported[twinNode] ?? -1
        if (answer < 0) continue
        tally.nodes++
        if (supported === null) folds.push(`${raw} ${index} ${op}: ${why}`)
        else if (supported !== (answer === 1))
          tally.differences.push({
            target: variant,
            model: raw,
            node: index,
            op,
            text: `${answer ? 'taken' : 'refused'}: ${why}`,
          })
      }
    }
    console.log(
      `${tally.line()}; ${folds.length} folded that stay; of ${gone} that are gone ${folded} folded; ${byOperator(tally.differences)}`,
    )
    expect(tally.agreement, byOperator(tally.differences)).toBeGreaterThanOrEqual(0.98)
  })
})
