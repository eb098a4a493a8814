import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToText, textToBytes } from '../../src/onnx/text.ts'

const text = (...bytes: number[]) => bytesToText(Uint8Array.from(bytes), 0, bytes.length)

describe('names as text', () => {
  it('writes invalid bytes as \\xNN and leaves everything else', () => {
    expect(text(0x61, 0xff, 0x62)).toBe('a\\xFFb')
    expect(text(0xed, 0xa0, 0x80)).toBe('\\xED\\xA0\\x80')
    expect(bytesToText(Buffer.from('größe/猫🙂'), 0, 15)).toBe('größe/猫🙂')
    expect(bytesToText(Buffer.from('a\\b'), 0, 3)).toBe('a\\b')
  })

  it('keeps a name that holds such a sequence apart from the byte', () => {
    expect(bytesToText(Buffer.from('a\\xFFb'), 0, 6)).toBe('a\\x5CxFFb')
  })

  it('gives the same bytes back, whatever they are', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.constantFrom('\\x', 'FF', '\\', '5C', 'é').map((t) => Buffer.from(t)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const bytes = Buffer.concat(pieces)
        expect(Buffer.from(textToBytes(bytesToText(bytes, 0, bytes.length)))).toEqual(bytes)
      }),
    )
  })
})
