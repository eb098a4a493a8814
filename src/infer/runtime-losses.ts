/**
 * Operators of which ONNX Runtime's shape inference says less than ours does with the same knowledge of the inputs.
 * Sources: onnx/defs of ONNX 1.22 (the inference functions of each version), contrib_ops of ONNX Runtime 1.30.
 */
import { isKnown, Unknown } from '../graph/dim.ts'
import type { Node } from '../graph/model.ts'
import type { Shape } from '../graph/type.ts'
import { type NodeContext, notInferred } from './context.ts'

/** Changes the outputs in the context. */
type Loss = (c: NodeContext) => void

/** Takes away what the runtime's rule for this node does not say. */
export function lose(c: NodeContext): void {
  const { op, domain } = c.node
  const key = domain === '' ? op : `${domain}::${op}`
  if (Object.hasOwn(losses, key)) losses[key]?.(c)
  // Nearly all rules begin with the shape of the first input.
  else if (
    (domain === '' || domain === 'com.microsoft') &&
    !shapeless.has(op) &&
    c.given(0) &&
    isTensor(c, 0) &&
    c.shape(0) === null
  )
    rankLost(c)
}

/** Whether the rule for the operator may say less even of inputs that are known in full. */
export const losesAlways = ({ op, domain }: Node): boolean =>
  (domain === '' && always.has(op)) || (domain !== '' && domain !== 'com.microsoft')

/** Whether it may say less where a dimension is only a name. */
export const losesOnNames = ({ op, domain }: Node): boolean =>
  domain !== '' || (op !== 'Conv' && op !== 'Gemm' && Object.hasOwn(losses, op))

const lost = new Unknown(notInferred)

const isTensor = (c: NodeContext, input: number): boolean => (c.type(input) ?? { kind: 'tensor' }).kind === 'tensor'

/** No output keeps its rank. */
const rankLost = (c: NodeContext, from = 0): void => {
  for (let output = from; output < c.outputCount; output++)
    if (c.results[output]?.type?.kind === 'tensor') c.output(output, lost, c.outputDType(output))
}

/** All outputs keep their rank, and the dimensions for which `keeps` holds. */
function dimsLost(c: NodeContext, keeps: (axis: number, shape: Shape) => boolean = () => false, from = 0): void {
  for (let output = from; output < c.outputCount; output++) {
    const shape = c.outputShape(output)
    if (shape)
      c.output(
        output,
        shape.map((dim, axis) => (keeps(axis, shape) ? dim : lost)),
        c.outputDType(output),
      )
  }
}

/** The rule needs the values of these inputs where they are given. */
const needsValues =
  (inputs: readonly number[], otherwise: Loss): Loss =>
  (c) => {
    if (c.shape(0) === null) rankLost(c)
    else if (inputs.some((input) => c.given(input) && !isWhole(c, input))) otherwise(c)
  }

/** Its value is at hand, or would be if we had read it. */
const isWhole = (c: NodeContext, input: number): boolean => c.value(input) !== null || c.isConst(input)

const axisFrom = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

/** Operators whose rule does not look at the shape of the first input, or looks at those of others. */
const shapeless: ReadonlySet<string> = new Set([
  'Bernoulli',
  'Constant',
  'ConstantOfShape',
  'DynamicQuantizeLinear',
  'If',
  'Loop',
  'NonMaxSuppression',
  'NonZero',
  'Range',
  'Scan',
  'SequenceAt',
  'SequenceConstruct',
  'SequenceLength',
  'Shape',
  'Size',
  'StringSplit',
  'Unique',
])

/** The rule needs the shapes of the first inputs. */
const needsShapes =
  (inputs: number): Loss =>
  (c) => {
    for (let input = 0; input < Math.min(inputs, c.inputCount); input++)
      if (c.given(input) && c.shape(input) === null) rankLost(c)
  }

const always: ReadonlySet<string> = new Set([
  'BatchNormalization',
  'Compress',
  'Dropout',
  'GroupNormalization',
  'MeanVarianceNormalization',
  'Unique',
])

const reduce = needsValues([1], rankLost)

const split: Loss = (c) => {
  const shape = c.shape(0)
  if (!shape || (c.given(1) && !isWhole(c, 1))) {
    const axis = shape?.[axisFrom(c.int('axis', 0), shape.length)]
    if (!shape || (axis !== undefined && isKnown(axis))) rankLost(c)
    return
  }
  const axis = axisFrom(c.int('axis', 0), shape.length)
  if (!isKnown(shape[axis] ?? 0)) dimsLost(c, (at) => at !== axis)
}

const noRule: Loss = (c) => rankLost(c)

/** Only the first output is inferred. */
const firstOnly: Loss = (c) => rankLost(c, c.shape(0) === null ? 0 : 1)

const losses: Readonly<Record<string, Loss>> = {
  BatchNormalization: (c) => (c.since < 14 || c.shape(0) === null ? firstOnly(c) : undefined),
  Compress: (c) => (c.since < 11 || c.shape(0) === null ? rankLost(c) : undefined),
  Concat: needsShapes(Number.POSITIVE_INFINITY),
  Conv(c) {
    const [data, weights] = [c.shape(0), c.shape(1)]
    if (!data || !weights || (!c.written('kernel_shape') && !weights.slice(2).every(isKnown))) rankLost(c)
    else if (!isKnown(weights[0] ?? 0)) dimsLost(c, (axis) => axis !== 1)
  },
  Dropout: (c) => (c.since < 10 || c.shape(0) === null ? firstOnly(c) : undefined),
  Gemm: (c) => (c.since < 13 ? needsShapes(2)(c) : undefined),
  GreaterOrEqual: (c) => (c.since < 16 ? rankLost(c) : undefined),
  LessOrEqual: (c) => (c.since < 16 ? rankLost(c) : undefined),
  GroupNormalization: noRule,
  MeanVarianceNormalization: noRule,
  Loop(c) {
    for (let output = 0; output < Math.min(c.inputCount - 2, c.outputCount); output++)
      if (c.results[output]?.type?.kind === 'tensor') c.output(output, lost, c.outputDType(output))
    // The number of rounds is not worked out.
    dimsLost(c, (axis) => axis > 0)
  },
  Pad: needsValues([1, 3], (c) => (c.given(3) && !isWhole(c, 3) ? rankLost(c) : dimsLost(c))),
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSum: reduce,
  ReduceSumSquare: reduce,
  Reshape: (c) => (c.since < 14 && !isWhole(c, 1) ? rankLost(c) : undefined),
  Slice: (c) => (c.since < 10 ? undefined : needsValues([1, 2, 3, 4], (of) => dimsLost(of))(c)),
  Split: split,
  Squeeze: needsValues([1], rankLost),
  STFT: (c) => (isKnown(c.shape(0)?.[1] ?? lost) ? undefined : rankLost(c)),
  TopK(c) {
    const shape = c.shape(0)
    const axis = shape ? axisFrom(c.int('axis', -1), shape.length) : 0
    if (!shape) rankLost(c)
    else if (!isKnown(shape[axis] ?? 0) || (c.given(1) && !isWhole(c, 1))) dimsLost(c)
  },
  Unique: (c) => dimsLost(c, () => false, 1),
  Unsqueeze: needsValues([1], rankLost),
  'ai.onnx.ml::ArrayFeatureExtractor': (c) => ((c.rank(0) ?? 1) === 1 ? rankLost(c) : undefined),
  'ai.onnx.ml::FeatureVectorizer': noRule,
  'ai.onnx.ml::Imputer': noRule,
  'ai.onnx.ml::LinearRegressor': noRule,
  'ai.onnx.ml::Normalizer': noRule,
  'ai.onnx.ml::Scaler': noRule,
  'ai.onnx.ml::SVMClassifier': noRule,
  'ai.onnx.ml::SVMRegressor': noRule,
  'com.microsoft::FusedGemm': needsShapes(2),
}
