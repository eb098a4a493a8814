/**
 * Values on their way to and from a page: the text of devalue, and behind it the bytes of every array as they are.
 * Layout: length of the text (uint32, little-endian), the text, then each array from the next multiple of 8 on.
 */
import { DevalueError, parse, stringify } from 'devalue'
import { Problem } from '../../result/problem.ts'

/** [constructor, offset behind the text, bytes] */
type ArrayPlace = [name: string, offset: number, bytes: number]

const align = (offset: number): number => (offset + 7) & ~7

/** @throws Problem `code-failed` where there is a function, a symbol or a promise inside */
export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  const parts: { readonly at: number; readonly bytes: Uint8Array }[] = []
  let end = 0
  const place = (name: string, bytes: Uint8Array): ArrayPlace => {
    const at = align(end)
    parts.push({ at, bytes })
    end = at + bytes.length
    return [name, at, bytes.length]
  }
  const text = new TextEncoder().encode(textOf(value, place))
  const start = align(4 + text.length)
  const packet = new Uint8Array(start + end)
  new DataView(packet.buffer).setUint32(0, text.length, true)
  packet.set(text, 4)
  for (const { at, bytes } of parts) packet.set(bytes, start + at)
  return packet
}

function textOf(value: unknown, place: (name: string, bytes: Uint8Array) => ArrayPlace): string {
  try {
    return stringify(value, {
      array: (one: unknown) => {
        if (ArrayBuffer.isView(one))
          return place(one.constructor.name, new Uint8Array(one.buffer, one.byteOffset, one.byteLength))
        return one instanceof ArrayBuffer && place('ArrayBuffer', new Uint8Array(one))
      },
      error: (one: unknown) => one instanceof Error && [one.name, one.message, one.stack ?? ''],
      // As structured clone: what an object has itself, without its class.
      object: (one: unknown) => isOfAClass(one) && { ...(one as object) },
    })
  } catch (error) {
    if (!(error instanceof DevalueError)) throw error
    throw new Problem(
      'code-failed',
      `${error.message.replace('stringify', 'carry')} (${error.path || 'the value itself'})`,
      {
        expected: 'numbers, texts, arrays, plain objects: what structured clone can carry',
        cause: error,
      },
    )
  }
}

const plainTags = new Set([
  'Array',
  'Date',
  'Map',
  'RegExp',
  'Set',
  'Boolean',
  'Number',
  'String',
  'BigInt',
  'URL',
  'Promise',
])

function isOfAClass(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return false
  return !plainTags.has(Object.prototype.toString.call(value).slice(8, -1))
}

/** @param packet as `pack` made it, at the start of its buffer */
export function unpack(packet: Uint8Array): unknown {
  const { buffer, byteOffset } = packet
  const length = new DataView(buffer, byteOffset).getUint32(0, true)
  const text = new TextDecoder().decode(packet.subarray(4, 4 + length))
  const start = align(4 + length)
  return parse(text, {
    array: ([name, at, bytes]: ArrayPlace) => {
      const copy = buffer.slice(byteOffset + start + at, byteOffset + start + at + bytes)
      if (name === 'ArrayBuffer') return copy
      const make = (globalThis as unknown as Record<string, new (buffer: ArrayBufferLike) => unknown>)[name]
      // A Buffer of Node is none elsewhere, and neither is an array that only newer engines have.
      return make && name !== 'Buffer' ? new make(copy) : new Uint8Array(copy)
    },
    error: ([name, message, stack]: [string, string, string]) => Object.assign(new Error(message), { name, stack }),
    object: (own: object) => own,
  })
}
