/** Sparse tensors: values at indices, which are checked and, where they are few, spread out. */
import type { Element, Payload, Tensor } from './tensor.ts'

/** Indices are looked at up to this many. */
const checkedElements = 4096

/** Sparse elements are given dense, where they are few enough. */
export class SparsePayload implements Payload {
  readonly where: Payload['where']
  readonly location: string | null
  readonly bytes: number

  constructor(
    private readonly dims: readonly number[],
    private readonly values: Tensor,
    private readonly indices: Tensor,
  ) {
    this.where = values.payload.where
    this.location = values.payload.location
    this.bytes = values.payload.bytes + indices.payload.bytes
  }

  elements(limit: number): readonly Element[] | null {
    const count = this.dims.reduce((product, dim) => product * dim, 1)
    if (!(count >= 0 && count <= limit) || this.values.dtype?.startsWith('complex')) return null
    const values = this.values.payload.elements(limit)
    const indices = this.indices.payload.elements(limit * Math.max(1, this.dims.length))
    if (!values || !indices || sparseFault(this.dims, this.values, this.indices)) return null
    const dense: Element[] = new Array(count).fill(this.values.dtype === 'string' ? '' : 0)
    for (const [i, at] of linear(this.dims, this.indices.dims, indices).entries()) dense[at] = values[i] ?? 0
    return dense
  }

  read(): Promise<Uint8Array> {
    return this.values.payload.read()
  }
}

/** Positions in the flat tensor: indices are given so, or as a row of coordinates per value. */
function linear(dims: readonly number[], shape: readonly number[], indices: readonly Element[]): number[] {
  if (shape.length < 2) return indices.map(Number)
  const rank = dims.length
  return Array.from({ length: shape[0] ?? 0 }, (_, row) =>
    dims.reduce((at, dim, axis) => at * dim + Number(indices[row * rank + axis]), 0),
  )
}

/** What is wrong with the indices; null where nothing is, or where they are too many to look. */
export function sparseFault(dims: readonly number[], values: Tensor, indices: Tensor): string | null {
  const count = values.dims.reduce((product, dim) => product * dim, 1)
  if (dims.some((dim) => dim < 0)) return 'a dimension is negative'
  if (values.dims.length !== 1) return `its values have ${values.dims.length} dimensions, not one`
  if (indices.dtype !== 'int64')
    return `its indices are ${indices.dtype ?? `of type ${indices.dtypeNumber}`}, not int64`
  const [rows = 1, width] = indices.dims
  if (indices.dims.length > 2 || (width !== undefined && width !== dims.length))
    return `its indices have the shape [${indices.dims.slice(0, 8).join(', ')}]`
  if (rows !== count) return `it has ${rows} indices for ${count} values`
  const all = indices.payload.elements(checkedElements)
  if (!all) return null
  if (width !== undefined)
    for (const [i, index] of all.entries()) {
      const dim = dims[i % width] ?? 0
      if (Number(index) < 0 || Number(index) >= dim) return `the index ${index} lies outside of a dimension of ${dim}`
    }
  const size = dims.reduce((product, dim) => product * dim, 1)
  let before = -1
  for (const at of linear(dims, indices.dims, all)) {
    if (at < 0 || at >= size) return `the index ${at} lies outside of ${size} elements`
    if (at <= before) return `the index ${at} does not come after ${before}`
    before = at
  }
  return null
}
