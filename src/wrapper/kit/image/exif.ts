/** The orientation that a camera writes into a JPEG, and the image turned as it says. */
import { blank, type Image } from './image.ts'

/** 1 to 8 as Exif numbers them; 1, upright, where the file says nothing. */
export function exifOrientation(jpeg: Uint8Array): number {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength)
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff; ) {
    const marker = jpeg[at + 1]
    if (marker === 0xda) break
    const length = view.getUint16(at + 2)
    const isExif = marker === 0xe1 && latin1(jpeg.subarray(at + 4, at + 10)) === 'Exif\0\0'
    if (isExif) return orientationIn(jpeg.subarray(at + 10, at + 2 + length))
    at += 2 + length
  }
  return 1
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
const orientationTag = 0x0112

/** @param tiff the first directory of a TIFF file */
function orientationIn(tiff: Uint8Array): number {
  const order = latin1(tiff.subarray(0, 2))
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return 1
  const little = order === 'II'
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const start = view.getUint32(4, little)
  if (start + 2 > tiff.length) return 1
  const entries = view.getUint16(start, little)
  for (let i = 0; i < entries; i++) {
    const at = start + 2 + i * 12
    if (at + 12 > tiff.length) break
    if (view.getUint16(at, little) !== orientationTag) continue
    const value = view.getUint16(at + 8, little)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}

/** The image upright, where `orientation` is what its file says. */
export function turned(source: Image, orientation: number): Image {
  if (orientation === 1) return source
  const { channels } = source
  const aside = orientation >= 5
  const out = blank(source, aside ? source.height : source.width, aside ? source.width : source.height)
  const right = [2, 3, 7, 8].includes(orientation)
  const down = [3, 4, 6, 7].includes(orientation)
  for (let y = 0; y < out.height; y++)
    for (let x = 0; x < out.width; x++) {
      // Along the axes of the source, each from its other end where the image was mirrored or turned.
      const [along, across] = aside ? [y, x] : [x, y]
      const column = right ? source.width - 1 - along : along
      const row = down ? source.height - 1 - across : across
      const from = (row * source.width + column) * channels
      const to = (y * out.width + x) * channels
      for (let c = 0; c < channels; c++) out.data[to + c] = source.data[from + c] as number
    }
  return out
}
