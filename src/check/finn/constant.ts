/** Constants of a network: their shape, and their values where these are few enough to have been read. */
import { valueLimit } from '../../operators/value.ts'

export interface Constant {
  readonly shape: readonly number[]
  /** Row-major; null where they were not read. */
  readonly values: readonly number[] | null
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, dim) => size * dim, 1)

export const scalarConstant = (value: number): Constant => ({ shape: [], values: [value] })

/** Every dimension is 1: FINN can move it freely. */
export const isScalar = ({ shape }: Constant): boolean => shape.every((dim) => dim === 1)

/** At most one dimension is larger than 1: one value per channel. */
export const isVector = ({ shape }: Constant): boolean => shape.filter((dim) => dim > 1).length <= 1

export const every = (constant: Constant, holds: (value: number) => boolean): boolean =>
  constant.values?.every(holds) ?? false
export const some = (constant: Constant, holds: (value: number) => boolean): boolean =>
  constant.values?.some(holds) ?? false

export const mapped = ({ shape, values }: Constant, change: (value: number) => number): Constant => ({
  shape,
  values: values?.map((value) => Math.fround(change(value))) ?? null,
})

export const reshaped = ({ values }: Constant, shape: readonly number[]): Constant => ({ shape, values })

/** Element by element, with NumPy's broadcasting; null where the shapes do not fit. */
export function combined(a: Constant, b: Constant, combine: (a: number, b: number) => number): Constant | null {
  const shape = broadcast(a.shape, b.shape)
  if (!shape) return null
  const size = sizeOf(shape)
  if (!a.values || !b.values || size > valueLimit) return { shape, values: null }
  const values: number[] = []
  for (let i = 0; i < size; i++) {
    const left = a.values[offset(i, shape, a.shape)] ?? Number.NaN
    const right = b.values[offset(i, shape, b.shape)] ?? Number.NaN
    values.push(Math.fround(combine(left, right)))
  }
  return { shape, values }
}

function broadcast(a: readonly number[], b: readonly number[]): number[] | null {
  const rank = Math.max(a.length, b.length)
  const shape: number[] = []
  for (let i = 0; i < rank; i++) {
    const left = a[i - rank + a.length] ?? 1
    const right = b[i - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1) return null
    shape.push(left === 1 ? right : left)
  }
  return shape
}

/** Where the element `index` of `shape` lies in a constant of shape `own` that is broadcast to it. */
function offset(index: number, shape: readonly number[], own: readonly number[]): number {
  let rest = index
  let at = 0
  let stride = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    const dim = shape[i] as number
    const ownDim = own[i - shape.length + own.length] ?? 1
    if (ownDim !== 1) at += (rest % dim) * stride
    stride *= ownDim
    rest = Math.floor(rest / dim)
  }
  return at
}

/** With the axes in another order; null: reversed. */
export function transposed({ shape, values }: Constant, perm: readonly number[] | null): Constant {
  const order = perm ?? shape.map((_, axis) => shape.length - 1 - axis)
  const target = order.map((axis) => shape[axis] ?? 1)
  if (!values) return { shape: target, values }
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const moved = Array.from({ length: values.length }, (_, index) => {
    let rest = index
    let at = 0
    for (let i = target.length - 1; i >= 0; i--) {
      const dim = target[i] as number
      at += (rest % dim) * (strides[order[i] as number] as number)
      rest = Math.floor(rest / dim)
    }
    return values[at] as number
  })
  return { shape: target, values: moved }
}
