/**
 * What becomes a Gemm, or part of one. Sources: optimizer/matmul_add_fusion.cc, gemm_sum_fusion.cc,
 * gemm_transpose_fusion.cc, matmul_bn_fusion.cc of ONNX Runtime 1.30.
 */
import { type Dim, equal, isKnown, product } from '../../graph/dim.ts'
import type { Attribute, Value } from '../../graph/model.ts'
import { type Shape, tensorType } from '../../graph/type.ts'
import { vector } from '../../operators/value.ts'
import type { ViewNode } from '../view.ts'
import type { Draft } from './draft.ts'
import { arithmetic, isOp } from './match.ts'

const gemmTypes = new Set(['float32', 'float16', 'bfloat16'])

/** MatMul and the Add behind it, between Reshapes where it multiplies stacks of matrices of known size. */
export function fuseMatMulAdd(draft: Draft): void {
  if (!draft.holds('MatMul') || !draft.holds('Add')) return
  const attention = new AttentionPattern(draft)
  for (const node of draft.order()) if (draft.has(node)) fuseOne(draft, node, attention)
}

function fuseOne(draft: Draft, matmul: ViewNode, attention: AttentionPattern): void {
  if (!isOp(matmul, 'MatMul', [1, 9, 13])) return
  const add = draft.onlyReader(matmul)
  const [a, b] = matmul.inputs
  const [output] = matmul.outputs
  if (!isOp(add, 'Add', arithmetic) || !a || !b || !output) return
  const [left, right] = [draft.tensor(a), draft.tensor(b)]
  const [rows, columns] = right?.shape ?? []
  if (!left?.shape || rows === undefined || columns === undefined || right?.shape?.length !== 2) return
  if (!left.dtype || !gemmTypes.has(left.dtype) || draft.tensor(add.inputs[0])?.dtype !== left.dtype) return
  const stacked = left.shape.length !== 2
  if (stacked && (attention.includes(matmul, add) || ![...left.shape, rows, columns].every(isKnown))) return
  const bias = add.inputs[0] === output ? add.inputs[1] : add.inputs[0]
  const biasShape = draft.tensor(bias)?.shape
  if (!bias || !biasShape || !fitsRows(biasShape, stacked ? null : (left.shape[0] ?? null), columns)) return
  if (!stacked) draft.merge('Gemm', [matmul, add], [a, b, bias])
  else mergeStacked(draft, [matmul, add], { a, b, bias, shape: left.shape, rows, columns })
}

/** Reshape to a matrix, Gemm, Reshape back. */
function mergeStacked(
  draft: Draft,
  [matmul, add]: readonly [ViewNode, ViewNode],
  { a, b, bias, shape, rows, columns }: Record<'a' | 'b' | 'bias', Value> & { shape: Shape; rows: Dim; columns: Dim },
): void {
  const dtype = draft.tensor(a)?.dtype ?? null
  const height = product(shape.slice(0, -1))
  const matrix = draft.value(`${a.name}/matrix`, tensorType(dtype, [height, rows]))
  const result = draft.value(`${matmul.outputs[0]?.name}/matrix`, tensorType(dtype, [height, columns]))
  draft.add('Reshape', matmul, { inputs: [a, shapeConstant(draft, [height, rows])], outputs: [matrix] })
  draft.merge('Gemm', [matmul, add], [matrix, b, bias], { outputs: [result] })
  const back = shapeConstant(draft, [...shape.slice(0, -1), columns])
  draft.add('Reshape', add, { inputs: [result, back], outputs: add.outputs })
}

const shapeConstant = (draft: Draft, shape: Shape): Value =>
  draft.constantOf('shape', tensorType('int64', [shape.length]), vector(shape.filter(isKnown)))

/** `[N]`; for matrices also `[1, N]`, `[M, 1]` or `[M, N]`. */
function fitsRows(shape: Shape, rows: Dim | null, columns: Dim): boolean {
  const [first, second] = shape
  if (first === undefined) return false
  if (shape.length === 1) return equal(first, columns)
  if (rows === null || shape.length !== 2 || second === undefined) return false
  return (first === 1 && equal(second, columns)) || (equal(first, rows) && (second === 1 || equal(second, columns)))
}

/**
 * The four MatMuls of attention are left for a later fusion: three behind one LayerNormalization, the fourth before
 * the Add that takes its result and that LayerNormalization's.
 */
class AttentionPattern {
  private readonly norms = new Set<ViewNode>()
  private readonly sums = new Set<ViewNode>()

  constructor(private readonly draft: Draft) {}

  includes(matmul: ViewNode, add: ViewNode): boolean {
    const parent = this.draft.maker(matmul.inputs[0])
    if ((parent && this.norms.has(parent)) || this.sums.has(add)) return true
    if (parent?.op !== 'LayerNormalization') return false
    const readers = this.draft.readings(parent).map(({ node }) => node)
    const [residual, ...others] = readers.filter(({ op }) => op === 'Add')
    const count = (op: string): number => readers.filter((node) => node.op === op).length
    if (!residual || others.length > 0 || count('MatMul') !== 3 || count('Shape') !== readers.length - 4) return false
    const other = residual.inputs[0] === parent.outputs[0] ? residual.inputs[1] : residual.inputs[0]
    const sum = this.draft.maker(other)
    if (sum?.op !== 'Add') return false
    this.norms.add(parent)
    this.sums.add(sum)
    return true
  }
}

/** A Sum of two behind a Gemm without a bias. */
export function fuseGemmSum(draft: Draft, gemm: ViewNode): boolean {
  if (!isOp(gemm, 'Gemm', [11, 13]) || gemm.inputs.length !== 2) return false
  const sum = draft.onlyReader(gemm)
  const [output] = gemm.outputs
  const shape = draft.tensor(output)?.shape
  if (!isOp(sum, 'Sum', [1, 6, 8, 13]) || sum.inputs.length !== 2 || !output || shape?.length !== 2) return false
  const other = sum.inputs[0] === output ? sum.inputs[1] : sum.inputs[0]
  const bias = draft.tensor(other)?.shape
  if (!bias || !fitsRows(bias, shape[0] ?? null, shape[1] ?? 0)) return false
  const attributes = new Map(gemm.attributes).set('beta', { type: 'FLOAT', value: 1 })
  draft.merge('Gemm', [gemm, sum], [...gemm.inputs, other ?? null], { attributes })
  return true
}

const transposes = [1, 13, 21, 23, 24, 25] as const

/** Transposes before a Gemm, or behind one without a bias, become its flags. */
export function fuseGemmTranspose(draft: Draft, gemm: ViewNode): boolean {
  if (!isOp(gemm, 'Gemm', [1, 6, 7, 9, 11, 13]) || draft.readings(gemm).length > 1) return false
  const before = gemm.inputs.slice(0, 2).map((value) => {
    const maker = draft.maker(value)
    if (!isOp(maker, 'Transpose', transposes) || draft.makesOutput(maker)) return null
    return draft.readings(maker).every(({ node }) => node.op === 'Gemm') ? maker : null
  })
  const next = gemm.inputs.length <= 2 && (gemm.schema?.since ?? 0) >= 11 ? draft.onlyReader(gemm) : null
  const behind = isOp(next, 'Transpose', transposes) ? next : null
  if (!before.some(Boolean) && !behind) return false
  let [transA, transB] = ['transA', 'transB'].map((name) => gemm.int(name) === 1)
  const inputs = gemm.inputs.map((value, i) => before[i]?.inputs[0] ?? value)
  if (before[0]) transA = !transA
  if (before[1]) transB = !transB
  if (behind) {
    inputs.reverse()
    ;[transA, transB] = [!transB, !transA]
  }
  const flag = (on: boolean | undefined): Attribute => ({ type: 'INT', value: on ? 1 : 0 })
  const attributes = new Map(gemm.attributes).set('transA', flag(transA)).set('transB', flag(transB))
  const alone = before.filter((maker) => maker && draft.readings(maker).length === 1)
  draft.merge(
    'Gemm',
    [...alone, gemm, behind].filter((node) => node !== null && node !== undefined),
    inputs,
    {
      attributes,
      outputs: (behind ?? gemm).outputs,
    },
  )
  return true
}

/** BatchNormalization behind a MatMul of a matrix with constants; Reshapes and Transposes may stand between. */
export function fuseMatMulNormalization(draft: Draft, matmul: ViewNode): boolean {
  if (!isOp(matmul, 'MatMul', [1, 9, 13])) return false
  const between: ViewNode[] = []
  let at = draft.onlyReader(matmul)
  while (at && rearranges(at)) {
    const [reading, ...others] = draft.readings(at)
    if (!reading || others.length > 0) return false
    between.push(at)
    at = reading.node
  }
  const [a, b] = matmul.inputs
  if (!isOp(at, 'BatchNormalization', [1, 6, 7, 9, 14, 15]) || !a || !b) return false
  if (![b, ...at.inputs.slice(1, 5)].every((value) => draft.constant(value))) return false
  const columns = draft.tensor(b)?.shape?.[1]
  const vectors = at.inputs.slice(1, 5).map((value) => draft.tensor(value)?.shape)
  if (draft.tensor(a)?.shape?.length !== 2 || at.outputs.slice(1).some(Boolean) || columns === undefined) return false
  if (!vectors.every((shape) => shape?.length === 1 && shape[0] === columns)) return false
  const bias = draft.constantOf('bias', tensorType(draft.tensor(b)?.dtype ?? null, [columns]), null)
  const last = between.at(-1)
  if (!last) {
    draft.merge('Gemm', [matmul, at], [a, b, bias])
    return true
  }
  const gemm = draft.merge('Gemm', [matmul], [a, b, bias])
  gemm.carries = [...gemm.carries, ...at.carries]
  const [output = null] = at.outputs
  draft.drop(at)
  draft.makes(last, output)
  return true
}

const rearranges = (node: ViewNode): boolean =>
  isOp(node, 'Reshape', [1, 5, 13, 14, 19, 21, 23, 24, 25]) || isOp(node, 'Transpose', transposes)
