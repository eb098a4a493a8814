/** NumPy's files: those that NumPy wrote (dev/numpy-arrays.py) are read, and what is written is what NumPy would write. */
import { describe, expect, test } from 'vitest'
import { readNpy, writeNpy } from '../../src/tensors/npy.ts'
import { readNpz, writeNpz } from '../../src/tensors/npz.ts'
import type { Tensor, TensorData } from '../../src/tensors/tensor.ts'
import { traceName, tracePlace } from '../../src/tensors/trace-names.ts'
import numpy from './numpy-arrays.json' with { type: 'json' }

const file = (name: keyof typeof numpy.files): Uint8Array => Buffer.from(numpy.files[name], 'base64')
const array = (dtype: Tensor['dtype'], dims: number[], data: TensorData): Tensor => ({ dtype, dims, data })

const arrays = [
  ['scalar float32', array('float32', [], Float32Array.of(1.5))],
  ['float16', array('float16', [3], Uint16Array.of(0x3800, 0x8000, 0x7c00))],
  ['float64 in Fortran order', array('float64', [2, 2], Float64Array.of(0, 1, 2, 3))],
  [
    'int32 in Fortran order',
    array(
      'int32',
      [2, 3, 2],
      Int32Array.from({ length: 12 }, (_, i) => i),
    ),
  ],
  ['big-endian int16', array('int16', [3], Int16Array.of(1, -2, 300))],
  ['big-endian texts', array('string', [2], ['ab', 'ä'])],
  ['int64', array('int64', [2], BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n))],
  ['uint64', array('uint64', [1], BigUint64Array.of(2n ** 64n - 1n))],
  ['bool', array('bool', [2], Uint8Array.of(1, 0))],
  ['texts', array('string', [3], ['', 'ä漢', '\u{1F600}x'])],
  ['bytes', array('string', [2], ['ab', 'c'])],
  ['empty', array('uint8', [0, 3], new Uint8Array())],
  ['version 3', array('int8', [3], Int8Array.of(0, 1, 2))],
] as const

describe('.npy', () => {
  test.each(arrays)('%s of numpy is read', (name, expected) => {
    expect(readNpy(file(name))).toEqual(expected)
  })

  test.each(arrays)('%s is read as it was written', (_, tensor) => {
    expect(readNpy(writeNpy(tensor))).toEqual(tensor)
  })

  test.each(['scalar float32', 'float16', 'int64', 'uint64', 'bool', 'texts', 'empty'] as const)(
    '%s is written as numpy writes it, byte by byte',
    (name) => {
      expect(Buffer.from(writeNpy(readNpy(file(name)))).toString('latin1')).toBe(
        Buffer.from(file(name)).toString('latin1'),
      )
    },
  )

  test('bfloat16 keeps its bits', () => {
    const tensor = array('bfloat16', [2], Uint16Array.of(0x3f80, 0xc000))
    expect(readNpy(writeNpy(tensor))).toEqual(tensor)
  })

  test.each([
    ['objects', 'x has the type "|O", which no tensor here has', /Python objects/],
    ['complex', 'x has the type "<c8", which no tensor here has', /astype/],
    ['records', 'x is no .npy array: it holds records with fields', /numpy\.save/],
  ] as const)('%s are refused with what to do', (name, message, fix) => {
    expect(() => readNpy(file(name), 'x')).toThrow(message)
    expect(() => readNpy(file(name), 'x')).toThrow(
      expect.objectContaining({
        code: 'bad-npy',
        details: expect.objectContaining({ fix: expect.stringMatching(fix) }),
      }),
    )
  })

  test('every cut of a file is refused or read, never worse', () => {
    const whole = file('int64')
    for (let length = 0; length < whole.length; length++)
      expect(() => readNpy(whole.slice(0, length))).toThrow(expect.objectContaining({ code: 'bad-npy' }))
  })
})

describe('.npz', () => {
  test('of numpy is read, plain and compressed', () => {
    expect(readNpz(file('npz'))).toEqual({
      x: array('float32', [3], Float32Array.of(0, 1, 2)),
      's0/pre/in': array('uint8', [1, 2], Uint8Array.of(1, 2)),
    })
    expect(readNpz(file('npz compressed'))).toEqual({ zeros: array('int16', [100], new Int16Array(100)) })
  })

  test('is read as it was written, whatever the names', () => {
    const tensors = {
      's0/pre/a b': array('float32', [2], Float32Array.of(Number.NaN, -0)),
      ['__proto__']: array('string', [1], ['x']),
      ä: array('bool', [], Uint8Array.of(1)),
    }
    for (const compress of [true, false]) expect(readNpz(writeNpz(tensors, compress))).toEqual(tensors)
    expect(writeNpz(tensors)).toEqual(writeNpz(tensors))
  })

  test('that is none says so', () => {
    expect(() => readNpz(Buffer.from('hello'), 'a.npz')).toThrow(/^a\.npz is no \.npz file: /)
    const damaged = Buffer.from(file('npz compressed'))
    damaged.fill(255, 70, 120)
    expect(() => readNpz(damaged, 'a.npz')).toThrow(expect.objectContaining({ name: 'Problem' }))
  })
})

test('names of a recording say sample, stage and value', () => {
  expect(traceName(12, 'model', '/head/Softmax:0')).toBe('s12/model//head/Softmax:0')
  expect(tracePlace('s12/model//head/Softmax:0')).toEqual({ sample: 12, stage: 'model', name: '/head/Softmax:0' })
  for (const other of ['x', 's0/id', 's/pre/x', 's1/other/x', 's1/pre/']) expect(tracePlace(other)).toBe(null)
})
