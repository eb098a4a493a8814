/** By which tolerance each tensor and each field of a run is judged. */
import type { FieldRule } from '../compare/fields.ts'
import {
  defaultTolerance,
  givenTolerance,
  type PairKind,
  plainTolerance,
  type Tolerance,
  toleranceText,
} from '../compare/tolerance.ts'
import type { DType } from '../graph/dtype.ts'
import type { Description } from '../wrapper/host.ts'
import type { NatureOf } from './natures.ts'
import type { RunOptions } from './options.ts'

export interface Rule {
  readonly tolerance: Tolerance
  readonly text: string
}

export interface RulesOptions {
  readonly natures: readonly NatureOf[]
  readonly given: RunOptions['tolerances']
  /** The wrapper's own. */
  readonly compare: Description['compare']
}

const rule = (tolerance: Tolerance): Rule => ({ tolerance, text: toleranceText(tolerance) })

/** Of one runtime beside the reference. */
export class Rules {
  private readonly kind: PairKind
  private readonly pair: string
  private readonly outputs = new Map<string, Rule>()
  /** Of what enters the model, and of results of equal outputs: the same code on another platform. */
  readonly sameCode: Rule
  /** Of results where the outputs may differ as far as their own tolerance goes. */
  readonly result: Rule

  constructor(
    reference: { readonly id: string; readonly isAccelerated: boolean },
    runtime: { readonly id: string; readonly isAccelerated: boolean },
    private readonly options: RulesOptions,
  ) {
    this.kind = reference.isAccelerated || runtime.isAccelerated ? 'accelerated' : 'cpu'
    this.pair = `${reference.id} – ${runtime.id}`
    this.sameCode = rule(plainTolerance('cpu', '(the same code)'))
    this.result = rule(plainTolerance(this.kind, `(number, ${this.pair})`))
  }

  output(name: string, dtype: DType): Rule {
    const found = this.outputs.get(name) ?? rule(this.toleranceOf(name, dtype))
    this.outputs.set(name, found)
    return found
  }

  private toleranceOf(name: string, dtype: DType): Tolerance {
    const own = this.options.compare[name]
    const given = ownEntry(this.options.given, name) ?? ownEntry(this.options.given, '*')
    const wanted = given ?? (typeof own === 'object' && isTolerance(own) ? own : null)
    if (wanted) return givenTolerance({ atol: wanted.atol ?? 0, rtol: wanted.rtol ?? 0 })
    return this.inner(name, dtype)
  }

  /** Of a value inside the model, where nobody gives a tolerance. */
  inner(name: string, dtype: DType): Tolerance {
    const natures = this.options.natures.map((natureOf) => natureOf(name, dtype))
    const half = natures.some((nature) => nature.half)
    const quantised = natures.map((nature) => nature.quantised).find((one) => one !== null) ?? null
    return defaultTolerance({ dtype, half, quantised }, this.kind, this.pair)
  }

  /** What the wrapper says about a field. */
  field(name: string): FieldRule | 'comparer' | 'ignore' {
    const own = ownEntry(this.options.compare, name)
    if (own === undefined) return {}
    return own === 'comparer' ? own : own.ignore ? 'ignore' : own
  }
}

const ownEntry = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record && Object.hasOwn(record, name) ? record[name] : undefined

const isTolerance = ({ atol, rtol }: FieldRule): boolean => atol !== undefined || rtol !== undefined
