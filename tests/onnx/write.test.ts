import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readModel } from '../../src/graph/read.ts'
import { FileSource } from '../../src/onnx/file-source.ts'
import { readOnnx } from '../../src/onnx/read.ts'
import { MemorySource } from '../../src/onnx/source.ts'
import { modelToBytes, writeModel } from '../../src/onnx/write.ts'
import { field, modelBytes, relu } from './message.ts'

const folder = mkdtempSync(join(tmpdir(), 'write-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const weights = Buffer.from(Float32Array.from({ length: 100_000 }, (_, i) => i).buffer)
const bytes = modelBytes({
  nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['a'], name: 'add' }, relu('a', 'y', 'last')],
  initializers: [
    {
      name: 'w',
      dims: [100_000],
      type: 1,
      // The weights, a doc string, and a field that ONNX does not have.
      data: [field(9, weights), field(12, Buffer.from('doc '.repeat(200))), field(300, Buffer.from('new'))],
    },
  ],
})

describe('writing', () => {
  it('gives back every byte of what was not changed', async () => {
    expect(Buffer.from(await modelToBytes(await readOnnx(new MemorySource('m', bytes))))).toEqual(bytes)
  })

  it('changes what was changed and copies the weights by range', async () => {
    const path = join(folder, 'in.onnx')
    const out = join(folder, 'out.onnx')
    writeFileSync(path, bytes)
    const file = await readOnnx(new FileSource(path))
    const first = file.model.graph?.node[0]
    if (!first) throw new Error('no node')
    first.name = 'a longer name \\xFF'
    await writeModel(file, out)
    const model = await readModel(out)
    expect(model.graph.nodes.map(({ name }) => name)).toEqual(['a longer name \\xFF', 'last'])
    expect(await model.graph.initializers.get('w')?.payload.read()).toEqual(weights)
    expect(readFileSync(out).includes('doc doc')).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['in.onnx', 'out.onnx'])
  })

  it('leaves nothing behind when it fails', async () => {
    const file = await readOnnx(new MemorySource('m', bytes))
    await expect(writeModel(file, join(folder, 'no', 'such', 'folder.onnx'))).rejects.toThrow()
    expect(readdirSync(folder).some((name) => name.endsWith('.partial'))).toBe(false)
  })
})

describe('identity', () => {
  it('is that of graph and layout, not of the weights; the hash is that of all bytes', async () => {
    const other = Buffer.from(bytes)
    other.writeFloatLE(42, bytes.indexOf(weights.subarray(0, 64)) + 400)
    const [a, b] = [await readModel(bytes, { hash: true }), await readModel(other, { hash: true })]
    expect(a.digest).toBe(b.digest)
    expect(a.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(a.sha256).not.toBe(b.sha256)
    expect((await readModel(bytes)).sha256).toBeNull()
  })
})
