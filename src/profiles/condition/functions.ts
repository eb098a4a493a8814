/** The functions of the language. `all`, `any` and `given` see their arguments unevaluated and live in compile.ts. */
import type { NodeFacts } from '../facts.ts'
import { predicates } from '../predicates.ts'
import { qonnxPredicates } from '../qonnx-predicates.ts'
import { fold, round } from './arithmetic.ts'
import { both } from './compare.ts'
import {
  absent,
  asList,
  isTensor,
  isUnknown,
  Symbolic,
  type Tensor,
  type Truth,
  Undetermined,
  unknown,
  type Value,
} from './value.ts'

/** Kinds of values, for the lint. */
export type Type = 'number' | 'string' | 'boolean' | 'list' | 'version' | 'tensor' | 'any'

export interface FunctionSpec {
  readonly params: readonly Type[]
  readonly result: Type
  /** Depends on its arguments only. */
  readonly pure?: boolean
  readonly run: (facts: NodeFacts, args: readonly Value[]) => Value
  /** For predicates: what holds when it is true, in words. */
  readonly meaning?: string
  /** What was found that makes it false, where that says more than the meaning; null where nothing was. */
  readonly tells?: (args: readonly Value[]) => string | null
  /** Conditions whose values an explanation prints beside those of the arguments. */
  readonly reads?: readonly string[]
}

const notATensor = new Undetermined('it is not an input or output')

/** A fact of a tensor: absent passes, anything else that is no tensor is unknown. */
const ofTensor = (result: Type, fact: (tensor: Tensor) => Value): FunctionSpec => ({
  params: ['tensor'],
  result,
  run: (_, [value = absent]) => {
    if (isTensor(value)) return fact(value)
    return value === absent || isUnknown(value) ? value : notATensor
  },
})

/** The same where the answer is yes or no: what is absent is not const, and so on. */
const isTensorThat = (fact: (tensor: Tensor) => Truth): FunctionSpec => {
  const spec = ofTensor('boolean', fact)
  return {
    ...spec,
    run: (facts, args) => {
      const value = spec.run(facts, args)
      return typeof value === 'boolean' ? value : value === absent ? false : unknown
    },
  }
}

/** A number true; symbolic or absent false; undetermined unknown. */
const known = (value: Value): Truth => {
  if (value === absent || value instanceof Symbolic) return false
  return value instanceof Undetermined ? value : true
}

/** The rank is known and so is every dimension. */
function isStatic(tensor: Tensor): Truth {
  const ranked = known(tensor.rank)
  if (ranked !== true) return ranked
  const dims = asList(tensor.shape)
  if (!dims) return known(tensor.shape) === false ? false : unknown
  let result: Truth = true
  for (const dim of dims) {
    result = both(result, known(dim))
    if (result === false) return false
  }
  return result
}

const ofValue = (param: Type, result: Type, run: (value: Value) => Value): FunctionSpec => ({
  params: [param],
  result,
  pure: true,
  run: (_, [value = absent]) => run(value),
})

/** Elements of a list, empty names counted; of an absent list 0. */
const count = (list: Value): Value => {
  if (list === absent) return 0
  return asList(list)?.length ?? (isUnknown(list) ? list : unknown)
}

const table: Readonly<Record<string, FunctionSpec>> = {
  known: ofValue('any', 'boolean', known),
  static: isTensorThat(isStatic),
  const: isTensorThat((tensor) => tensor.constant),
  initializer: isTensorThat((tensor) => tensor.initializer),
  value: ofTensor('list', (tensor) => tensor.value),
  rank: ofTensor('number', (tensor) => tensor.rank),
  shape: ofTensor('list', (tensor) => tensor.shape),
  dtype: ofTensor('string', (tensor) => tensor.dtype),
  scale: ofTensor('tensor', (tensor) => tensor.scale),
  zeroPoint: ofTensor('tensor', (tensor) => tensor.zeroPoint),
  madeBy: ofTensor('string', (tensor) => tensor.maker?.op ?? absent),
  usedBy: ofTensor('list', (tensor) => tensor.users.map((user) => user.op)),
  count: ofValue('list', 'number', count),
  product: ofValue('list', 'number', (list) => fold('*', list)),
  sum: ofValue('list', 'number', (list) => fold('+', list)),
  ceil: ofValue('number', 'number', (value) => round(value, 'ceil')),
  floor: ofValue('number', 'number', (value) => round(value, 'floor')),
  ...predicates,
  ...qonnxPredicates,
}

const functions: ReadonlyMap<string, FunctionSpec> = new Map(Object.entries(table))

/** Functions with unevaluated arguments. */
export const specialForms: ReadonlySet<string> = new Set(['all', 'any', 'given'])

export const functionNames: readonly string[] = [...functions.keys(), ...specialForms]

export const functionOf = (name: string): FunctionSpec | undefined => functions.get(name)
