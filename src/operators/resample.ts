/** Resizing and resampling of images: by scales, by sizes, by a grid of positions. */
import { type Dim, floorDiv, isKnown, isSymbolic, mul, same, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { type Context, family } from './operator.ts'
import { agree, axisOf, shapeText, unknownDims } from './shapes.ts'
import { type Scalar, toDim, toDims } from './value.ts'

/** Up to this power of two the denominator of a scale is exact in every float arithmetic. */
const exactBits = 10

/**
 * `floor(size × scale)`. The specification means exact arithmetic, runtimes compute in float32: where both do not
 * agree, the size is not known.
 */
function scaled(size: Dim, scale: Scalar): Dim {
  if (scale instanceof Unknown || typeof scale !== 'number') return new Unknown('the scale is not known')
  if (scale === 1) return size
  if (isKnown(size)) {
    const exact = Math.floor(size * scale)
    const single = Math.floor(Math.fround(Math.fround(size) * Math.fround(scale)))
    return exact === single ? exact : new Unknown(`${size} × ${scale} is ${exact} or ${single}, as a runtime rounds`)
  }
  if (!isSymbolic(size)) return size
  if (Number.isInteger(scale)) return mul(size, scale)
  const denominator = 2 ** exactBits
  if (Number.isInteger(scale * denominator)) return fraction(size, scale * denominator, denominator)
  return new Unknown(`${scale} times a size that is not a number depends on how a runtime rounds`)
}

/** `floor(size × above / below)` in lowest terms; `below` is a power of two. */
function fraction(size: Dim, above: number, below: number): Dim {
  let [a, b] = [above, below]
  while (a % 2 === 0 && b > 1) {
    a /= 2
    b /= 2
  }
  return floorDiv(mul(size, a), b)
}

/** Whether the input is there and not empty: empty stands for absent. */
function hasElements(c: Context, input: number): boolean {
  if (!c.given(input)) return false
  const value = c.value(input)
  return value ? value.elements.length > 0 : same(c.shape(input)?.[0] ?? 1, 0) !== true
}

/** Axes that scales or sizes are about; null: all. */
function axesOf(c: Context, rank: number): readonly number[] | null {
  const axes = c.ints('axes')
  if (!axes || axes.length === 0) return null
  const found = axes.map((axis) => axisOf(c, axis, rank))
  if (new Set(found).size < found.length) c.mismatch(`axes ${shapeText(axes)} name an axis twice`)
  return found
}

/** What an input says about each axis of the output; undefined: the axis stays as it is. */
function perAxis(c: Context, input: number, rank: number): readonly (Scalar | undefined)[] {
  const axes = axesOf(c, rank)
  const count = axes?.length ?? rank
  const value = c.value(input)
  const length = value?.elements.length ?? c.shape(input)?.[0]
  if (length !== undefined && isKnown(length) && length !== count)
    c.mismatch(
      `${c.schema?.inputs[input]?.name ?? 'the input'} has ${length} elements, and it takes ${count}, one per axis`,
      [input],
    )
  const elements = value?.elements ?? Array.from({ length: count }, () => new Unknown(c.why(input)))
  if (!axes) return elements
  const all: (Scalar | undefined)[] = Array.from({ length: rank }, () => undefined)
  axes.forEach((axis, i) => {
    all[axis] = elements[i]
  })
  return all
}

function checkScales(c: Context, scales: readonly (Scalar | undefined)[], input: number): void {
  const wrong = scales.find((scale) => typeof scale === 'number' && !(scale > 0))
  if (wrong !== undefined) c.mismatch(`scales has ${String(wrong)}, and each has to be above 0`, [input])
}

function byScales(c: Context, input: number): Shape | Unknown {
  const x = c.shape(0)
  if (!x) return new Unknown(c.why(0))
  const scales = perAxis(c, input, x.length)
  checkScales(c, scales, input)
  if (c.string('coordinate_transformation_mode', '') === 'tf_crop_and_resize' && !wholeRoi(c))
    return unknownDims(x.length, 'runtimes differ on whether a region of interest changes the size')
  return x.map((size, axis) => {
    const scale = scales[axis]
    return scale === undefined ? size : scaled(size, scale)
  })
}

/** The region of interest is the whole image: starts are 0, ends are 1. */
function wholeRoi(c: Context): boolean {
  if (!hasElements(c, 1)) return true
  const elements = c.value(1)?.elements
  if (!elements) return false
  return elements.every((element, i) => element === (i < elements.length / 2 ? 0 : 1))
}

function bySizes(c: Context, input: number): Shape | Unknown {
  const x = c.shape(0)
  const value = c.value(input)
  if (!x) return value && !c.written('axes') ? toDims(value) : new Unknown(c.why(0))
  const sizes = perAxis(c, input, x.length).map((size) => (size === undefined ? undefined : toDim(size)))
  const wrong = sizes.find((size) => size !== undefined && isKnown(size) && size < 1)
  if (wrong !== undefined) c.mismatch(`sizes has ${String(wrong)}, and each has to be at least 1`, [input])
  const policy = c.string('keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch') return x.map((size, axis) => sizes[axis] ?? size)
  return proportional(x, sizes, policy === 'not_larger')
}

/** One scale for all axes: the smallest or the largest of those that the sizes ask for. */
function proportional(x: Shape, sizes: readonly (Dim | undefined)[], smallest: boolean): Shape {
  const pairs: [number, number][] = []
  for (const [axis, size] of sizes.entries()) {
    const from = x[axis]
    if (size === undefined || from === undefined) continue
    if (!isKnown(size) || !isKnown(from) || from === 0) {
      const why = new Unknown('the size depends on the aspect ratio, which is not known')
      return x.map((dim, i) => (sizes[i] === undefined ? dim : why))
    }
    pairs.push([size, from])
  }
  const choose = smallest ? Math.min : Math.max
  const exact = choose(...pairs.map(([to, from]) => to / from))
  const single = choose(...pairs.map(([to, from]) => Math.fround(to / from)))
  return x.map((dim, axis) => {
    if (sizes[axis] === undefined || !isKnown(dim)) return dim
    const rounded = Math.round(exact * dim)
    const runtime = Math.round(Math.fround(single * dim))
    return rounded === runtime ? rounded : new Unknown(`${rounded} or ${runtime}, as a runtime rounds`)
  })
}

function resized(c: Context): Shape | Unknown {
  if (c.since === 10) return byScales(c, 1)
  const scales = hasElements(c, 2)
  const sizes = hasElements(c, 3)
  if (scales && sizes && c.value(2)) c.mismatch('both scales and sizes are given, and it takes one of them', [2, 3])
  if (!scales && !sizes) c.mismatch('neither scales nor sizes are given, and it takes one of them')
  if (scales && c.string('keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    c.mismatch('keep_aspect_ratio_policy goes with sizes, and scales are given', [2])
  return sizes ? bySizes(c, 3) : byScales(c, 2)
}

/** Version 1 scales height and width by attributes, version 7 all axes by one, later ones by an input. */
function upsampled(c: Context): Shape | Unknown {
  const x = c.shape(0)
  const scales = c.since === 1 ? [1, 1, c.float('height_scale', 1), c.float('width_scale', 1)] : c.floats('scales')
  if (!scales) return byScales(c, 1)
  if (!x) return new Unknown(c.why(0))
  if (scales.length !== x.length)
    c.mismatch(`there are ${scales.length} scales, and the input has rank ${x.length}`, [0])
  checkScales(c, scales, 0)
  return x.map((size, axis) => scaled(size, scales[axis] ?? 1))
}

/** `[N, C, ...]` sampled at `grid [N, ..., axes]`. */
function sampled(c: Context): Shape | Unknown {
  const x = c.shape(0)
  const grid = c.shape(1)
  const rank = x?.length ?? grid?.length
  if (rank === undefined) return new Unknown(c.why(0))
  if (rank < 3) c.mismatch(`the input has rank ${rank}, and it takes at least 3`, [0])
  if (x && grid && x.length !== grid.length)
    c.mismatch(`the input has rank ${x.length} and the grid rank ${grid.length}; both have to be the same`, [0, 1])
  const positions = grid?.at(-1)
  if (positions !== undefined && same(positions, rank - 2) === false)
    c.mismatch(`the grid has ${String(positions)} numbers per position, and ${rank - 2} axes take ${rank - 2}`, [1])
  const batch = agree(c, [...(x?.slice(0, 1) ?? []), ...(grid?.slice(0, 1) ?? [])], 'batch sizes differ', [0, 1])
  return [batch, x?.[1] ?? new Unknown(c.why(0)), ...(grid?.slice(1, -1) ?? unknownDims(rank - 2, c.why(1)))]
}

/** `theta [N, axes, axes + 1]` gives a position for each element of `size [N, C, ...]`. */
function affineGrid(c: Context): Shape | Unknown {
  const theta = c.shape(0)
  if (theta && theta.length !== 3) c.mismatch(`theta has the shape ${shapeText(theta)}, and it takes rank 3`, [0])
  const value = c.value(1)
  const length = value?.elements.length ?? c.shape(1)?.[0]
  const axes = length === undefined || !isKnown(length) ? theta?.[1] : length - 2
  if (axes === undefined || !isKnown(axes)) return new Unknown(c.why(1))
  if (axes !== 2 && axes !== 3) c.mismatch(`size has ${axes + 2} elements, and it takes 4 or 5`, [1])
  if (theta && (same(theta[1] ?? 0, axes) === false || same(theta[2] ?? 0, axes + 1) === false))
    c.mismatch(`theta has the shape ${shapeText(theta)}, and ${axes} axes take [N, ${axes}, ${axes + 1}]`, [0])
  const sizes = value ? toDims(value) : unknownDims(axes + 2, c.why(1))
  const batch = agree(c, [...(theta?.slice(0, 1) ?? []), ...sizes.slice(0, 1)], 'batch sizes differ', [0, 1])
  return [batch, ...sizes.slice(2), axes]
}

export const resample = family({
  Resize: { infer: (c) => c.output(0, resized(c)) },
  Upsample: { infer: (c) => c.output(0, upsampled(c)) },
  GridSample: { infer: (c) => c.output(0, sampled(c)) },
  AffineGrid: { infer: (c) => c.output(0, affineGrid(c)) },
  'com.microsoft::GridSample': { infer: (c) => c.output(0, sampled(c)) },
})
