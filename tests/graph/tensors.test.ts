import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import protobuf from 'protobufjs/minimal.js'
import { afterAll, describe, expect, it } from 'vitest'
import type { DType } from '../../src/graph/dtype.ts'
import { readModel } from '../../src/graph/read.ts'
import { field, modelBytes, relu, type TensorLike } from '../onnx/message.ts'

const nodes = [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }]
const bytes = (tensor: Partial<TensorLike>) =>
  modelBytes({ nodes, initializers: [{ name: 'w', dims: [2], type: 1, ...tensor }] })

async function elements(tensor: Partial<TensorLike>) {
  const { graph, findings } = await readModel(bytes(tensor))
  expect(findings).toEqual([])
  return graph.initializers.get('w')?.payload.elements(1e6)
}

const raw = (...values: number[]) => [field(9, Uint8Array.from(values))]
const packed = (number: number, write: (writer: protobuf.Writer) => void) => {
  const writer = protobuf.Writer.create()
  write(writer)
  return [field(number, writer.finish())]
}
const int32s = (...values: number[]) =>
  packed(5, (writer) => {
    for (const value of values) writer.int32(value)
  })

describe('elements', () => {
  // Values by the format descriptions: OCP FP8/MX, IEEE 754, ONNX packing from the least significant bit up.
  it.each<[DType, number, number[], Uint8Array[], (number | bigint)[]]>([
    ['float32', 1, [2], raw(0, 0, 0x80, 0x3f, 0, 0, 0xc0, 0x7f), [1, Number.NaN]],
    ['float64', 11, [1], raw(0, 0, 0, 0, 0, 0, 0xf0, 0x3f), [1]],
    ['float16', 10, [3], raw(0, 0x3c, 1, 0, 0, 0xfc), [1, 2 ** -24, Number.NEGATIVE_INFINITY]],
    ['bfloat16', 16, [2], raw(0x80, 0x3f, 0x80, 0xff), [1, Number.NEGATIVE_INFINITY]],
    ['float8e4m3fn', 17, [3], raw(0x38, 0x7e, 0x7f), [1, 448, Number.NaN]],
    ['float8e4m3fnuz', 18, [3], raw(0x40, 0x7f, 0x80), [1, 240, Number.NaN]],
    ['float8e5m2', 19, [3], raw(0x3c, 0x7b, 0x7c), [1, 57344, Number.POSITIVE_INFINITY]],
    ['float8e5m2fnuz', 20, [2], raw(0x40, 0x7f), [1, 57344]],
    ['float8e8m0', 24, [3], raw(127, 128, 255), [1, 2, Number.NaN]],
    ['float4e2m1', 23, [3], raw(0x72, 0x09), [1, 6, -0.5]],
    ['float6e2m3', 27, [4], raw(0x08, 0xf0, 0x05), [1, 0, 7.5, 0.125]],
    ['int4', 22, [3], raw(0x8f, 0x07), [-1, -8, 7]],
    ['uint4', 21, [3], raw(0x8f, 0x07), [15, 8, 7]],
    ['int2', 26, [5], raw(0b11100100, 1), [0, 1, -2, -1, 1]],
    ['uint2', 25, [4], raw(0b11100100), [0, 1, 2, 3]],
    ['bool', 9, [2], raw(0, 1), [0, 1]],
    ['int8', 3, [2], raw(0xff, 0x7f), [-1, 127]],
    ['uint16', 4, [1], raw(0xff, 0xff), [65535]],
    ['int64', 7, [2], raw(255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0x40), [-1, 2n ** 62n]],
    ['uint64', 13, [1], raw(255, 255, 255, 255, 255, 255, 255, 255), [2n ** 64n - 1n]],
    ['complex64', 14, [1], raw(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40), [1, 2]],
  ])('of %s in raw_data', async (_, type, dims, data, expected) => {
    expect(await elements({ type, dims, data })).toEqual(expected)
  })

  it.each<[string, number, number[], Uint8Array[], (number | bigint | string)[]]>([
    ['float32', 1, [2], packed(4, (w) => w.float(1).float(-2)), [1, -2]],
    ['float16 in int32_data', 10, [2], int32s(0x3c00, 0xc000), [1, -2]],
    ['int4 in int32_data', 22, [3], int32s(0x8f, 0x07), [-1, -8, 7]],
    ['int8 in int32_data', 3, [2], int32s(-1, 5), [-1, 5]],
    ['bool in int32_data', 9, [2], int32s(0, 1), [0, 1]],
    ['int64', 7, [2], packed(7, (w) => w.int64(-5).int64(2 ** 40)), [-5, 2 ** 40]],
    ['uint32 in uint64_data', 12, [1], packed(11, (w) => w.uint64(2 ** 32 - 1)), [2 ** 32 - 1]],
    ['complex128', 15, [1], packed(10, (w) => w.double(1).double(-1)), [1, -1]],
    ['string', 8, [3], ['a', '', 'ö'].map((text) => field(6, Buffer.from(text))), ['a', '', 'ö']],
    [
      'float32 half packed',
      1,
      [3],
      [...packed(4, (w) => w.float(1)), Uint8Array.of(0x25, 0, 0, 0, 0x40), ...packed(4, (w) => w.float(3))],
      [1, 2, 3],
    ],
  ])('of %s in a typed field', async (_, type, dims, data, expected) => {
    expect(await elements({ type, dims, data })).toEqual(expected)
  })

  it('of many single fields are read from where they were left', async () => {
    const one = Uint8Array.of(0x25, 0, 0, 0x80, 0x3f)
    expect(await elements({ dims: [1000], data: Array(1000).fill(one) })).toEqual(Array(1000).fill(1))
    const strings = Array.from({ length: 1000 }, (_, i) => `s${i}`)
    const data = strings.map((text) => field(6, Buffer.from(text)))
    expect(await elements({ type: 8, dims: [1000], data })).toEqual(strings)
  })

  it('beyond the limit are not decoded', async () => {
    const { graph } = await readModel(bytes({ data: raw(0, 0, 0, 0, 0, 0, 0, 0) }))
    expect(graph.initializers.get('w')?.payload.elements(1)).toBeNull()
  })
})

describe('faults of tensors', () => {
  it.each<[string, Partial<TensorLike>, string]>([
    ['too few bytes', { data: raw(0, 0, 0, 0) }, 'model/tensor-size'],
    ['too many entries', { data: packed(4, (w) => w.float(1).float(2).float(3)) }, 'model/tensor-size'],
    [
      'two fields',
      { data: [...raw(0, 0, 0, 0, 0, 0, 0, 0), ...packed(4, (w) => w.float(1).float(2))] },
      'model/tensor-field',
    ],
    ['a field of another type', { data: int32s(1, 2) }, 'model/tensor-field'],
    ['dimensions whose product overflows', { dims: [2 ** 33, 2 ** 33], data: raw(0, 0, 0, 0) }, 'model/tensor-size'],
    ['an unknown element type', { type: 99, data: raw(0) }, 'model/bad-dtype'],
    ['values beyond their type', { type: 2, data: int32s(300, 0) }, 'model/tensor-value-range'],
  ])('%s', async (_, tensor, id) => {
    expect((await readModel(bytes(tensor))).findings.map((finding) => finding.id)).toContain(id)
  })
})

describe('external data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'external-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'w.bin'), Buffer.from(Float32Array.of(0, 1, 2, 3).buffer))

  it('is read by range when it is asked for', async () => {
    const path = join(folder, 'm.onnx')
    writeFileSync(path, bytes({ external: { location: 'w.bin', offset: '4', length: '8' } }))
    const { graph, findings, weightBytes } = await readModel(path)
    const payload = graph.initializers.get('w')?.payload
    expect(findings).toEqual([])
    expect(weightBytes).toBe(8)
    expect(payload).toMatchObject({ where: 'external', location: 'w.bin', bytes: 8 })
    expect(payload?.elements(10)).toEqual([1, 2])
    expect(await payload?.read()).toEqual(Buffer.from(Float32Array.of(1, 2).buffer))
  })

  it('of bytes without a folder is not looked for, and that is said', async () => {
    const { findings } = await readModel(bytes({ external: { location: 'w.bin' } }))
    expect(findings).toMatchObject([{ id: 'model/external-unchecked', severity: 'note' }])
  })
})

it('keeps a default apart from an input that must be fed', async () => {
  const { graph } = await readModel(
    modelBytes({
      inputs: ['x', 'w'],
      nodes,
      initializers: [{ name: 'w', dims: [2], type: 1, data: raw(0, 0, 0, 0, 0, 0, 0, 0) }],
    }),
  )
  expect(graph.values.get('w')).toMatchObject({ isInput: true, initializer: { dims: [2] } })
  expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'w'])
})

it('counts weights without reading them', async () => {
  const data = [field(9, Buffer.alloc(400_000))]
  const { weightBytes, bytes: size } = await readModel(
    modelBytes({ nodes: [relu('x', 'y')], initializers: [{ name: 'w', dims: [100_000], type: 1, data }] }),
  )
  expect(weightBytes).toBe(400_000)
  expect(size).toBeGreaterThan(400_000)
})
