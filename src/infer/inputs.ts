/** Types of the model's inputs, with the sizes, shapes and values that the user gives. */

import { type Dim, isKnown, isSymbolic, isUnknown, substitute, symbol } from '../graph/dim.ts'
import { parseDim } from '../graph/dim-parse.ts'
import type { DType } from '../graph/dtype.ts'
import type { Model, Value } from '../graph/model.ts'
import { type Shape, tensorType, type ValueType } from '../graph/type.ts'
import { shapeText } from '../operators/shapes.ts'
import { count, type KnownValue } from '../operators/value.ts'
import { operators } from '../result/catalogue/operators.ts'
import { type Finding, report } from '../result/finding.ts'
import type { InferOptions } from './facts.ts'

export interface GivenInputs {
  readonly types: ReadonlyMap<Value, ValueType | null>
  readonly values: ReadonlyMap<Value, KnownValue>
  /** Sizes of symbols: given by `--dim`, or following from `--input-shape`. */
  readonly symbols: ReadonlyMap<string, Dim>
  /** A given shape contradicts a declared number: declarations inside the graph are not to be trusted then. */
  readonly overridden: boolean
  readonly findings: readonly Finding[]
}

export function givenInputs(model: Model, options: InferOptions): GivenInputs {
  const symbols = new Map<string, Dim>(options.dims ?? [])
  const types = new Map<Value, ValueType | null>()
  const values = new Map<Value, KnownValue>()
  const findings: Finding[] = []
  let overridden = false

  const given = new Map<Value, Shape>()
  for (const input of model.graph.inputs) {
    const text = options.inputShapes?.get(input.name)
    if (!text) continue
    const shape = text.map((dim) => (typeof dim === 'number' ? dim : (parseDim(dim) ?? symbol(dim))))
    given.set(input, shape)
    const written = input.declared?.kind === 'tensor' ? input.declared.shape : null
    // `--dim n=3` and an input `[n]` of 4 contradict each other; so do two inputs with one symbol.
    const declared = written?.map((dim) => substitute(dim, (name) => symbols.get(name))) ?? null
    const args = { input: input.name, declared: shapeText(declared), given: shapeText(shape) }
    if (declared && declared.length !== shape.length) {
      findings.push(report(operators, 'model/input-rank', args, { values: [input.name] }))
      overridden = true
    } else if (declared?.some((dim, i) => isKnown(dim) && dim !== shape[i])) {
      findings.push(report(operators, 'model/input-dim', args, { values: [input.name] }))
      overridden = true
    } else
      written?.forEach((dim, i) => {
        learn(symbols, dim, shape[i])
      })
  }

  for (const input of model.graph.inputs) {
    const declared = input.declared
    if (declared?.kind !== 'tensor') {
      const shape = given.get(input)
      types.set(input, declared ?? (shape ? tensorType(null, shape) : null))
      continue
    }
    const declaredShape = declared.shape?.map((dim, axis) =>
      isUnknown(dim) ? (symbols.get(`${input.name}.${axis}`) ?? symbol(`${input.name}.${axis}`)) : dim,
    )
    const shape = given.get(input) ?? declaredShape?.map((dim) => substitute(dim, (name) => symbols.get(name))) ?? null
    types.set(input, tensorType(declared.dtype, shape))
    const elements = options.inputValues?.get(input.name)
    if (!elements || !declared.dtype) continue
    const value = valueFor(shape, elements, declared.dtype)
    values.set(input, value)
    types.set(input, tensorType(declared.dtype, value.dims))
    if (shape?.every(isKnown) && count(shape) !== elements.length) {
      const args = { input: input.name, declared: shapeText(shape), given: shapeText(value.dims) }
      findings.push(report(operators, 'model/input-dim', args, { values: [input.name] }))
    }
  }
  return { types, values, symbols, overridden, findings }
}

/** A list of elements in the shape of its input where it fills that, else as a vector. */
function valueFor(shape: Shape | null, elements: readonly (number | bigint)[], dtype: DType): KnownValue {
  const dims = shape?.every(isKnown) && count(shape) === elements.length ? shape : [elements.length]
  return { dtype, dims, elements }
}

/** `4*h4` declared and 56 given: `h4` is 14. Only where one symbol stands alone, so that it cannot be a guess. */
function learn(symbols: Map<string, Dim>, declared: Dim, given: Dim | undefined): void {
  if (!isSymbolic(declared) || given === undefined || declared.terms.length !== 1) return
  const term = declared.terms[0]
  const name = term?.atoms[0]?.symbol
  if (term?.atoms.length !== 1 || name === undefined || symbols.has(name)) return
  if (term.coefficient === 1) symbols.set(name, given)
  else if (isKnown(given) && given % term.coefficient === 0) symbols.set(name, given / term.coefficient)
}
