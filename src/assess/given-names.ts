/** Dimensions and inputs that the user names: a name that no model has is a mistake, and must not pass in silence. */
import { symbolsOf } from '../graph/dim.ts'
import type { Model } from '../graph/model.ts'
import type { InferOptions } from '../infer/facts.ts'
import { errorInfo } from '../result/error-info.ts'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import type { ErrorInfo } from '../result/result.ts'

/** What of a model can be named. */
export interface ModelNames {
  readonly symbols: readonly string[]
  readonly inputs: readonly string[]
}

export function namesOf(model: Model): ModelNames {
  const symbols = new Set<string>()
  for (const { name, isInput, declared } of model.graph.values.values()) {
    if (declared?.kind !== 'tensor') continue
    declared.shape?.forEach((dim, axis) => {
      for (const symbol of symbolsOf(dim)) symbols.add(symbol)
      if (isInput && typeof dim !== 'number') symbols.add(`${name}.${axis}`)
    })
  }
  return { symbols: [...symbols], inputs: model.graph.inputs.map(({ name }) => name) }
}

export class GivenNames {
  private readonly open: { readonly kind: 'dim' | 'input-shape' | 'input-value'; readonly name: string }[]
  private readonly inputs = new Set<string>()
  private readonly symbols = new Set<string>()
  private skipped = false

  constructor({ dims, inputShapes, inputValues }: InferOptions) {
    this.open = [...named('dim', dims), ...named('input-shape', inputShapes), ...named('input-value', inputValues)]
  }

  /** Whether it is worth asking models for their names. */
  get any(): boolean {
    return this.open.length > 0
  }

  /** Null: a model that could not be read, which might have had the name. */
  see(names: ModelNames | null): void {
    if (names === null) this.skipped = true
    for (const name of names?.inputs ?? []) this.inputs.add(name)
    for (const name of names?.symbols ?? []) this.symbols.add(name)
  }

  unused(): ErrorInfo | null {
    if (this.skipped) return null
    for (const { kind, name } of this.open) {
      const known = kind === 'dim' ? this.symbols : this.inputs
      if (known.has(name)) continue
      const what = kind === 'dim' ? 'symbolic dimension' : 'input'
      const all = [...known].slice(0, 12)
      const near = nearest(name, [...known].slice(0, 1000))
      const fix = near ? `did you mean ${near}?` : `deploycheck inspect MODEL shows every ${what}`
      const expected = all.length === 0 ? `no ${what}: there is none` : `one of ${all.join(', ')}`
      return errorInfo(
        new Problem(
          `unknown-${kind}`,
          `--${kind} ${name}: no model has such an ${what}`.replace('an symbolic', 'a symbolic'),
          { expected, fix },
        ),
      )
    }
    return null
  }
}

const named = <Kind extends string>(kind: Kind, names: ReadonlyMap<string, unknown> = new Map()) =>
  [...names.keys()].map((name) => ({ kind, name }))
