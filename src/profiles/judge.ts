/**
 * A profile with chosen parameters, ready to judge nodes: phase by phase in the profile's order, the first failure
 * gives the reason. Conditions are compiled when they are first needed, once.
 */
import { type CompiledCheck, type Compiler, checkCompiler } from './checks.ts'
import { type Condition, Scope } from './condition/compile.ts'
import { Lets } from './condition/expand.ts'
import { explain } from './condition/explain.ts'
import { asNumber } from './condition/value.ts'
import { type ModelFacts, modelAsNode, type NodeFacts } from './facts.ts'
import { type ResolvedGrouping, resolve, resolveGrouping } from './grouping.ts'
import { operatorName, plainly } from './kernel-reason.ts'
import { Kernels } from './kernels.ts'
import { constantsOf, type ParameterValues } from './parameters.ts'
import { type Advice, type Check, type KernelRow, type Profile, type Relayout, type Row, rowKeys } from './profile.ts'
import { includes, parseRange, type Range, rangeText } from './range.ts'
import { builtInReason, type Reason, sourceOf } from './reason.ts'

/** `fails`: the provider claims the node, or throws while it is asked: nothing runs then. */
export type Outcome = 'accepted' | 'refused' | 'fails' | 'unknown'

export interface Judgement {
  /**
   * The provider's rule for the node alone; null: unknown. A node that fails counts as supported where the provider
   * claims it first, as kernel lookups do, and where only the build of the partition fails.
   */
  readonly supported: boolean | null
  readonly outcome: Outcome
  /** Why it is not accepted; null where it is. */
  readonly reason: Reason | null
  /** Why the provider computes a node wrongly that it takes. */
  readonly wrong: readonly Reason[]
  /** The same where it hangs on something unknown. */
  readonly maybeWrong: readonly Reason[]
  /** The row whose checks were asked. */
  readonly row: Row | null
  /** The kernel that takes the node, in profiles that look kernels up. */
  readonly kernel: KernelRow | null
}

const builtInPhases: ReadonlySet<string> = new Set(['exclude', 'operator', 'since', 'kernel'])
export const isBuiltInPhase = (phase: string): boolean => builtInPhases.has(phase)

/** The order of the phases, also of a profile that does not say it. */
export const orderOf = ({ order, kernels }: Profile): readonly string[] =>
  order ?? ['exclude', 'operator', kernels ? 'kernel' : 'since', 'checks']

type Phases = ReadonlyMap<string, readonly CompiledCheck[]>
const noChecks: Phases = new Map()

interface CompiledRow {
  readonly row: Row
  readonly range: Range
  readonly when: Condition | null
  /** Its own checks over those of everyNode. */
  readonly phases: Phases
  /** The judgement of every node that nothing speaks against, where no kernel is looked up. */
  readonly accepted: Judgement
}

const noRows: readonly CompiledRow[] = []

/** The row for a node. `fits` is false where its version or `when` does not hold, null where that is unknown. */
interface Choice {
  readonly row: CompiledRow | null
  readonly fits: boolean | null
}

const none: readonly Reason[] = []

/** The judgement of a node that nothing speaks against. */
export const taken: Judgement = {
  supported: true,
  outcome: 'accepted',
  reason: null,
  wrong: none,
  maybeWrong: none,
  row: null,
  kernel: null,
}

export class Judge {
  readonly order: readonly string[]
  readonly grouping: ResolvedGrouping
  readonly relayout: Relayout
  /** The target that runs what this one refuses, as `--target` names it; null: nothing does. */
  readonly host: string | null
  private readonly scope: Scope
  private readonly compiler: Compiler
  readonly kernels: Kernels | null
  private readonly everyNode: Phases
  private readonly compiled = new Map<string, readonly CompiledRow[]>()
  /** Why operators are refused that the target does not have, by name. */
  private readonly unsupported = new Map<string, Reason>()

  /** `parameters` as `parameterValues` gives them. Throws Problem for a profile that cannot be understood. */
  constructor(
    readonly profile: Profile,
    readonly parameters: ParameterValues,
  ) {
    this.scope = new Scope(constantsOf(profile, parameters), new Lets(profile.let ?? {}))
    this.compiler = checkCompiler(profile, this.scope)
    this.order = orderOf(profile)
    this.kernels = profile.kernels ? new Kernels(profile.kernels, this.scope) : null
    this.grouping = resolveGrouping(profile.grouping, this.scope)
    this.host = resolve<string | null>(profile.host, 'cpu', this.scope)
    this.relayout = resolve(profile.layout?.channelsLast, 'never', this.scope)
    this.everyNode = this.compilePhases(profile.everyNode ?? {}, null)
  }

  /**
   * Checks on the whole model; what they refuse is true of every node. `relaid`: the runtime changes the layout for
   * the target where it wishes so.
   */
  model(facts: ModelFacts, relaid = false): Judgement {
    const { model = [], layout } = this.profile
    const walk = new Walk(modelAsNode(facts), null)
    walk.checks(this.compiler(model, 'model', null))
    if (relaid && this.relayout !== 'never') walk.checks(this.compiler(layout?.model ?? [], 'model', null))
    return walk.judgement()
  }

  /**
   * One node, or one QDQ unit. `excluded` says why partitioning never offers it (phase `exclude`), such as being
   * downstream of an operator at which placement stops. `phases`: those that are asked, by default all.
   */
  node(facts: NodeFacts, excluded: string | null = null, phases = this.order): Judgement {
    const rows = this.rowsOf(facts.op)
    const choice = this.choose(rows, facts)
    const walk = new Walk(facts, choice.fits ? choice.row : null)
    // Where it is unknown which row holds, no check can decide.
    const checks = choice.fits === null ? noChecks : (choice.row?.phases ?? this.everyNode)
    for (const phase of phases) {
      if (phase === 'exclude' && excluded !== null) walk.refuse(this.reason(phase, 'excluded', () => plainly(excluded)))
      else if (phase === 'operator') this.operator(walk)
      else if (phase === 'since') this.since(walk, rows, choice)
      else if (phase === 'kernel') this.kernel(walk)
      else walk.checks(checks.get(phase) ?? [])
      if (walk.decided) break
    }
    if (choice.fits === null) this.since(walk, rows, choice)
    return walk.judgement()
  }

  /** Whether it has rules or kernels for an operator at all. */
  has(domain: string, op: string): boolean {
    const { operators = {} } = this.profile
    return (Object.hasOwn(operators, op) && Boolean(operators[op])) || this.kernels?.has(domain, op) === true
  }

  /** What the profile advises for the model as a whole. */
  advice(facts: ModelFacts): readonly Advice[] {
    const model = modelAsNode(facts)
    return (this.profile.advice ?? []).filter(({ when }) => this.scope.compile(when).test(model) === true)
  }

  /** The figures of a row for a node that it took; those that are no numbers are left out. */
  figures({ figures = {} }: Row, facts: NodeFacts): Record<string, number> {
    const found: Record<string, number> = {}
    for (const [name, text] of Object.entries(figures)) {
      const number = asNumber(this.scope.compile(text).value(facts))
      if (number !== null) Object.defineProperty(found, name, { value: Number(number), enumerable: true })
    }
    return found
  }

  /** The compiled rows of an operator, in the profile's order. */
  private rowsOf(op: string): readonly CompiledRow[] {
    const known = this.compiled.get(op)
    if (known) return known
    const { operators = {} } = this.profile
    const rows = Object.hasOwn(operators, op) ? operators[op] : null
    // Other operators of a model have no rows and need no memory.
    if (!rows?.length) return noRows
    const compiled = rows.map((row) => this.compileRow(op, row))
    this.compiled.set(op, compiled)
    return compiled
  }

  private compileRow(op: string, row: Row): CompiledRow {
    const own: Record<string, readonly Check[]> = {}
    for (const [key, checks] of Object.entries(row))
      if (!rowKeys.has(key) && Array.isArray(checks)) own[key] = checks as readonly Check[]
    return {
      row,
      range: parseRange(row.since),
      when: row.when === undefined ? null : this.scope.compile(row.when),
      phases: new Map([...this.everyNode, ...this.compilePhases(own, { op, row })]),
      accepted: { ...taken, row },
    }
  }

  private compilePhases(
    phases: Readonly<Record<string, readonly Check[]>>,
    owner: { op: string; row: Row } | null,
  ): Phases {
    return new Map(Object.entries(phases).map(([phase, checks]) => [phase, this.compiler(checks, phase, owner)]))
  }

  /** The first row whose version and `when` hold. Without one, the nearest: its earlier phases still give the reason. */
  private choose(rows: readonly CompiledRow[], facts: NodeFacts): Choice {
    let near: CompiledRow | null = null
    for (const row of rows) {
      if (facts.since === null ? row.row.since !== undefined : !includes(row.range, facts.since)) continue
      const truth = row.when === null ? true : row.when.test(facts)
      if (truth === true) return { row, fits: true }
      if (truth !== false) return { row, fits: null }
      near ??= row
    }
    const asked = this.order.includes('since')
    return { row: asked ? (near ?? rows[0] ?? null) : null, fits: false }
  }

  private operator(walk: Walk): void {
    const { op, domain } = walk.facts
    if (this.has(domain, op)) return
    const name = operatorName(domain, op)
    let reason = this.unsupported.get(name)
    if (!reason) {
      reason = this.unsupportedOperator(op, name)
      this.unsupported.set(name, reason)
    }
    walk.refuse(reason)
  }

  private unsupportedOperator(op: string, name: string): Reason {
    const { title, instead = {} } = this.profile
    const explanation = plainly(`${title} has no ${name}`)
    const reason = this.reason('operator', `${op}/unsupported`, () => explanation, listSource)
    return Object.hasOwn(instead, op) ? { ...reason, fix: instead[op] ?? null } : reason
  }

  private since(walk: Walk, rows: readonly CompiledRow[], { row, fits }: Choice): void {
    if (fits === true) return
    const { facts } = walk
    const id = `${facts.op}/version`
    const { when } = row ?? {}
    if (fits === null && when) walk.leaveOpen(this.reason('since', id, () => explain(when, facts, true)))
    else if (facts.since === null)
      walk.leaveOpen(
        this.reason('since', id, () => plainly(`no definition of ${operatorName(facts.domain, facts.op)} is known`)),
      )
    else if (fits === false) {
      const { source } = (row ?? rows[0])?.row ?? {}
      walk.refuse(this.reason('since', id, () => explainVersion(rows, facts), source))
    }
  }

  private kernel(walk: Walk): void {
    const { facts } = walk
    const { kernels } = this
    if (!kernels) return
    const match = kernels.match(facts)
    if (match) {
      walk.kernel = match
      return
    }
    const why = this.reason('kernel', `${facts.op}/kernel`, () => kernels.explain(facts), 'kernels')
    const reason = { ...why, fix: kernels.fix(facts) }
    if (match === null) walk.leaveOpen(reason)
    else walk.refuse(reason)
  }

  private reason(phase: string, id: string, explanation: Reason['explain'], source?: string): Reason {
    return builtInReason(this.profile, phase, id, explanation, sourceOf(this.profile, source))
  }
}

function explainVersion(rows: readonly CompiledRow[], facts: NodeFacts) {
  const { op, since } = facts
  const versioned = rows.filter((row) => since !== null && includes(row.range, since))
  if (versioned.length === 0) {
    const ranges = [...new Set(rows.map((row) => rangeText(row.range)))].join(', ')
    return plainly(`${op} is taken in version ${ranges}: the node is version ${since}`, { since })
  }
  const whys = versioned.flatMap(({ when }) => (when ? [explain(when, facts, true)] : []))
  return plainly(
    [...new Set(whys.map((why) => why.text))].join('; '),
    Object.assign({}, ...whys.map((why) => why.found)),
  )
}

/** The entry of `sources` that says which operators the provider has at all. */
const listSource = 'operators'

/** One way through the phases: the first failure decides, unknowns wait whether one comes. */
class Walk {
  kernel: KernelRow | null = null
  private failure: Reason | null = null
  private open: Reason | null = null
  private wrong = none
  private maybeWrong = none

  constructor(
    readonly facts: NodeFacts,
    private readonly row: CompiledRow | null,
  ) {}

  get decided(): boolean {
    return this.failure !== null
  }

  refuse(reason: Reason): void {
    this.failure ??= reason
  }

  leaveOpen(reason: Reason): void {
    this.open ??= reason
  }

  checks(checks: readonly CompiledCheck[]): void {
    for (const check of checks) {
      const truth = check.condition.test(this.facts)
      if (check.verb === 'wrong') {
        if (truth === true) this.wrong = [...this.wrong, check.reason(this.facts)]
        else if (truth !== false) this.maybeWrong = [...this.maybeWrong, check.reason(this.facts)]
      } else if (truth === (check.verb === 'fails')) {
        this.refuse(check.reason(this.facts))
        return
      } else if (typeof truth !== 'boolean') this.leaveOpen(check.reason(this.facts))
    }
  }

  judgement(): Judgement {
    const { failure, open, kernel, wrong, maybeWrong } = this
    const row = this.row?.row ?? null
    if (failure) {
      const { how } = failure
      const supported = how === 'build' || (how !== null && kernel !== null)
      const outcome = how === null ? 'refused' : 'fails'
      return { supported, outcome, reason: failure, wrong: none, maybeWrong: none, row, kernel }
    }
    if (open) return { supported: null, outcome: 'unknown', reason: open, wrong: none, maybeWrong: none, row, kernel }
    if (this.row && !kernel && wrong === none && maybeWrong === none) return this.row.accepted
    return { supported: true, outcome: 'accepted', reason: null, wrong, maybeWrong, row, kernel }
  }
}
