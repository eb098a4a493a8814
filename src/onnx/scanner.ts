/**
 * Walks the protobuf wire format of a model and copies its skeleton: everything but the payloads that the graph does
 * not need, which are passed over by their length and never read. What was left out is replaced by an empty field (a
 * stub) whose place in the file is remembered, and the lengths of the messages around it are corrected, so that the
 * skeleton is a legal message for protobufjs.
 *
 * The scanner is fed window by window and says which offset it wants next; it holds no more than one window and
 * recurses nowhere. Everything that is wrong with the bytes is found here, with its offset, before anything is decoded.
 */
import { Problem } from '../result/problem.ts'
import { Skeleton } from './skeleton.ts'
import { tensorDataFields, tensorProto, typeProto, type WireField, wireTable } from './wire-table.generated.ts'

/** The elements of a tensor stay in the skeleton up to this size … */
const inlineLimit = 8 * 1024
/** … until the skeleton has grown to this size; after that, only the smallest do. */
const inlineBudget = 64 * 1024 * 1024
/** Other fields that the schema does not declare (doc strings, metadata), and runs of single elements. */
const otherLimit = 256
/** A declared text or blob above this is left out, too (a compiled network inside an attribute). */
const blobLimit = 4 * 1024 * 1024

/** Protobuf's usual limit of nested messages. */
const maxDepth = 100
/** A skeleton beyond these cannot be held in reasonable memory; no real model comes near. */
const maxMessages = 1_000_000

/** The longest tag and length together; a window that ends sooner is refilled. */
const headroom = 20

const byNumber: readonly ReadonlyMap<number, WireField>[] = wireTable.map(
  ({ fields }) => new Map(fields.map((field) => [field[0], field])),
)
const noFields: ReadonlyMap<number, WireField> = new Map()
const groupType = -1

const typeName = (type: number): string => (type === groupType ? 'an unknown group' : (wireTable[type]?.name ?? ''))

/** An open message or group. */
interface Frame {
  /** Position in the wire table; groupType for a group. */
  readonly type: number
  readonly fields: ReadonlyMap<number, WireField>
  /** Offset of its end in the file; a group has that of the message around it. */
  readonly end: number
  /** Field number of a group. */
  readonly group: number
  readonly start: number
  /** In the skeleton: where its length stands, in how many bytes, and where its body starts. */
  readonly lengthAt: number
  readonly lengthWidth: number
  readonly bodyAt: number
  readonly bodyLength: number
}

export class Scanner {
  readonly skeleton: Skeleton
  /** The offset of the next window; null when the whole file has been walked. */
  wanted: number | null = 0
  /** Top-level fields seen so far, and the end of the last one: what a damaged file still had. */
  readonly rootFields = new Set<number>()
  rootFieldEnd = 0

  private readonly frames: Frame[] = []
  private frame: Frame
  private groups = 0
  private messages = 0
  private pos = 0
  private window: Uint8Array = new Uint8Array(0)
  private base = 0
  /** A packed field that was passed over: its last byte must end a varint. */
  private checksLastByte = false

  /** `size`: of the file; Infinity where it is not known yet. */
  constructor(private readonly size: number) {
    this.frame = frameOf(0, size)
    this.skeleton = new Skeleton(size)
  }

  /** Takes the bytes at `wanted`; `last`: nothing comes after them, and `size` is known by then. */
  feed(window: Uint8Array, last: boolean, size: number | null): void {
    if (this.wanted === null) return
    if (last && size !== null && this.wanted > size) throw this.truncated(size)
    this.window = window
    this.base = this.wanted
    const limit = this.base + window.length
    const { skeleton } = this
    skeleton.open(window, this.base)
    for (;;) {
      while (this.pos === this.frame.end && this.frames.length > 0) this.leave()
      const atRootEnd = this.frames.length === 0 && (this.pos === this.size || (last && this.pos === limit))
      if (atRootEnd) {
        this.finish()
        return
      }
      if (limit - this.pos < headroom) {
        skeleton.copyTo(Math.min(this.pos, limit))
        if (!last) {
          this.wanted = skeleton.resumeAt(this.pos)
          return
        }
        if (this.pos >= limit) throw this.truncated(limit)
      }
      if (this.checksLastByte) this.lastByte()
      else this.field(limit)
    }
  }

  private finish(): void {
    this.skeleton.closeRun()
    this.skeleton.copyTo(this.pos)
    this.wanted = null
  }

  private byte(at: number): number {
    return this.window[at - this.base] as number
  }

  private lastByte(): void {
    if (this.byte(this.pos) >= 0x80)
      throw new Problem('bad-packed', 'a packed field ends inside a varint', {
        offset: this.pos,
        expected: 'the last byte of a varint',
        fix: damagedFix,
      })
    this.pos++
    this.checksLastByte = false
  }

  /** One field, from its tag on. */
  private field(limit: number): void {
    const start = this.pos
    const tag = this.tag(limit)
    const number = tag >>> 3
    const wire = tag & 7
    if (this.frames.length === 0) {
      this.rootFieldEnd = start
      this.rootFields.add(number)
    }
    if (wire === 3) this.openGroup(start, number)
    else if (wire === 4) this.closeGroup(start, number)
    else if (wire === 2) this.lengthDelimited(start, tag, this.frame.fields.get(number), limit)
    else this.scalar(start, tag, this.frame.fields.get(number)?.[1], limit)
  }

  private scalar(start: number, tag: number, kind: WireField[1] | undefined, limit: number): void {
    const number = tag >>> 3
    const wire = tag & 7
    if (wire === 0) this.varint(limit, start)
    else if (wire === 5) this.pos += 4
    else if (wire === 1) this.pos += 8
    else
      throw new Problem('bad-wire-type', `field ${number} of ${typeName(this.frame.type)} has wire type ${wire}`, {
        offset: start,
        expected: 'a wire type from 0 to 5',
        fix: damagedFix,
      })
    if (this.pos > this.frame.end) throw this.overrun(start, `field ${number}`)
    const fits = wire === 0 ? kind === 'varint' : wire === 5 ? kind === 'fixed32' : kind === 'fixed64'
    if (fits) this.skeleton.closeRun()
    else this.undeclared(start, tag, start, false)
  }

  private lengthDelimited(start: number, tag: number, declared: WireField | undefined, limit: number): void {
    const lengthAt = this.pos
    const length = this.varint(limit, start)
    const body = this.pos
    const width = body - lengthAt
    const number = tag >>> 3
    if (length > this.frame.end - body) throw this.overrun(start, `field ${number}`, length, body)
    if (width > 5 && length < 2 ** 35)
      throw new Problem('bad-varint', `the length of field ${number} takes ${width} bytes`, {
        offset: lengthAt,
        expected: 'a length of at most 5 bytes',
        fix: damagedFix,
      })
    const kind = declared?.[1]
    if (typeof kind === 'number') {
      this.enter(kind, start, lengthAt, width, body, length)
      return
    }
    this.pos = body + length
    const tensorData = this.frame.type === tensorProto ? tensorDataFields.get(number) : undefined
    const isText = kind === 'bytes' && length <= blobLimit
    const isPacked = declared?.[2] === true && kind !== 'bytes'
    if (isText || isPacked) this.skeleton.closeRun()
    else this.undeclared(start, tag, body, tensorData !== undefined)
    const packed = isPacked ? kind : tensorData?.kind
    if (packed && packed !== 'bytes') this.packed(packed, body, length, limit)
  }

  /** A field that may stay in the file. `single`: as one field it is payload, of which more is kept at hand. */
  private undeclared(start: number, tag: number, body: number, single: boolean): void {
    // Groups and types are kept whole: the first are opaque to the schema, the second are decoded by themselves.
    if (this.groups > 0 || this.frame.type >= typeProto) return
    if (++this.messages > maxMessages) throw this.tooLarge(start)
    const inline = this.skeleton.length < inlineBudget ? inlineLimit : otherLimit
    this.skeleton.run({ tag, start, body, end: this.pos }, single ? inline : otherLimit, otherLimit)
  }

  /** Checks the body of a packed field, without reading it where it is not in the window. */
  private packed(kind: 'varint' | 'fixed32' | 'fixed64' | 'bytes', body: number, length: number, limit: number): void {
    const unit = kind === 'fixed32' ? 4 : kind === 'fixed64' ? 8 : 1
    if (length % unit !== 0)
      throw new Problem('bad-packed', `a packed field of ${unit}-byte elements has ${length} bytes`, {
        offset: body,
        expected: `a multiple of ${unit}`,
        fix: damagedFix,
      })
    if (kind !== 'varint' || length === 0) return
    if (body + length > limit) {
      this.pos = body + length - 1
      this.checksLastByte = true
      return
    }
    let run = 0
    for (let at = body; at < body + length; at++) {
      run = this.byte(at) < 0x80 ? 0 : run + 1
      if (run >= 10) throw badVarint(at - 9)
    }
    if (run > 0)
      throw new Problem('bad-packed', 'a packed field ends inside a varint', {
        offset: body + length - run,
        expected: 'the last byte of a varint',
        fix: damagedFix,
      })
  }

  private enter(type: number, start: number, lengthAt: number, width: number, body: number, length: number): void {
    const { skeleton } = this
    skeleton.closeRun()
    if (this.frames.length >= maxDepth || this.groups > 0) throw tooDeep(start)
    // Types are decoded once for all values that share them.
    this.messages += type >= typeProto ? 0.25 : 1
    if (this.messages > maxMessages) throw this.tooLarge(start)
    this.frames.push(this.frame)
    // A length of more than five bytes is one that the skeleton never needs: it gets five.
    const lengthWidth = Math.min(width, 5)
    if (width > 5) skeleton.reserve(lengthAt, body, lengthWidth)
    const bodyAt = skeleton.positionOf(body)
    this.frame = {
      type,
      fields: byNumber[type] ?? noFields,
      end: body + length,
      group: 0,
      start,
      lengthAt: bodyAt - lengthWidth,
      lengthWidth,
      bodyAt,
      bodyLength: length,
    }
  }

  private leave(): void {
    const { frame, skeleton } = this
    if (frame.type === groupType) throw this.unclosed(frame)
    skeleton.closeRun()
    const length = skeleton.positionOf(this.pos) - frame.bodyAt
    if (length !== frame.bodyLength) skeleton.patchLength(frame.lengthAt, frame.lengthWidth, length)
    this.pop()
  }

  private pop(): void {
    this.frame = this.frames.pop() ?? this.frame
    if (this.frames.length === 0) this.rootFieldEnd = this.pos
  }

  private openGroup(start: number, number: number): void {
    this.skeleton.closeRun()
    if (this.frames.length >= maxDepth) throw tooDeep(start)
    this.frames.push(this.frame)
    this.frame = { ...frameOf(groupType, this.frame.end), fields: noFields, group: number, start }
    this.groups++
  }

  private closeGroup(start: number, number: number): void {
    if (this.frame.type !== groupType || this.frame.group !== number)
      throw new Problem(
        'bad-group',
        this.frame.type === groupType
          ? `the group of field ${this.frame.group} is closed as field ${number}`
          : `the group of field ${number} is closed but was never opened`,
        { offset: start, expected: 'an end-group tag that matches its start', fix: damagedFix },
      )
    this.groups--
    this.pop()
  }

  private tag(limit: number): number {
    let value = 0
    let scale = 1
    for (let count = 0; ; count++) {
      if (this.pos >= limit || this.pos >= this.frame.end) throw this.truncated(this.pos)
      const byte = this.byte(this.pos++)
      value += (byte & 0x7f) * scale
      scale *= 128
      if (byte < 0x80) break
      if (count === 4) {
        value = Infinity
        break
      }
    }
    if (value > 0xffffffff || value < 8)
      throw new Problem(
        'bad-field-number',
        value < 8 ? 'a field with number 0' : 'a field number of more than 29 bits',
        { offset: this.pos - 1, expected: 'a field number from 1 to 536870911', fix: damagedFix },
      )
    return value
  }

  /** The varint at `pos`: exact up to 2^53, beyond that larger than any file. */
  private varint(limit: number, start: number): number {
    let value = 0
    let scale = 1
    for (let count = 0; count < 10; count++) {
      if (this.pos >= limit || this.pos >= this.frame.end) throw this.overrun(start, 'a number')
      const byte = this.byte(this.pos++)
      value += (byte & 0x7f) * scale
      scale *= 128
      if (byte < 0x80) return value
    }
    throw badVarint(this.pos - 10)
  }

  private truncated(at: number): Problem {
    const { frame } = this
    const inside = this.frames.length > 0 ? ` inside ${typeName(frame.type)}, which starts at ${frame.start}` : ''
    if (frame.type === groupType) return this.unclosed(frame)
    return new Problem('truncated', `the file ends at ${at}${inside}`, {
      offset: at,
      expected: Number.isFinite(frame.end) && frame.end > at ? `${frame.end - at} more bytes` : 'more bytes',
      fix: truncatedFix,
    })
  }

  /** Something is longer than the message or the file that holds it. */
  private overrun(start: number, what: string, length?: number, body?: number): Problem {
    const { frame } = this
    const holder = this.frames.length === 0 ? 'the file' : `${typeName(frame.type)} at ${frame.start}`
    if (!Number.isFinite(frame.end)) return this.truncated(this.pos)
    if (frame.type === groupType && length === undefined) return this.unclosed(frame)
    const has = frame.end - (body ?? start)
    const text =
      length === undefined
        ? `${what} at ${start} ends beyond ${holder}`
        : `${what} at ${start} has a length of ${length > Number.MAX_SAFE_INTEGER ? 'over 2^53' : length} bytes, but ${holder} has ${has} more`
    return new Problem('truncated', text, { offset: start, expected: `at most ${has} bytes`, fix: truncatedFix })
  }

  private unclosed(frame: Frame): Problem {
    return new Problem('bad-group', `the group of field ${frame.group} at ${frame.start} is never closed`, {
      offset: frame.start,
      expected: 'an end-group tag',
      fix: damagedFix,
    })
  }

  private tooLarge(offset: number): Problem {
    return new Problem('too-large', `more than ${maxMessages} messages in one model`, {
      offset,
      expected: 'a model graph',
      fix: 'if this is a real model, report it',
    })
  }
}

const damagedFix = 'the file is damaged or not an ONNX model: export or download it again'
const truncatedFix = 'the file is cut or damaged: export or download it again'

const badVarint = (offset: number): Problem =>
  new Problem('bad-varint', 'a number of more than ten bytes', {
    offset,
    expected: 'a varint of at most ten bytes',
    fix: damagedFix,
  })

const tooDeep = (offset: number): Problem =>
  new Problem('deep-nesting', `more than ${maxDepth} messages inside each other`, {
    offset,
    expected: `at most ${maxDepth} levels, the usual limit of protobuf (about 33 nested subgraphs)`,
    fix: 'flatten the subgraphs or the types of the model',
  })

const frameOf = (type: number, end: number): Frame => ({
  type,
  fields: byNumber[type] ?? noFields,
  end,
  group: 0,
  start: 0,
  lengthAt: 0,
  lengthWidth: 0,
  bodyAt: 0,
  bodyLength: 0,
})
