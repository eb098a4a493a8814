/**
 * Raw models, judged after preparation on paper, against what the real provider answered for the same models after ONNX
 * Runtime's own optimisations of level 1 (`NAME.basic.onnx`): node by node, by name.
 */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkModel } from '../../src/check/check.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import { dataPath, describeData } from '../data.ts'
import { byOperator, Tally } from './agreement.ts'
import { answers, graphRecords } from './recordings.ts'
import { targetOf } from './variants.ts'

const everything = process.env.DEPLOYCHECK_FULL === '1'

const variants = [
  ['coreml-mlprogram', 'coreml-mlprogram-v8'],
  ['coreml-neuralnetwork', 'coreml-neuralnetwork-v8'],
  ['nnapi', 'nnapi-api31-nchw'],
  ['xnnpack', 'xnnpack'],
] as const

const registry = new Registry()

/** Raw models that have a twin. */
const pairs = (names: Iterable<string>): [raw: string, twin: string][] =>
  [...names].flatMap((twin) => {
    const raw = twin.replace(/\.basic\.onnx$/, '.onnx')
    return raw !== twin && existsSync(dataPath('corpus', raw)) ? [[raw, twin]] : []
  })

describeData('the raw model is judged as its optimised twin', () => {
  test.each(variants)('%s', { timeout: 600_000 }, async (provider, variant) => {
    const targets = resolveTargets([targetOf(variant, '1.30')], registry)
    const recorded = answers('corpus', provider, '1.30')
    const records = graphRecords('corpus')
    const tally = new Tally(variant)
    let folded = 0
    let gone = 0
    const wrongFolds: string[] = []
    for (const [position, [raw, twin]] of pairs(recorded.keys()).entries()) {
      if (!everything && position % 6 !== 0) continue
      const model = await readModel(dataPath('corpus', raw), { withoutWeights: true })
      const [ours] = checkModel(model, inferModel(model), targets)
      const theirs = recorded.get(twin)?.get(variant)
      const names = records.get(twin)?.nodes.map(([name]) => name)
      if (!ours || !theirs || !names) throw new Error(`${twin} has no ${variant}`)
      const counts = new Map<string, number>()
      for (const name of [...names, ...model.graph.nodes.map((node) => node.name)])
        counts.set(name, (counts.get(name) ?? 0) + 1)
      const indexOf = new Map(names.map((name, i) => [name, i]))
      for (const { name, op, placement, supported, why, findings, index } of ours.nodes) {
        const twinNode = indexOf.get(name)
        if (name === '' || (counts.get(name) ?? 0) > 2) continue
        if (twinNode === undefined) {
          gone++
          if (placement === 'folded') folded++
          continue
        }
        const answer = theirs.supported[twinNode] ?? -1
        if (answer < 0) continue
        tally.nodes++
        if (placement === 'folded') wrongFolds.push(`${raw} ${index} ${op}: ${why}`)
        if (supported !== (answer === 1))
          tally.differences.push({
            target: variant,
            model: raw,
            node: index,
            op,
            text: `${answer ? 'taken' : 'refused'}, here ${placement} ${why ?? ''} ${findings.join()}`,
          })
      }
    }
    console.log(
      `${tally.line()}; ${wrongFolds.length} folded that stay; of ${gone} that are gone ${folded} folded; ${byOperator(tally.differences)}`,
    )
    expect(tally.agreement, byOperator(tally.differences)).toBeGreaterThanOrEqual(0.98)
  })
})
