/** Why a node got its verdict: every condition that the target asks of it, with the values found. */
import { checkModel } from '../check/check.ts'
import { type Placed, placementsOf } from '../check/placement.ts'
import type { Prepared } from '../check/prepare.ts'
import { Sight } from '../check/sight.ts'
import { attributeText } from '../graph/attribute-text.ts'
import { type Model, type Node, nodeRef, type Value } from '../graph/model.ts'
import { readModel } from '../graph/read.ts'
import type { Inference } from '../infer/facts.ts'
import { inferModel } from '../infer/infer.ts'
import { Scope } from '../profiles/condition/compile.ts'
import { Lets } from '../profiles/condition/expand.ts'
import { explain } from '../profiles/condition/explain.ts'
import { Judge } from '../profiles/judge.ts'
import { Registry } from '../profiles/load.ts'
import { constantsOf } from '../profiles/parameters.ts'
import { resolveTargets, type Target } from '../profiles/targets.ts'
import type { ExplainedCondition, ExplainedValue, ExplainedVerdict, NodeExplanation, Rule } from '../result/answers.ts'
import { Problem } from '../result/problem.ts'
import { schemaVersion, type TargetResult } from '../result/result.ts'
import { tool } from '../result/tool.ts'
import { findModels } from './find-models.ts'
import { findNode } from './find-node.ts'
import type { AssessOptions } from './options.ts'
import { everyNodeRules, kernelRule, rowRules } from './rules.ts'
import { typeInfo } from './type-info.ts'

/**
 * `node` is a number (`17`, `12/then_branch/3`), a name, or the name of a value that the node makes.
 * @throws Problem where model, node or target cannot be found
 */
export async function explainNode(path: string, node: string, options: AssessOptions = {}): Promise<NodeExplanation> {
  const targets = resolveTargets(options.targets ?? [], new Registry(options.profiles))
  const [found, ...others] = findModels([path])
  if (found?.problem) throw found.problem
  if (!found || others.length > 0)
    throw new Problem('several-models', `${path} stands for ${others.length + 1} models`, { fix: 'name one of them' })
  const model = await readModel(found.path, { withoutWeights: options.withoutWeights ?? false })
  const inference = inferModel(model, options)
  const wanted = findNode(model, node)
  const results = checkModel(model, inference, targets, options)
  const { schema } = inference.node(wanted)
  return {
    schemaVersion,
    tool,
    exitCode: 0,
    model: model.path,
    node: {
      ref: nodeRef(wanted),
      name: wanted.name,
      op: wanted.op,
      domain: wanted.domain,
      since: schema?.since ?? null,
    },
    inputs: wanted.inputs.map((value, i) => describeValue(value, wanted.inputNames[i] ?? '', inference)),
    outputs: wanted.outputs.map((value) => describeValue(value, '', inference)),
    attributes: [...wanted.attributes].map(([name, attribute]) => ({ name, value: attributeText(attribute) })),
    targets: results.flatMap((result, i) => {
      const target = targets[i]
      return target ? [verdictOf(result, target, wanted, model, inference, options)] : []
    }),
  }
}

function describeValue(value: Value | null, name: string, inference: Inference): ExplainedValue {
  if (!value)
    return { name, dtype: null, shape: null, const: false, why: name === '' ? null : 'nothing makes this value' }
  const { type, why } = inference.facts(value)
  return { name: value.name, ...typeInfo(type), const: inference.isConst(value), why }
}

function verdictOf(
  result: TargetResult,
  target: Target,
  node: Node,
  model: Model,
  inference: Inference,
  options: AssessOptions,
): ExplainedVerdict {
  const verdict = result.nodes.find(({ index, scope }) => index === node.index && scope === node.graph.scope)
  if (!verdict) throw new Error(`${result.id} says nothing about node ${nodeRef(node)} of ${model.path}`)
  const asIs = options.asIs === true || target.profile.sees === 'file'
  const ids = new Set(verdict.findings)
  return {
    id: result.id,
    group: result.group,
    parameters: result.parameters,
    verdict: result.verdict,
    host: result.host ?? null,
    node: verdict,
    findings: result.findings.filter(({ id, nodes }) => ids.has(id) && nodes.includes(nodeRef(node))),
    conditions: conditionsOf(target, node, new Sight(inference).prepared(target.profile, asIs), asIs, options),
  }
}

/** Conditions in the order in which the provider asks them; none for a node that is gone before it asks. */
function conditionsOf(
  target: Target,
  node: Node,
  prepared: Prepared,
  asIs: boolean,
  options: AssessOptions,
): ExplainedCondition[] {
  const { profile, parameters } = target
  const judge = new Judge(profile, parameters)
  const placed = placedOf(node, prepared, judge, asIs, options)
  if (!placed) return []
  const scope = new Scope(constantsOf(profile, parameters), new Lets(profile.let ?? {}))
  const { row, kernel } = placed.judgement
  const own = row ? rowRules(profile, placed.facts.op, row) : []
  const phases = new Set(own.map(({ phase }) => phase))
  const rules = [...own, ...everyNodeRules(profile).filter(({ phase }) => !phases.has(phase))]
  rules.sort((a, b) => judge.order.indexOf(a.phase) - judge.order.indexOf(b.phase))
  const explained = rules.filter(({ phase }) => phase !== 'operator').map((rule) => ask(rule, scope, placed))
  if (!kernel) return explained
  return [{ ...kernelRule(profile, kernel), holds: true, explanation: '' }, ...explained]
}

function ask(rule: Rule, scope: Scope, { facts }: Placed): ExplainedCondition {
  const condition = scope.compile(rule.condition)
  const truth = condition.test(facts)
  const holds = typeof truth === 'boolean' ? truth : null
  return { ...rule, holds, explanation: explain(condition, facts, rule.verb === 'that').text }
}

/** The unit that the node is judged in, which may hold others: a fused operator, a QDQ group. */
function placedOf(node: Node, prepared: Prepared, judge: Judge, asIs: boolean, options: AssessOptions): Placed | null {
  const rules = {
    judge,
    whole: null,
    offersBodies: judge.grouping.bodies,
    inlines: !asIs,
    customOps: new Set(options.customOps),
  }
  const find = (relaid: boolean): Placed | null => {
    for (const view of prepared.views)
      for (const placed of placementsOf({ ...rules, relaid }, view).units)
        if (placed.unit.members.some((member) => member.carries.includes(node))) return placed
    return null
  }
  // What is kept when the layout changes is not asked about again.
  const first = judge.relayout === 'keeps' ? find(false) : null
  return first?.placement === 'target' ? first : find(!asIs)
}
