/**
 * How ONNX Runtime runs a node that no provider takes: by a CPU kernel, by casts around one, or as the operators that
 * the specification defines it by. The CPU kernels are those of the targets `cpu` and `wasm`.
 */
import { IdMap } from '../graph/id-map.ts'
import { bodyOf } from '../operators/bodies.ts'
import type { OperatorSchema } from '../operators/schema.ts'
import { isTensor } from '../profiles/condition/value.ts'
import { Judge } from '../profiles/judge.ts'
import type { Kernels } from '../profiles/kernels.ts'
import { Registry } from '../profiles/load.ts'
import type { Reason } from '../profiles/reason.ts'
import { resolveTargets } from '../profiles/targets.ts'
import { UnitFacts } from './facts.ts'
import type { Neighbours } from './tensor-facts.ts'
import { singleUnit } from './units.ts'
import type { View, ViewNode } from './view.ts'

/**
 * `kernel`: there is one. `casts`: there is one for float32, and the runtime casts float16 to it and back. `body`: the
 * operator is expanded, and all that it is made of runs. `none`: nothing runs it. What is not known counts as fitting.
 */
type Answer = 'kernel' | 'casts' | 'body' | 'none'

/** Why a host does not run a node. `rule`: what it has against it; null: it has no kernel. */
export interface Refusal {
  readonly rule: Reason | null
}

export const noKernel: Refusal = { rule: null }

/** A target that runs what another refuses; read when a first node is refused. */
export class Host {
  /** Targets that see the same graph ask about the same nodes. */
  private readonly answers = new WeakMap<View, IdMap<ViewNode, Refusal | null>>()
  private loaded: Judge | null = null

  /** `name`: as `--target` has it. */
  constructor(private readonly name: string) {}

  /** Null where it runs the node in any way. What is not known counts as fitting. */
  refusal(view: View, node: ViewNode): Refusal | null {
    let answers = this.answers.get(view)
    if (!answers) {
      answers = new IdMap()
      this.answers.set(view, answers)
    }
    let answer = answers.get(node)
    if (answer === undefined) {
      answer = this.judged(new UnitFacts(view, singleUnit(node), noNeighbours))
      answers.set(node, answer)
    }
    return answer
  }

  get kernels(): Kernels | null {
    return this.judge.kernels
  }

  private judged(facts: UnitFacts): Refusal | null {
    const answer = ranBy(this.kernels, facts)
    const rule = this.ruleAgainst(facts, answer === 'kernel')
    return rule || answer === 'none' ? { rule } : null
  }

  /** An operator that a build leaves out, or (`claimed`) a kernel that fails: anything but that there is none. */
  private ruleAgainst(facts: UnitFacts, claimed: boolean): Reason | null {
    const { order } = this.judge
    const before = order.slice(0, order.indexOf('kernel'))
    const phases = claimed ? order.filter((phase) => phase !== 'kernel') : before
    const { outcome, reason } = this.judge.node(facts, null, phases)
    return outcome === 'refused' || outcome === 'fails' ? reason : null
  }

  private get judge(): Judge {
    if (!this.loaded) {
      const [target] = resolveTargets([this.name], new Registry())
      if (!target) throw new Error(`there is no host ${this.name}`)
      this.loaded = new Judge(target.profile, target.parameters)
    }
    return this.loaded
  }
}

const noNeighbours: Neighbours = { supported: () => false, inCurrentGroup: () => false, onTarget: () => false }

const hosts = new Map<string, Host>()

/** `name`: that of a profile's host. */
export function hostNamed(name: string): Host {
  const host = hosts.get(name) ?? new Host(name)
  hosts.set(name, host)
  return host
}

/**
 * By a runtime that has these kernels only. Expansion comes before casts, and a node that was expanded has no way back.
 * Source: framework/graph_partitioner.cc, optimizer/insert_cast_transformer.cc of ONNX Runtime 1.30.
 */
export function ranBy(kernels: Kernels | null, facts: UnitFacts): Answer {
  if (!kernels) return 'none'
  if (kernels.match(facts) !== false) return 'kernel'
  const body = bodyInForce(facts)
  if (body) {
    const types = elementTypes(facts).filter((type) => floats.has(type))
    const ran = types.map((type) => (type === 'float16' ? 'float32' : type))
    return bodyRuns(kernels, body, ran, facts) ? 'body' : 'none'
  }
  return isCast(facts) && kernels.matchesWithCasts(facts) ? 'casts' : 'none'
}

/** Whether a provider takes all that an operator is made of, once the runtime has expanded it. */
export function takesBody(kernels: Kernels, facts: UnitFacts): boolean {
  const body = bodyInForce(facts)
  const cpu = hostNamed('cpu').kernels
  if (!body || cpu?.match(facts) !== false) return false
  // Arithmetic with shapes is done in int64.
  const shapes = body.some(({ name }) => name === 'Shape' || name === 'Size') ? ['int64'] : []
  return bodyRuns(kernels, body, [...elementTypes(facts), ...shapes], facts, cpu)
}

function bodyInForce({ unit: { target }, opset }: UnitFacts): readonly OperatorSchema[] | null {
  return target.schema && opset !== null ? bodyOf(target.schema, opset) : null
}

/**
 * Types inside of a body are not worked out: each of `types` has to be possible for all operators. What the `others`
 * have a kernel for is not expanded further.
 */
function bodyRuns(
  kernels: Kernels,
  body: readonly OperatorSchema[],
  types: readonly string[],
  { opset }: UnitFacts,
  others: Kernels | null = null,
): boolean {
  const open = [...body]
  for (let inner = open.pop(); inner; inner = open.pop()) {
    const { domain, name, since } = inner
    const known = kernels.hasVersion(domain, name, since)
    if (known && types.every((type) => kernels.takes(domain, name, since, type))) continue
    const deeper = known || others?.hasVersion(domain, name, since) ? null : bodyOf(inner, opset ?? 0)
    if (!deeper) return false
    open.push(...deeper)
  }
  return true
}

const floats: ReadonlySet<string> = new Set(
  'float16 float32 float64 bfloat16 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz float8e8m0 float4e2m1'.split(
    ' ',
  ),
)

function elementTypes(facts: UnitFacts): string[] {
  const types = [...facts.inputs, ...facts.outputs].flatMap((value) => (isTensor(value) ? value.dtype : []))
  return [...new Set(types)].filter((type) => typeof type === 'string')
}

/** Nodes with a float16 input are cast, except those with bodies. */
const isCast = (facts: UnitFacts): boolean =>
  facts.unit.target.source.bodies.size === 0 &&
  facts.inputs.some((value) => isTensor(value) && value.dtype === 'float16')
