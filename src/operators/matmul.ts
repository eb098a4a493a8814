/** Matrix products: MatMul and its quantized and fused kin, Gemm. Einsum has a file of its own. */
import { type Dim, mul, same, Unknown } from '../graph/dim.ts'
import { dtypeFromNumber } from '../graph/dtype.ts'
import type { Shape } from '../graph/type.ts'
import { elementsOf, macsOf, macsSum } from './cost.ts'
import { shapeOf } from './like.ts'
import { type Context, family, type Operator } from './operator.ts'
import { broadcastDims, broadcastShapes, shapeText } from './shapes.ts'

/** The shape of an operand as it enters the product. */
type Operand = (c: Context) => Shape | null

const operand =
  (input: number): Operand =>
  (c) =>
    c.shape(input)

/** `[..., M, K]` times `[..., K, N]`; a vector is a row on the left, a column on the right, and leaves no axis. */
function product(c: Context, left: Shape, right: Shape, inputs: readonly [number, number]): Shape {
  if (left.length === 0 || right.length === 0)
    c.mismatch('a factor of a matrix product is a scalar, and it takes at least rank 1', inputs)
  const inner = left.at(-1) ?? 1
  const other = right.at(right.length === 1 ? 0 : -2) ?? 1
  if (same(inner, other) === false)
    c.mismatch(
      `${shapeText(left)} times ${shapeText(right)}: the inner sizes ${String(inner)} and ${String(other)} have to be equal`,
      inputs,
    )
  const batch = broadcastShapes(c, [left.slice(0, -2), right.slice(0, -2)], inputs)
  return [...batch, ...left.slice(-2, -1), ...(right.length === 1 ? [] : right.slice(-1))]
}

const multiply = (a: number, b: number, left: Operand = operand(a), right: Operand = operand(b)): Operator => ({
  infer(c) {
    const l = left(c)
    const r = right(c)
    c.output(0, l && r ? product(c, l, r, [a, b]) : new Unknown(c.why(l ? b : a)))
  },
  macs: (c) => macsOf(elementsOf(c.outputShape(0)), left(c)?.at(-1) ?? right(c)?.at(-2)),
})

/** The last two axes exchanged; `batch`: the first axis moved in front of them before. A vector stays as it is. */
const transposable =
  (input: number, side: 'A' | 'B'): Operand =>
  (c) => {
    const shape = c.shape(input)
    if (!shape || shape.length < 2) return shape
    const first =
      c.int(`transBatch${side}`, 0) !== 0 ? [...shape.slice(1, -1), ...shape.slice(0, 1)] : shape.slice(0, -1)
    const moved = [...first, ...shape.slice(-1)]
    if (c.int(`trans${side}`, 0) === 0) return moved
    return [...moved.slice(0, -2), ...moved.slice(-1), ...moved.slice(-2, -1)]
  }

const fused = multiply(0, 1, transposable(0, 'A'), transposable(1, 'B'))

/** A matrix `[rows, columns]` of Gemm, transposed where the attribute says so. */
function matrix(c: Context, input: number, transposed: boolean): readonly [Dim, Dim] {
  const shape = c.shape(input)
  if (!shape) return [new Unknown(c.why(input)), new Unknown(c.why(input))]
  const [rows, columns, ...rest] = shape
  if (rows === undefined || columns === undefined || rest.length > 0)
    return c.mismatch(`a matrix has the shape ${shapeText(shape)}, and it takes rank 2`, [input])
  return transposed ? [columns, rows] : [rows, columns]
}

interface GemmRoles {
  readonly a: number
  readonly b: number
  readonly bias?: number
}

function gemmShape(c: Context, { a, b, bias }: GemmRoles): Shape {
  const [rows, inner] = matrix(c, a, c.int('transA', 0) !== 0)
  const [other, columns] = matrix(c, b, c.int('transB', 0) !== 0)
  if (same(inner, other) === false)
    c.mismatch(
      `${shapeText(c.shape(a))} times ${shapeText(c.shape(b))}: the inner sizes ${String(inner)} and ${String(other)} have to be equal`,
      [a, b],
    )
  const shape = [rows, columns]
  const added = bias === undefined ? null : c.shape(bias)
  if (bias !== undefined && added && (c.since >= 7 || c.node.domain !== '')) checkBias(c, added, shape, bias)
  return shape
}

/** C may be broadcast to the product, never the other way round. */
function checkBias(c: Context, bias: Shape, shape: readonly Dim[], input: number): void {
  const fits =
    bias.length <= 2 &&
    bias.every((dim, i) => {
      const wanted = shape[2 - bias.length + i] ?? 1
      const result = broadcastDims([dim, wanted])
      return result !== null && same(result, wanted) !== false
    })
  if (!fits)
    c.mismatch(`C has the shape ${shapeText(bias)}, and that does not broadcast to ${shapeText(shape)}`, [input])
}

const gemm = (roles: GemmRoles, dtype?: (c: Context) => ReturnType<Context['dtype']>): Operator => ({
  infer(c) {
    const shape = gemmShape(c, roles)
    if (dtype) c.output(0, shape, dtype(c))
    else c.output(0, shape)
  },
  macs: (c) => macsOf(elementsOf(c.outputShape(0)), matrix(c, roles.a, c.int('transA', 0) !== 0)[1]),
})

/** `A` times weights of `[inner, columns]` that are packed, so that only attributes tell their size. */
function packed(c: Context, inner: number, columns: Dim): Shape | Unknown {
  const shape = c.shape(0)
  if (!shape) return new Unknown(c.why(0))
  const last = shape.at(-1)
  if (last === undefined) return c.mismatch('A is a scalar, and it takes at least rank 1', [0])
  if (same(last, inner) === false)
    c.mismatch(`A has the shape ${shapeText(shape)}, and the weights take ${inner} on its last axis`, [0])
  return [...shape.slice(0, -1), columns]
}

const rowsOf = (c: Context): Dim | null => elementsOf(c.shape(0)?.slice(0, -1) ?? null)

const packedMatMul: Operator = {
  infer: (c) => c.output(0, packed(c, c.int('K', 0), c.int('N', 0))),
  macs: (c) => macsOf(rowsOf(c), c.int('K'), c.int('N')),
}

/** The shape of the weights is an input. */
const shapedMatMul: Operator = {
  infer(c) {
    const shape = c.value(2)?.elements ?? []
    const [inner, columns] = shape
    c.output(
      0,
      typeof inner === 'number' && typeof columns === 'number'
        ? packed(c, inner, columns)
        : c.shape(0)
          ? [...(c.shape(0) ?? []).slice(0, -1), new Unknown(c.why(2))]
          : new Unknown(c.why(0)),
    )
  },
  macs: (c) => macsOf(elementsOf(c.outputShape(0)), c.shape(0)?.at(-1)),
}

export const matmul = family({
  MatMul: multiply(0, 1),
  MatMulInteger: multiply(0, 1),
  QLinearMatMul: multiply(0, 3),
  Gemm: gemm({ a: 0, b: 1, bias: 2 }),
  'com.microsoft::FusedMatMul': fused,
  'com.microsoft::TransposeMatMul': fused,
  'com.microsoft::FusedMatMulActivation': fused,
  'com.microsoft::SparseToDenseMatMul': fused,
  'com.microsoft::MatMulInteger16': multiply(0, 1),
  'com.microsoft::MatMulIntegerToFloat': multiply(0, 1),
  'com.microsoft::DynamicQuantizeMatMul': multiply(0, 1),
  'com.microsoft::QOrderedMatMul': multiply(0, 2),
  'com.microsoft::GemmFastGelu': multiply(0, 1),
  'com.microsoft::FusedGemm': gemm({ a: 0, b: 1, bias: 2 }),
  'com.microsoft::GemmFloat8': gemm({ a: 0, b: 1, bias: 2 }, (c) => dtypeFromNumber(c.int('dtype', 1))),
  // Without a zero point of the output it is not quantized.
  'com.microsoft::QGemm': gemm({ a: 0, b: 3, bias: 6 }, (c) => (c.given(8) ? c.dtype(8) : 'float32')),
  'com.microsoft::MatMulNBits': packedMatMul,
  'com.microsoft::MatMulBnb4': packedMatMul,
  'com.microsoft::MatMulPacked': packedMatMul,
  'com.microsoft::MatMulFpQ4': shapedMatMul,
  'com.microsoft::MatMulNBitsMlp': {
    infer(c) {
      c.output(0, packed(c, c.int('K', 0), c.int('N', 0)))
      if (c.wanted(1)) c.output(1, shapeOf(c, 0))
    },
    macs: (c) => macsOf(2, rowsOf(c), c.int('K'), c.int('N')),
  },
  'com.microsoft::MatMulNBitsQkv': {
    infer(c) {
      const inner = c.int('K', 0)
      c.output(0, packed(c, inner, c.int('Nq', 0)))
      for (const output of [1, 2]) c.output(output, packed(c, inner, c.int('Nkv', 0)))
      if (c.wanted(3)) c.output(3, shapeOf(c, 0))
    },
    macs: (c) =>
      macsSum(macsOf(rowsOf(c), c.int('K'), c.int('Nq')), macsOf(rowsOf(c), c.int('K'), mul(2, c.int('Nkv', 0)))),
  },
})
