/**
 * Names as text, without loss. ONNX strings are UTF-8 by convention only: bytes that are not are written `\xNN`, so
 * that different names stay different, and the way back gives the same bytes. Where a name itself contains such a
 * sequence, its backslash is written as `\x5C`.
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Text of `bytes[start, end)`. `onInvalid` is called once where bytes were not UTF-8. */
export function bytesToText(bytes: Uint8Array, start: number, end: number, onInvalid?: () => void): string {
  const part = bytes.subarray(start, end)
  try {
    return escapeLiteral(strict.decode(part))
  } catch {
    onInvalid?.()
    return withInvalidBytes(part)
  }
}

const escapeLiteral = (text: string): string =>
  text.includes('\\x') ? text.replace(/\\(?=x[0-9A-F]{2})/g, '\\x5C') : text

/** Decodes the longest valid pieces; every byte that belongs to none becomes `\xNN`. */
function withInvalidBytes(bytes: Uint8Array): string {
  const pieces: string[] = []
  let from = 0
  const flush = (to: number) => {
    if (to > from) pieces.push(escapeLiteral(strict.decode(bytes.subarray(from, to))))
  }
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    flush(at)
    pieces.push(`\\x${(bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0')}`)
    from = ++at
  }
  flush(at)
  return pieces.join('')
}

/** Length of the well-formed UTF-8 sequence at `at`, 0 where there is none (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
  if (length === 0 || at + length > bytes.length) return 0
  const second = bytes[at + 1] ?? 0
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  return length
}

/** The bytes that `bytesToText` was given. */
export function textToBytes(text: string): Uint8Array {
  if (!text.includes('\\x')) return encoder.encode(text)
  const parts = text.split(/\\x([0-9A-F]{2})/)
  const bytes = parts.map((part, i) => (i % 2 === 0 ? encoder.encode(part) : Uint8Array.of(Number.parseInt(part, 16))))
  return Buffer.concat(bytes)
}
