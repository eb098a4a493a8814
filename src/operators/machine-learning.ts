/** The classical machine-learning operators of ai.onnx.ml. */
import { type Dim, product, Unknown } from '../graph/dim.ts'
import type { DType } from '../graph/dtype.ts'
import { tensorType, type ValueType } from '../graph/type.ts'
import { type Context, family, type Operator } from './operator.ts'
import { shapeText } from './shapes.ts'

/** Rows of the input; a single row may come without its batch axis. */
function rows(c: Context): Dim {
  const shape = c.shape(0)
  if (!shape) return new Unknown(c.why(0))
  if (shape.length === 0 || shape.length > 2)
    c.mismatch(`X is ${shapeText(shape)}, and it has to have one or two axes`, [0])
  return shape.length === 1 ? 1 : (shape[0] ?? 1)
}

/** How many of a list attribute there are; its tensor form counts, too. */
const length = (c: Context, name: string): number =>
  c.ints(name)?.length ?? c.strings(name)?.length ?? c.floats(name)?.length ?? c.tensor(name)?.dims[0] ?? 0

const distinct = (values: readonly number[] | undefined): number => new Set(values ?? []).size

/** Labels and one score per class. Two classes may be described by a single set of scores, and still give two. */
function classifier(labels: readonly [strings: string, ints: string], classes: (c: Context) => number): Operator {
  return {
    infer(c) {
      const strings = length(c, labels[0])
      const count = Math.max(strings, length(c, labels[1])) || classes(c)
      const n = rows(c)
      c.output(0, [n], strings > 0 ? 'string' : 'int64')
      c.output(1, [n, count > 0 ? count : new Unknown('the number of classes is not written')], 'float32')
    },
  }
}

const regressor = (targets: (c: Context) => number): Operator => ({
  infer(c) {
    c.output(0, [rows(c), targets(c)], c.node.op === 'TreeEnsemble' ? c.dtype(0) : 'float32')
  },
})

const sameShape = (dtype?: (c: Context) => DType | null): Operator => ({
  infer(c) {
    c.output(0, c.shape(0) ?? new Unknown(c.why(0)), dtype ? dtype(c) : undefined)
  },
})

/** The element type of the values that a LabelEncoder maps to. */
function encodedType(c: Context): DType | null {
  const tensor = c.tensor('values_tensor')
  if (tensor) return tensor.dtype
  if (c.since === 1) return c.dtype(0) === 'string' ? 'int64' : 'string'
  if (c.written('values_strings')) return 'string'
  if (c.written('values_int64s')) return 'int64'
  return c.written('values_floats') ? 'float32' : null
}

const ml = {
  ArrayFeatureExtractor: {
    infer(c) {
      const shape = c.shape(0)
      const picked = c.shape(1)
      if (!shape || !picked) {
        c.output(0, new Unknown(c.why(shape ? 1 : 0)))
        return
      }
      const count = product(picked)
      c.output(0, shape.length <= 1 ? [1, count] : [...shape.slice(0, -1), count])
    },
  },
  Binarizer: sameShape(),
  CastMap: {
    infer(c) {
      const to = { TO_FLOAT: 'float32', TO_STRING: 'string', TO_INT64: 'int64' } as const
      const dtype = to[c.string('cast_to', 'TO_FLOAT') as keyof typeof to] ?? null
      const sparse = c.string('map_form') === 'SPARSE'
      c.output(
        0,
        [1, sparse ? c.int('max_map', 1) : new Unknown('the number of keys is known only when it runs')],
        dtype,
      )
    },
  },
  CategoryMapper: sameShape((c) => (c.dtype(0) === 'string' ? 'int64' : 'string')),
  DictVectorizer: {
    infer(c) {
      const type = c.type(0)
      const value = type?.kind === 'map' && type.value?.kind === 'tensor' ? type.value.dtype : null
      const words = Math.max(length(c, 'string_vocabulary'), length(c, 'int64_vocabulary'))
      c.output(0, [1, words], value)
    },
  },
  FeatureVectorizer: {
    infer(c) {
      const dims = c.ints('inputdimensions')
      const total = dims
        ? dims.reduce((sum, dim) => sum + dim, 0)
        : new Unknown('the sizes of its inputs are not written')
      c.output(0, [rows(c), total], 'float32')
    },
  },
  Imputer: sameShape(),
  LabelEncoder: sameShape(encodedType),
  LinearClassifier: classifier(['classlabels_strings', 'classlabels_ints'], (c) => length(c, 'intercepts')),
  LinearRegressor: regressor((c) => c.int('targets', 1)),
  Normalizer: sameShape(() => 'float32'),
  OneHotEncoder: {
    infer(c) {
      const shape = c.shape(0)
      const count = Math.max(length(c, 'cats_int64s'), length(c, 'cats_strings'))
      c.output(0, shape ? [...shape, count] : new Unknown(c.why(0)), 'float32')
    },
  },
  SVMClassifier: classifier(['classlabels_strings', 'classlabels_ints'], (c) => length(c, 'vectors_per_class')),
  SVMRegressor: regressor(() => 1),
  Scaler: sameShape(() => 'float32'),
  TreeEnsemble: regressor((c) => c.int('n_targets', 1)),
  TreeEnsembleClassifier: classifier(['classlabels_strings', 'classlabels_int64s'], (c) =>
    distinct(c.ints('class_ids')),
  ),
  TreeEnsembleRegressor: regressor((c) => c.int('n_targets', 1)),
  ZipMap: {
    infer(c) {
      const key: DType = c.written('classlabels_strings') ? 'string' : 'int64'
      const element: ValueType = { kind: 'map', key, value: tensorType('float32', []) }
      c.outputType(0, { kind: 'sequence', element })
    },
  },
} satisfies Record<string, Operator>

export const machineLearning = family(
  Object.fromEntries(Object.entries(ml).map(([name, operator]) => [`ai.onnx.ml::${name}`, operator as Operator])),
)
