/**
 * Nodes that the real provider refuses because ONNX Runtime had lost a shape that follows from the model: the finding
 * `runtime-loses-shape` is made for them, and for no others.
 */
import { expect, test } from 'vitest'
import { checkModel } from '../../src/check/check.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets } from '../../src/profiles/targets.ts'
import { describeData } from '../data.ts'
import { chosen } from './agrees.ts'
import { sets } from './recordings.ts'
import { targetOf } from './variants.ts'

const variants = [
  ['coreml-mlprogram', 'coreml-mlprogram-v8'],
  ['coreml-mlprogram', 'coreml-mlprogram-v8-static'],
  ['coreml-neuralnetwork', 'coreml-neuralnetwork-v8'],
  ['nnapi', 'nnapi-api31'],
] as const

const registry = new Registry()

describeData('shapes that the runtime loses', () => {
  test.each(variants)('%s, %s', { timeout: 600_000 }, async (provider, variant) => {
    const [target] = resolveTargets([targetOf(variant, '1.30')], registry)
    if (!target) throw new Error(`no target for ${variant}`)
    const exact = { ...target, profile: { ...target.profile, shapes: 'inferred' as const } }
    const [lostId, openId] = [`${target.id}/runtime-loses-shape`, `${target.id}/dynamic-shape`]
    let lost = 0
    let known = 0
    const missed: string[] = []
    const wrong: string[] = []
    for (const set of sets)
      for await (const [name, model, , answers] of chosen(set, provider, '1.30')) {
        const recorded = answers.get(variant)
        const [ours, withAllShapes] = checkModel(model, inferModel(model), [target, exact], { asIs: true })
        if (!recorded || !ours || !withAllShapes) throw new Error(`${name} has no ${variant}`)
        recorded.supported.forEach((answer, i) => {
          const [verdict, better] = [ours.nodes[i], withAllShapes.nodes[i]]
          // A dimension that is open in the model, too, is not lost.
          if (answer < 0 || !verdict || better?.findings.includes(openId)) return
          const said = verdict.findings.includes(lostId)
          const text = `${name} ${i} ${verdict.op}: ${verdict.why ?? 'taken'}`
          if (recorded.lost.has(i)) {
            lost++
            if (!said) missed.push(text)
          } else {
            known++
            if (said) wrong.push(text)
          }
        })
      }
    const share = (part: number, of: number) => `${((part / of) * 100).toFixed(2)} % of ${of}`
    const found = lost - missed.length
    console.log(`${variant}: ${share(found, lost)} lost ones found, ${share(wrong.length, known)} others called lost`)
    expect(lost).toBeGreaterThan(0)
    // Where the provider has no such operator either, that is what we say of the node.
    expect(found / lost, missed.slice(0, 20).join('\n')).toBeGreaterThanOrEqual(0.95)
    expect(wrong.length / known, wrong.slice(0, 20).join('\n')).toBeLessThanOrEqual(0.001)
  })
})
