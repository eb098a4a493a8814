/** What changes between two targets, or two versions of one: in their rules, and for a model. */
import { checkModel } from '../check/check.ts'
import { readModel } from '../graph/read.ts'
import { inferModel } from '../infer/infer.ts'
import { Registry } from '../profiles/load.ts'
import { resolveTargets, type Target } from '../profiles/targets.ts'
import type { DiffSide, ModelDiff, Rule, TargetDiff } from '../result/answers.ts'
import { Problem } from '../result/problem.ts'
import { type NodeVerdict, schemaVersion } from '../result/result.ts'
import { tool } from '../result/tool.ts'
import type { AssessOptions } from './options.ts'
import { inEffect } from './targets.ts'

/**
 * `a` and `b` as `--target` takes them, one target each: `nnapi@api=29`.
 * @throws Problem where a target or the model cannot be asked
 */
export async function diffTargets(
  a: string,
  b: string,
  model: string | undefined,
  options: AssessOptions = {},
): Promise<TargetDiff> {
  const registry = new Registry(options.profiles)
  const [before, after] = [one(a, registry), one(b, registry)]
  const [rulesA, rulesB] = [inEffect(before), inEffect(after)]
  return {
    schemaVersion,
    tool,
    exitCode: 0,
    a: side(before),
    b: side(after),
    onlyA: without(rulesA, rulesB),
    onlyB: without(rulesB, rulesA),
    model: model === undefined ? null : await diffOf(model, before, after, options),
  }
}

const side = ({ id, parameters }: Target): DiffSide => ({ id, parameters: { ...parameters } })

function one(text: string, registry: Registry): Target {
  const [target, ...others] = resolveTargets([text], registry)
  if (target && others.length === 0) return target
  throw new Problem('several-targets', `${text} stands for ${others.length + 1} targets, and a diff is between two`, {
    fix: `name one of ${[target, ...others].map((other) => other?.id).join(', ')}`,
  })
}

/** Where a rule stands and how well it is known does not change what it asks. */
const asks = ({ op, since, when = '', phase, verb, condition }: Rule): string =>
  JSON.stringify([op, since, when, phase, verb, condition])

function without(rules: readonly Rule[], others: readonly Rule[]): Rule[] {
  const known = new Set(others.map(asks))
  return rules.filter((rule) => !known.has(asks(rule)))
}

async function diffOf(path: string, a: Target, b: Target, options: AssessOptions): Promise<ModelDiff> {
  const model = await readModel(path, { withoutWeights: options.withoutWeights ?? false })
  const [before, after] = checkModel(model, inferModel(model, options), [a, b], options)
  if (!before || !after) throw new Error('two targets give two results')
  const nodes = before.nodes.flatMap((node, i) => {
    const then = after.nodes[i]
    return then && then.placement !== node.placement ? [changeOf(node, then)] : []
  })
  return {
    path,
    verdicts: { a: before.verdict, b: after.verdict },
    coverage: { a: before.coverage.macs, b: after.coverage.macs },
    partitions: { a: before.partitions.length, b: after.partitions.length },
    nodes,
  }
}

const changeOf = (before: NodeVerdict, after: NodeVerdict): ModelDiff['nodes'][number] => ({
  ref: before.scope === '' ? before.index : `${before.scope}/${before.index}`,
  name: before.name,
  op: before.op,
  a: before.placement,
  b: after.placement,
  why: (after.why ?? before.why) || null,
})
