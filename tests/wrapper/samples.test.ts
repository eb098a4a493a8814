/** Where samples come from: files by pattern, arrays, ONNX test data, generators, and random numbers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeNpy } from '../../src/tensors/npy.ts'
import { writeNpz } from '../../src/tensors/npz.ts'
import type { Tensor } from '../../src/tensors/tensor.ts'
import { hostWrapper } from '../../src/wrapper/host.ts'
import { full, tensor } from '../../src/wrapper/kit/tensor.ts'
import { type WrapperClient, wrapperClient } from '../../src/wrapper/load.ts'
import type { InputSpec } from '../../src/wrapper/outputs.ts'
import { fileSamples } from '../../src/wrapper/samples/files.ts'
import { randomSamples } from '../../src/wrapper/samples/random.ts'
import { type SampleRef, wrapperSamples } from '../../src/wrapper/samples/sample-set.ts'
import { decodeTensor, encodeTensor } from '../../src/wrapper/samples/tensor-proto.ts'
import type { Wrapper } from '../../src/wrapper/wrapper.ts'
import { dataPath, describeData, readLinesGz } from '../data.ts'

let folder = ''
beforeAll(() => {
  // Brackets in the folder's own name are no pattern.
  folder = mkdtempSync(join(tmpdir(), 'deploycheck [samples] '))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}

const model = {
  inputs: [
    { name: 'image', dtype: 'float32', shape: ['N', 2] },
    { name: 'ids', dtype: 'int64', shape: [3] },
  ] satisfies InputSpec[],
  outputs: [{ name: 'scores' }],
}
const load = (samples: readonly SampleRef[]) => Promise.all(samples.map((one) => one.load()))
const image = tensor('float32', [1, 2], [0.5, 2])
const ids = tensor('int64', [3], [1, 2, 3])
const scores = tensor('float32', [1], [0.25])

describe('files', () => {
  test('are named as their pattern spells them, in the order of their numbers', async () => {
    for (const name of ['a/10.png', 'a/9.png', 'a/b/1.png', 'a/note.txt']) write(name, name)
    const samples = fileSamples('a/**/*.png', folder, model, { label: 'cat', tags: ['night'] })
    expect(samples.map(({ id }) => id)).toEqual(['a/9.png', 'a/10.png', 'a/b/1.png'])
    expect((await load(samples))[1]).toEqual({
      id: 'a/10.png',
      path: join(folder, 'a/10.png'),
      bytes: new Uint8Array(Buffer.from('a/10.png')),
      label: 'cat',
      tags: ['night'],
    })
    expect(fileSamples('a', folder, model).map(({ id }) => id)).toEqual(['a/9.png', 'a/10.png', 'a/note.txt'])
  })

  test('that are not there say where they were looked for', () => {
    for (const pattern of ['gone.png', 'gone/*.png'])
      expect(() => fileSamples(pattern, folder, model)).toThrow(
        expect.objectContaining({ code: 'no-samples', message: expect.stringContaining(pattern) }),
      )
  })

  test('.npz and .npy are tensors by name', async () => {
    write('one.npz', writeNpz({ image, ids }))
    write('image.npy', writeNpy(image))
    expect((await load(fileSamples('one.npz', folder, model)))[0]).toMatchObject({
      id: 'one.npz',
      tensors: { image, ids },
    })
    expect((await load(fileSamples('image.npy', folder, model)))[0]).toMatchObject({ tensors: { image } })
  })

  test('a recording is as many samples as were recorded', async () => {
    write(
      'trace.npz',
      writeNpz({
        's1/pre/image': image,
        's0/pre/image': image,
        's0/pre/ids': ids,
        's0/model/scores': scores,
        's0/id': tensor('string', [], ['cats/1.png']),
      }),
    )
    expect(await load(fileSamples('trace.npz', folder, model))).toEqual([
      { id: 'cats/1.png', path: join(folder, 'trace.npz'), tensors: { image, ids }, expected: { scores } },
      { id: 'trace.npz s1', path: join(folder, 'trace.npz'), tensors: { image }, expected: {} },
    ])
  })

  test('ONNX test data has the model’s names, in its order, with what is expected', async () => {
    for (const set of ['test_data_set_10', 'test_data_set_2']) {
      write(`data/${set}/input_0.pb`, encodeTensor({ name: 'other', tensor: image }))
      write(`data/${set}/input_1.pb`, encodeTensor({ name: '', tensor: ids }))
      write(`data/${set}/output_0.pb`, encodeTensor({ name: '', tensor: scores }))
    }
    for (const pattern of ['data', 'data/test_data_set_*']) {
      const samples = fileSamples(pattern, folder, model)
      expect(samples.map(({ id }) => id)).toEqual(['data/test_data_set_2', 'data/test_data_set_10'])
      expect((await load(samples))[0]).toEqual({
        id: 'data/test_data_set_2',
        path: join(folder, 'data/test_data_set_2'),
        tensors: { image, ids },
        expected: { scores },
      })
    }
    write('data/test_data_set_2/input_2.pb', encodeTensor({ name: '', tensor: ids }))
    await expect(load(fileSamples('data', folder, model))).rejects.toMatchObject({
      code: 'bad-test-data',
      message: 'data/test_data_set_2/input_2.pb is input number 2',
    })
  })
})

describeData('test data of ONNX', () => {
  interface Case {
    readonly name: string
    readonly inputs: readonly { readonly kind: string }[]
    readonly sets: readonly { readonly in: readonly string[] }[]
  }
  test('is read, and written so that it is read the same', () => {
    const types = new Map<string, number>()
    for (const { name, inputs, sets } of readLinesGz(dataPath('conformance', 'node.jsonl.gz')) as Case[])
      for (const set of sets ?? [])
        set.in.forEach((base64, i) => {
          if (inputs[i]?.kind !== 'tensor') return
          let read: ReturnType<typeof decodeTensor>
          try {
            read = decodeTensor(Buffer.from(base64, 'base64'), name)
          } catch (error) {
            const refused = /no tensor here has the type (\w+)/.exec(String(error))?.[1]
            if (refused === undefined) throw error
            types.set(`no ${refused}`, 1)
            return
          }
          types.set(read.tensor.dtype, (types.get(read.tensor.dtype) ?? 0) + 1)
          expect(decodeTensor(encodeTensor(read), name)).toEqual(read)
        })
    expect(types.size).toBeGreaterThan(15)
    expect([...types.keys()].filter((type) => type.startsWith('no ')).sort()).toMatchInlineSnapshot(`
      [
        "no float4e2m1",
        "no float8e8m0",
        "no int2",
        "no uint2",
      ]
    `)
  })
})

describe('a wrapper', () => {
  const client = (wrapper: Wrapper): WrapperClient => {
    const host = hostWrapper({ default: wrapper }) as unknown as Record<string, (...args: unknown[]) => unknown>
    return wrapperClient({ call: async (name, args) => ({ value: await host[name]?.(...args), time: 0 }) })
  }
  const of = async (wrapper: Wrapper, limit?: number) => {
    const set = await wrapperSamples(client(wrapper), join(folder, 'wrapper.ts'), model, limit)
    return { source: set.source, samples: await load(set.samples) }
  }

  test('lists patterns, files with a label, and samples as they are', async () => {
    write('c/1.png', 'one')
    const { source, samples } = await of({
      samples: ['c/*.png', { files: 'c/1.png', label: 'dog' }, { tensors: { image }, label: 3 }, { path: 'c/1.png' }],
    })
    expect(source).toBe('wrapper')
    expect(samples.map(({ id, label }) => [id, label])).toEqual([
      ['c/1.png', undefined],
      ['c/1.png (2)', 'dog'],
      ['sample-2', 3],
      ['c/1.png (3)', undefined],
    ])
    expect(samples[3]?.bytes).toEqual(new Uint8Array(Buffer.from('one')))
  })

  test('generates, and is asked for no more than is needed', async () => {
    let asked = 0
    const samples = function* () {
      for (;;) yield { label: asked++ }
    }
    expect((await of({ samples }, 2)).samples).toEqual([
      { id: 'sample-0', label: 0 },
      { id: 'sample-1', label: 1 },
    ])
    expect(asked).toBe(2)
  })

  test('names none, and gets random ones', async () => {
    const { source, samples } = await of({})
    expect(source).toBe('random')
    expect(samples.length).toBeGreaterThan(3)
  })
})

describe('random samples', () => {
  const values = (one: Tensor | undefined) => Array.from((one?.data ?? []) as ArrayLike<number>)

  test('are the same for the same seed, with the edges and a batch of two', async () => {
    const samples = await load(randomSamples(model.inputs))
    expect(samples.map(({ id }) => id)).toEqual([
      'random-0',
      'random-1',
      'random-2',
      'zeros',
      'smallest',
      'largest',
      'batch-of-2',
    ])
    expect(samples).toEqual(await load(randomSamples(model.inputs)))
    expect(samples[0]?.tensors).not.toEqual(samples[1]?.tensors)
    expect(samples[0]?.tensors).not.toEqual((await load(randomSamples(model.inputs, { seed: 1 })))[0]?.tensors)
    expect(samples[6]?.tensors?.image?.dims).toEqual([2, 2])
    expect(samples[3]?.tensors?.image).toEqual(full('float32', [1, 2], 0))
  })

  test('give a dimension one size, wherever its name stands', async () => {
    const inputs: InputSpec[] = [
      { name: 'x', dtype: 'float32', shape: ['N', '', 'S'] },
      { name: 'pairs', dtype: 'float32', shape: ['', 'N'] },
    ]
    const samples = await load(randomSamples(inputs, { dims: { S: 3 } }))
    const dims = samples.map(({ tensors }) => [tensors?.x?.dims, tensors?.pairs?.dims])
    expect(dims.at(0)).toEqual([
      [1, 1, 3],
      [1, 1],
    ])
    expect(dims.at(-1)).toEqual([
      [2, 1, 3],
      [2, 2],
    ])
    const fixed = randomSamples([{ name: 'x', dtype: 'float32', shape: ['N'] }], { dims: { N: 4 } })
    expect(fixed.map(({ id }) => id)).not.toContain('batch-of-2')
  })

  test('stay in the range that is given, and reach its ends', async () => {
    const inputs: InputSpec[] = [
      { name: 'pixels', dtype: 'uint8', shape: [1000] },
      { name: 'ids', dtype: 'int64', shape: [1000] },
      { name: 'x', dtype: 'float16', shape: ['', 'S'] },
    ]
    const samples = await load(randomSamples(inputs, { ranges: { ids: [5, 7] }, dims: { S: 4 } }))
    const [random, , , zeros, smallest, largest] = samples.map(({ tensors }) => tensors ?? {})
    expect(new Set(values(random?.ids))).toEqual(new Set([5n, 6n, 7n]))
    expect(new Set(values(random?.pixels)).size).toBeGreaterThan(200)
    expect(random?.x?.dims).toEqual([1, 4])
    expect([zeros, smallest, largest].map((one) => [values(one?.ids)[0], values(one?.pixels)[0]])).toEqual([
      [5n, 0],
      [5n, 0],
      [7n, 255],
    ])
  })

  test('have the values that are given, in every sample, and say what does not fit', async () => {
    const inputs: InputSpec[] = [
      { name: 'shape', dtype: 'int64', shape: ['L'] },
      { name: 'x', dtype: 'float32', shape: ['N', 2] },
    ]
    const values = new Map([['shape', [1, 2n ** 60n]]])
    const samples = await load(randomSamples(inputs, { values }))
    for (const { tensors } of samples)
      expect(tensors?.shape).toEqual({ dtype: 'int64', dims: [2], data: BigInt64Array.of(1n, 2n ** 60n) })
    expect(samples.map(({ tags }) => tags)).not.toContainEqual(['batch'])
    expect(() => randomSamples(inputs, { values: new Map([['x', [1]]]) })).toThrow('--input-value x has 1 values')
  })

  test('are refused for what cannot be made up', () => {
    expect(() => randomSamples([{ name: 's', dtype: null, shape: null }])).toThrow('input "s" is no tensor')
  })
})
