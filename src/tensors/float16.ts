/** Numbers as the bits of float16 and bfloat16, and back: rounded once, to the nearest, ties to even. */

const scratch = new DataView(new ArrayBuffer(8))

export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}

export function toFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  // Halfway between the largest number and what would come next, and beyond.
  if (size >= 65520) return sign | 0x7c00
  const exponent = Math.max(exponentOf(size), -14)
  const steps = roundToEven(size * 2 ** (10 - exponent))
  // A fraction that rounds up to 2048 carries into the exponent by itself.
  return sign | (steps < 1024 ? steps : ((exponent + 15) << 10) + (steps - 1024))
}

export function fromBfloat16(bits: number): number {
  scratch.setUint32(0, bits << 16)
  return scratch.getFloat32(0)
}

export function toBfloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (size >= 2 ** 128 * (1 - 2 ** -9)) return sign | 0x7f80
  const exponent = Math.max(exponentOf(size), -126)
  const steps = roundToEven(size * 2 ** (7 - exponent))
  return sign | (steps < 128 ? steps : ((exponent + 127) << 7) + (steps - 128))
}

/** The power of two below a positive number; that of the smallest numbers does not matter here. */
function exponentOf(size: number): number {
  scratch.setFloat64(0, size)
  return ((scratch.getUint16(0) >> 4) & 2047) - 1023
}

function roundToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}
