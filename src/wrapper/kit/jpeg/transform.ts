/**
 * From coefficients to pixels, bit by bit as libjpeg and libjpeg-turbo do it with their defaults, and so Pillow, OpenCV
 * and torchvision: the accurate integer transform (jidctint.c), "fancy" upsampling (jdsample.c), colours (jdcolor.c).
 */

/** One component's samples, one byte each. */
export interface Plane {
  readonly width: number
  readonly height: number
  /** Bytes from one row to the next. */
  readonly stride: number
  readonly data: Uint8Array
}

const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value)

const work = new Int32Array(64)

/**
 * Inverse transform of one block of dequantised coefficients, in natural order, into eight rows of a plane.
 * Constants are cosines times 2^13; two more bits are kept between the passes.
 */
export function inverseTransform(block: Int32Array, out: Uint8Array, at: number, stride: number): void {
  for (let x = 0; x < 8; x++) oneDimension(block, x, 8, work, 11)
  for (let y = 0; y < 8; y++) {
    oneDimension(work, y * 8, 1, work, 18)
    for (let x = 0; x < 8; x++) out[at + y * stride + x] = clamp((work[y * 8 + x] as number) + 128)
  }
}

/** Written out: this is where decoding spends its time. */
function oneDimension(from: Int32Array, start: number, step: number, to: Int32Array, shift: number): void {
  const in0 = from[start] as number
  const in1 = from[start + step] as number
  const in2 = from[start + 2 * step] as number
  const in3 = from[start + 3 * step] as number
  const in4 = from[start + 4 * step] as number
  const in5 = from[start + 5 * step] as number
  const in6 = from[start + 6 * step] as number
  const in7 = from[start + 7 * step] as number

  const common = Math.imul(in2 + in6, 4433)
  const even2 = common - Math.imul(in6, 15137)
  const even3 = common + Math.imul(in2, 6270)
  const even0 = (in0 + in4) << 13
  const even1 = (in0 - in4) << 13
  const half = 1 << (shift - 1)
  const e0 = even0 + even3 + half
  const e1 = even1 + even2 + half
  const e2 = even1 - even2 + half
  const e3 = even0 - even3 + half

  const z5 = Math.imul(in7 + in3 + in5 + in1, 9633)
  const z1 = Math.imul(in7 + in1, -7373)
  const z2 = Math.imul(in5 + in3, -20995)
  const z3 = Math.imul(in7 + in3, -16069) + z5
  const z4 = Math.imul(in5 + in1, -3196) + z5
  const o0 = Math.imul(in7, 2446) + z1 + z3
  const o1 = Math.imul(in5, 16819) + z2 + z4
  const o2 = Math.imul(in3, 25172) + z2 + z3
  const o3 = Math.imul(in1, 12299) + z1 + z4

  to[start] = (e0 + o3) >> shift
  to[start + 7 * step] = (e0 - o3) >> shift
  to[start + step] = (e1 + o2) >> shift
  to[start + 6 * step] = (e1 - o2) >> shift
  to[start + 2 * step] = (e2 + o1) >> shift
  to[start + 5 * step] = (e2 - o1) >> shift
  to[start + 3 * step] = (e3 + o0) >> shift
  to[start + 4 * step] = (e3 - o0) >> shift
}

/** A plane at the size of the image: `across` and `down` are how many pixels one sample stands for. */
export function upsample(plane: Plane, across: number, down: number, width: number, height: number): Plane {
  if (across === 1 && down === 1) return plane
  // libjpeg interpolates where a sample stands for two, and only in planes wider than two samples.
  const smoothAcross = across === 2 && plane.width > 2
  if (smoothAcross && down === 1) return triangleAcross(plane, width, height)
  if (smoothAcross && down === 2) return triangleBoth(plane, width, height)
  if (across === 1 && down === 2) return triangleDown(plane, width, height)
  return repeated(plane, across, down, width, height)
}

/** Room for one column more than an odd width needs. */
function emptyPlane(width: number, height: number): Plane & { readonly data: Uint8Array } {
  const stride = width + 1
  return { width, height, stride, data: new Uint8Array(stride * height) }
}

function repeated({ data, stride }: Plane, across: number, down: number, width: number, height: number): Plane {
  const out = emptyPlane(width, height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      out.data[y * out.stride + x] = data[Math.floor(y / down) * stride + Math.floor(x / across)] as number
  return out
}

function triangleAcross(plane: Plane, width: number, height: number): Plane {
  const { data, stride } = plane
  const out = emptyPlane(width, height)
  for (let y = 0; y < height; y++) {
    const from = y * stride
    const to = y * out.stride
    for (let x = 0; x < plane.width; x++) {
      const here = data[from + x] as number
      const before = x === 0 ? here : (data[from + x - 1] as number)
      const after = x === plane.width - 1 ? here : (data[from + x + 1] as number)
      out.data[to + 2 * x] = (here * 3 + before + 1) >> 2
      if (2 * x + 1 < width) out.data[to + 2 * x + 1] = (here * 3 + after + 2) >> 2
    }
  }
  return out
}

/** The row itself and the one nearest to an output row; at the edges it is the row again. */
function rowsOf({ height }: Plane, y: number): readonly [here: number, nearest: number] {
  const here = y >> 1
  return [here, Math.min(Math.max(here + (y & 1 ? 1 : -1), 0), height - 1)]
}

function triangleDown(plane: Plane, width: number, height: number): Plane {
  const { data, stride } = plane
  const out = emptyPlane(width, height)
  for (let y = 0; y < height; y++) {
    const [here, nearest] = rowsOf(plane, y)
    const bias = y & 1 ? 2 : 1
    for (let x = 0; x < width; x++) {
      const sum = (data[here * stride + x] as number) * 3 + (data[nearest * stride + x] as number)
      out.data[y * out.stride + x] = (sum + bias) >> 2
    }
  }
  return out
}

function triangleBoth(plane: Plane, width: number, height: number): Plane {
  const { data, stride } = plane
  const out = emptyPlane(width, height)
  for (let y = 0; y < height; y++) {
    const [here, nearest] = rowsOf(plane, y)
    const column = (x: number): number =>
      (data[here * stride + x] as number) * 3 + (data[nearest * stride + x] as number)
    const to = y * out.stride
    let before = column(0)
    let sum = before
    for (let x = 0; x < plane.width; x++) {
      const after = x === plane.width - 1 ? sum : column(x + 1)
      out.data[to + 2 * x] = (sum * 3 + before + 8) >> 4
      if (2 * x + 1 < width) out.data[to + 2 * x + 1] = (sum * 3 + after + 7) >> 4
      before = sum
      sum = after
    }
  }
  return out
}

/** Luminance and two differences of colour (JFIF) → RGB, interleaved. */
export function toRgb(y: Plane, cb: Plane, cr: Plane, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height * 3)
  for (let row = 0, to = 0; row < height; row++)
    for (let x = 0; x < width; x++, to += 3) {
      const light = y.data[row * y.stride + x] as number
      const blue = (cb.data[row * cb.stride + x] as number) - 128
      const red = (cr.data[row * cr.stride + x] as number) - 128
      out[to] = clamp(light + ((91881 * red + 32768) >> 16))
      out[to + 1] = clamp(light + ((-22554 * blue - 46802 * red + 32768) >> 16))
      out[to + 2] = clamp(light + ((116130 * blue + 32768) >> 16))
    }
  return out
}

/** Planes side by side into pixels. */
export function interleave(planes: readonly Plane[], width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height * planes.length)
  planes.forEach(({ data, stride }, channel) => {
    for (let row = 0, to = channel; row < height; row++)
      for (let x = 0; x < width; x++, to += planes.length) out[to] = data[row * stride + x] as number
  })
  return out
}
