/** What targets there are, and what each asks of a model. */
import { groups } from '../profiles/groups.ts'
import { Registry } from '../profiles/load.ts'
import { describeParameter } from '../profiles/parameters.ts'
import type { Profile } from '../profiles/profile.ts'
import { resolveTargets, type Target } from '../profiles/targets.ts'
import type { Rule, TargetInfo, TargetList, TargetRules } from '../result/answers.ts'
import type { Evidence } from '../result/finding.ts'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import { schemaVersion } from '../result/result.ts'
import { tool } from '../result/tool.ts'
import { operatorRules, operatorsOf, rulesOf, settle, sharedBy } from './rules.ts'

const head = { schemaVersion, tool, exitCode: 0 }

/** All targets, with those of the user. */
export function listTargets(profiles: readonly string[]): TargetList {
  const registry = new Registry(profiles)
  const targets = registry.ids().flatMap((id) => {
    const loaded = registry.get(id)
    return loaded ? [infoOf(loaded.profile)] : []
  })
  const known = [...groups].map(([id, group]) => ({ id, targets: group.targets.filter((one) => registry.has(one)) }))
  return { ...head, targets, groups: known }
}

function infoOf(profile: Profile): TargetInfo {
  const { state = 'current', since, instead } = profile.status ?? {}
  const evidence: Partial<Record<Evidence, number>> = {}
  for (const rule of rulesOf(profile)) if (rule.evidence) evidence[rule.evidence] = (evidence[rule.evidence] ?? 0) + 1
  return {
    id: profile.id,
    title: profile.title,
    status: {
      state,
      ...(since === undefined ? {} : { since }),
      ...(instead === undefined ? {} : { instead: [...instead] }),
    },
    parameters: Object.entries(profile.parameters ?? {}).map(([name, parameter]) => ({
      name,
      title: parameter.title,
      type: parameter.type,
      default: parameter.default ?? null,
      range: describeParameter(parameter),
    })),
    operators: operatorsOf(profile).length,
    evidence,
    notes: [...(profile.notes ?? [])],
  }
}

/** Every rule of some targets; with parameters, as the rules stand then. */
export function targetRules(texts: readonly string[], profiles: readonly string[]): TargetRules {
  const targets = resolveTargets(texts, new Registry(profiles))
  return { ...head, targets: targets.map((target) => answer(target, inEffect(target))) }
}

const answer = ({ profile }: Target, rules: Rule[]): TargetRules['targets'][number] => ({
  info: infoOf(profile),
  rules,
  shared: sharedBy(profile, rules),
})

/** What a target asks with its parameters. */
export const inEffect = (target: Target, rules: readonly Rule[] = rulesOf(target.profile)): Rule[] => {
  const settled = settle(target.profile, target.parameters)
  return rules.flatMap((rule) => settled(rule) ?? [])
}

/** The rules of some targets for one operator: `Resize`, `com.microsoft::FusedConv`. */
export function rulesForOperator(
  op: string,
  texts: readonly string[] | undefined,
  profiles: readonly string[],
): TargetRules {
  const targets = resolveTargets(texts ?? [], new Registry(profiles))
  const name = op.replace(/^(ai\.onnx)?::/, '')
  const answers = targets.map((target) => {
    const everywhere = rulesOf(target.profile).filter((rule) => rule.op === '*')
    const own = operatorRules(target.profile, name)
    return answer(target, own.length === 0 ? [] : inEffect(target, [...own, ...everywhere]))
  })
  if (answers.every(({ rules }) => rules.length === 0)) throw unknownOperator(op, name, targets)
  return { ...head, targets: answers }
}

function unknownOperator(op: string, name: string, targets: readonly Target[]): Problem {
  const names = [...new Set(targets.flatMap(({ profile }) => operatorsOf(profile)))]
  const near = nearest(name, names)
  const ids = [...new Set(targets.map(({ id }) => id))].join(', ')
  return new Problem('unknown-operator', `no rule for an operator ${op} in ${ids}`, {
    fix: near
      ? `did you mean ${near}? For a node of a model: deploycheck explain MODEL NODE`
      : 'without a rule a target does not take an operator; for a node of a model: deploycheck explain MODEL NODE',
  })
}
