/**
 * What a reviewer would say about a profile: its form, then its meaning. Findings name the place in the file; those
 * of severity error make `targets lint` fail.
 */
import { profiles } from '../result/catalogue/profiles.ts'
import { type Finding, report } from '../result/finding.ts'
import { joinPath } from '../result/json-schema.ts'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import { checkObject, type Verb, verbOf } from './checks.ts'
import { type Ast, walk } from './condition/ast.ts'
import { Lets } from './condition/expand.ts'
import { isBuiltInPhase, orderOf } from './judge.ts'
import { builtInMeanings, type Context, lintCondition } from './lint-condition.ts'
import { merge, type Registry, readJson } from './load.ts'
import { describeParameter, parameterValues } from './parameters.ts'
import { type Check, type Profile, type Row, rowKeys } from './profile.ts'
import { includes, overlap, parseRange, rangeText } from './range.ts'
import { profileFaults } from './schema.ts'
import { constantMeanings, fieldsFault, sourcesOf, tableFault } from './tables.ts'
import { type Meaning, meanings, type OperatorVersion, type Vocabulary } from './vocabulary.ts'

/**
 * Findings about a file of a user or of this package.
 * @throws Problem `profile-missing`, `bad-profile` where it is not JSON
 */
export function lintFile(path: string, registry: Registry, vocabulary: Vocabulary): readonly Finding[] {
  const json = readJson(path)
  if (profileFaults(json).length > 0) return lintProfile(json, vocabulary)
  try {
    return lintProfile(json, vocabulary, registry.base(json as Profile, path))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return [report(profiles, 'profile/extends', { at: 'extends', fault: error.message })]
  }
}

/** Findings about the content of a file; `base` is the profile that it extends. */
export function lintProfile(json: unknown, vocabulary: Vocabulary, base: Profile | null = null): readonly Finding[] {
  const form = profileFaults(json)
  if (form.length > 0)
    return form.map(({ path, message, expected }) =>
      report(profiles, 'profile/form', { at: path, fault: message, wanted: expected }),
    )
  const own = json as Profile
  return new Linter(base ? merge(base, own) : own, own, vocabulary).run()
}

class Linter {
  private readonly findings: Finding[] = []
  private readonly used = new Set<string>()
  private readonly usedSources = new Set<string>()
  private readonly order: readonly string[]
  private readonly constants: ReadonlyMap<string, Meaning>
  private readonly everyNodeGuards = new Set<string>()
  private lets = new Lets({})

  constructor(
    private readonly profile: Profile,
    /** What the file itself says: what it inherits it need not use. */
    private readonly own: Profile,
    private readonly vocabulary: Vocabulary,
  ) {
    this.order = orderOf(profile)
    this.constants = constantMeanings(profile)
  }

  run(): readonly Finding[] {
    this.parameters()
    this.tables()
    this.shared()
    this.shadowing()
    this.grouping()
    this.model()
    this.advice()
    this.everyNode()
    for (const op of Object.keys(this.profile.operators ?? {})) this.operator(op)
    this.instead()
    this.kernels()
    this.unused()
    return this.findings
  }

  private parameters(): void {
    for (const [name, parameter] of Object.entries(this.profile.parameters ?? {})) {
      if (parameter.default === undefined) continue
      const found = String(parameter.default)
      try {
        parameterValues({ id: '', title: '', parameters: { [name]: parameter } }, { [name]: found })
      } catch {
        const at = joinPath('parameters', name)
        this.findings.push(report(profiles, 'profile/parameter', { at, found, wanted: describeParameter(parameter) }))
      }
    }
  }

  private tables(): void {
    const { tables = {}, parameters = {} } = this.profile
    for (const [name, rows] of Object.entries(tables)) {
      const at = joinPath('tables', name)
      const fault = tableFault(rows, Object.hasOwn(parameters, name) ? parameters[name] : undefined)
      if (fault !== null) this.findings.push(report(profiles, 'profile/table', { at, fault }))
    }
    for (const [name, fields] of Object.entries(this.profile.tableFields ?? {})) {
      const at = joinPath('tableFields', name)
      const fault = fieldsFault(tables[name], fields)
      if (fault !== null) this.findings.push(report(profiles, 'profile/table', { at, fault }))
      for (const [field, info] of Object.entries(fields))
        for (const key of sourcesOf(info)) this.source(key, joinPath(at, field), true)
    }
  }

  /** Shared conditions: each must be readable on its own; what its names mean is judged where it is used. */
  private shared(): void {
    const good: Record<string, string> = {}
    for (const [head, text] of Object.entries(this.profile.let ?? {})) {
      const fault = problemOf(() => new Lets({ [head]: text }))
      if (fault === null) good[head] = text
      else this.findings.push(report(profiles, 'profile/condition', { at: joinPath('let', head), fault }))
    }
    this.lets = new Lets(good)
    for (const { name, params, body } of this.lets.all()) {
      const args = params.map((param) => ({ kind: 'name' as const, name: param, depth: 0, at: 0 }))
      const use =
        params.length === 0
          ? { kind: 'name' as const, name, depth: 0, at: 0 }
          : { kind: 'call' as const, name, args, at: 0 }
      const fault = problemOf(() => this.lets.expand(use))
      if (fault !== null)
        this.findings.push(report(profiles, 'profile/condition', { at: joinPath('let', name), fault }))
      for (const word of wordsOf(body)) this.used.add(word)
    }
  }

  private shadowing(): void {
    const { parameters = {}, operators = {} } = this.profile
    const owners = new Map<string, string>()
    for (const op of Object.keys(operators))
      for (const name of meanings(this.vocabulary.versions(op)).keys()) if (!owners.has(name)) owners.set(name, op)
    const check = (path: string, name: string): void => {
      const op = owners.get(name)
      if (op !== undefined)
        this.findings.push(report(profiles, 'profile/shadowing', { at: joinPath(path, name), name, op }))
    }
    for (const name of Object.keys(parameters)) check('parameters', name)
    for (const { name, params } of this.lets.all()) if (params.length === 0) check('let', name)
  }

  private grouping(): void {
    const context = this.context('the grouping', [], false)
    for (const [key, value] of Object.entries(this.profile.grouping ?? {}))
      this.alternatives(value, joinPath('grouping', key), context)
  }

  private alternatives(value: unknown, at: string, context: Context): void {
    if (!Array.isArray(value)) return
    for (const [i, alternative] of (value as readonly unknown[]).entries()) {
      const when = (alternative as { when?: unknown }).when
      if (typeof when === 'string') this.condition(when, joinPath(joinPath(at, i), 'when'), context)
    }
  }

  private model(): void {
    const { model = [], layout } = this.profile
    const context = this.context('the model', modelMeanings, false)
    this.checks(model, 'model', context)
    this.alternatives(this.profile.host, 'host', context)
    this.alternatives(layout?.channelsLast, joinPath('layout', 'channelsLast'), context)
    this.checks(layout?.model ?? [], joinPath('layout', 'model'), context)
  }

  private advice(): void {
    for (const [i, { when, source }] of (this.profile.advice ?? []).entries()) {
      const at = joinPath('advice', i)
      this.condition(when, joinPath(at, 'when'), this.context('the model', modelMeanings, false))
      this.source(source, at, false)
    }
  }

  /** An operator that the target has needs no other in its place. `*` is what is said of all others. */
  private instead(): void {
    const { instead = {}, operators = {} } = this.profile
    for (const name of Object.keys(instead))
      if (Object.hasOwn(operators, name))
        this.findings.push(report(profiles, 'profile/unused', { at: joinPath('instead', name), kind: 'advice', name }))
  }

  private everyNode(): void {
    for (const [phase, checks] of Object.entries(this.profile.everyNode ?? {})) {
      const at = joinPath('everyNode', phase)
      this.phase(phase, at)
      this.checks(checks, at, this.context('every node', builtInMeanings, false, this.everyNodeGuards))
    }
  }

  private operator(op: string): void {
    const rows = this.profile.operators?.[op] ?? []
    const versions = this.vocabulary.versions(op)
    const ranges = rows.map((row) => parseRange(row.since))
    for (const [i, row] of rows.entries()) {
      const at = joinPath(joinPath('operators', op), i)
      const range = ranges[i] ?? parseRange(undefined)
      const own = versions.filter((version) => includes(range, version.since))
      if (own.length === 0) {
        const close = versions.length > 0 ? null : nearest(op, this.vocabulary.operators())
        this.findings.push(report(profiles, 'profile/no-operator', { at, op, range: rangeText(range), close }))
      }
      const earlier = rows.findIndex(
        (other, j) => j < i && other.when === undefined && overlap(ranges[j] ?? range, range),
      )
      if (earlier >= 0) this.findings.push(report(profiles, 'profile/overlap', { at, op, earlier }))
      const builtIns = hasWindow(own) ? windowMeanings : builtInMeanings
      this.row(op, row, at, [...builtIns, ...meanings(own)], own.length === 0)
    }
  }

  private row(op: string, row: Row, at: string, names: Names, open: boolean): void {
    const context = this.context(op, names, open, new Set(this.everyNodeGuards))
    if (row.when !== undefined) this.condition(row.when, joinPath(at, 'when'), context)
    const assumed = (row.evidence ?? this.profile.evidence) === 'assumed'
    this.source(row.source, at, !assumed && !everyCheckHasSource(row))
    for (const phase of this.order) {
      const checks = row[phase]
      if (!rowKeys.has(phase) && Array.isArray(checks)) this.checks(checks as Check[], joinPath(at, phase), context)
    }
    for (const key of Object.keys(row)) if (!rowKeys.has(key)) this.phase(key, joinPath(at, key))
    for (const [name, text] of Object.entries(row.figures ?? {}))
      this.condition(text, joinPath(joinPath(at, 'figures'), name), context, 'number')
  }

  private kernels(): void {
    for (const [i, row] of (this.profile.kernels ?? []).entries()) {
      const at = joinPath('kernels', i)
      this.source(row.source, at, false)
      if (row.when === undefined) continue
      const own = this.vocabulary.versions(row.op)
      const names = [...builtInMeanings, ...meanings(own)]
      this.condition(row.when, joinPath(at, 'when'), this.context(row.op, names, own.length === 0))
    }
  }

  private unused(): void {
    const { parameters = {}, tables = {}, sources = {}, let: lets = {} } = this.own
    const usedRoots = new Set([...this.used].map((name) => name.split('.')[0] ?? name))
    const check = (path: string, kind: string, names: Iterable<string>, used: ReadonlySet<string>): void => {
      for (const name of names)
        if (!used.has(name))
          this.findings.push(report(profiles, 'profile/unused', { at: joinPath(path, name), kind, name }))
    }
    check('parameters', 'parameter', Object.keys(parameters), usedRoots)
    check('tables', 'table', Object.keys(tables), new Set([...this.used].filter((n) => n.includes('.')).map(rootOf)))
    check(
      'let',
      'shared condition',
      Object.keys(lets).map((head) => head.split('(')[0] ?? head),
      this.used,
    )
    // Reasons that no row gives rest on these: what the provider has at all, and its kernel table.
    check('sources', 'source', Object.keys(sources), new Set([...this.usedSources, 'operators', 'kernels']))
  }

  private context(owner: string, names: Names, open: boolean, guards = new Set<string>()): Context {
    return { owner, names: new Map([...names, ...this.constants]), open, lets: this.lets, guards, used: this.used }
  }

  private condition(text: string, at: string, context: Context, verb?: Verb | 'number'): boolean | null {
    const { findings, always } = lintCondition(text, at, context, verb)
    this.findings.push(...findings)
    return always
  }

  private checks(checks: readonly Check[], path: string, context: Context): void {
    let refused = false
    for (const [i, written] of checks.entries()) {
      const at = joinPath(path, i)
      const check = checkObject(written)
      const [verb, text] = verbOf(check)
      if (refused) this.findings.push(report(profiles, 'profile/unreachable', { at }))
      const always = this.condition(text, at, context, verb)
      if (verb === 'that' && always === false) refused = true
      this.source(check.source, at, false)
    }
  }

  private source(key: string | undefined, at: string, required: boolean): void {
    if (key !== undefined) this.usedSources.add(key)
    const missing = key === undefined ? required : !Object.hasOwn(this.profile.sources ?? {}, key)
    if (missing) this.findings.push(report(profiles, 'profile/source', { at, key: key ?? null }))
  }

  private phase(phase: string, at: string): void {
    if (this.order.includes(phase) && !isBuiltInPhase(phase)) return
    this.findings.push(report(profiles, 'profile/phase', { at, phase, order: this.order.join(', ') }))
  }
}

type Names = readonly (readonly [string, Meaning])[]

/** What conditions on the model as a whole can ask. */
const modelMeanings: Names = builtInMeanings.filter(([name]) => ['opset', 'ir', 'quantization'].includes(name))

/** Of an operator with a window: its kernel, strides, pads and dilations have defaults. */
const windowMeanings: Names = builtInMeanings.map(([name, meaning]) => [name, { ...meaning, always: true }])

const hasWindow = (versions: readonly OperatorVersion[]): boolean =>
  versions.length > 0 && versions.every(({ attributes }) => attributes.some(({ name }) => name === 'kernel_shape'))

const rootOf = (name: string): string => name.split('.')[0] ?? name

const wordsOf = (ast: Ast): string[] =>
  [...walk(ast)].flatMap((node) => (node.kind === 'name' || node.kind === 'call' ? [node.name] : []))

/** The message of the Problem that comes up; null without one. */
function problemOf(run: () => unknown): string | null {
  try {
    run()
    return null
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}

const everyCheckHasSource = (row: Row): boolean =>
  Object.entries(row).every(
    ([key, checks]) =>
      rowKeys.has(key) ||
      !Array.isArray(checks) ||
      (checks as readonly Check[]).every((check) => typeof check !== 'string' && check.source !== undefined),
  )
