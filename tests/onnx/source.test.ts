import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readModel } from '../../src/graph/read.ts'
import { readOnnx } from '../../src/onnx/read.ts'
import { StreamSource } from '../../src/onnx/stream-source.ts'
import { field, modelBytes, relu } from './message.ts'

const folder = mkdtempSync(join(tmpdir(), 'source-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const weights = Buffer.alloc(40_000, 1)
const model = modelBytes({
  nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['a'] }, relu('a', 'y', 'last')],
  initializers: [{ name: 'w', dims: [10_000], type: 1, data: [field(9, weights)] }],
})

describe('where bytes come from', () => {
  let server: Server
  let base = ''
  let sent = 0
  beforeAll(async () => {
    server = createServer((request, response) => {
      const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '')
      if (request.url === '/gone') return response.writeHead(404).end()
      if (request.url === '/whole' || !range) return response.writeHead(200).end(model)
      const [first, last] = [Number(range[1]), Math.min(Number(range[2]), model.length - 1)]
      const part = model.subarray(first, last + 1)
      sent += part.length
      return response
        .writeHead(206, { 'content-range': `bytes ${first}-${last}/${model.length}`, etag: '"1"' })
        .end(part)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  it('is the same model from a file, memory, a pipe and a URL', async () => {
    const path = join(folder, 'model with space.onnx')
    writeFileSync(path, model)
    async function* drops() {
      for (let at = 0; at < model.length; at += 7) yield model.subarray(at, at + 7)
    }
    const piped = await readOnnx(new StreamSource('-', drops()))
    const models = [await readModel(path), await readModel(model), await readModel(`${base}/model`)]
    for (const { graph, weightBytes } of models) {
      expect(graph.nodes.map((node) => node.op)).toEqual(['Add', 'Relu'])
      expect(weightBytes).toBe(40_000)
    }
    expect(new Set(models.map(({ digest }) => digest)).size).toBe(1)
    expect(piped.model.graph?.node.length).toBe(2)
    expect(piped.source.size).toBe(model.length)
  })

  it('reads a payload from a URL when it is asked for', async () => {
    const { graph } = await readModel(`${base}/model`)
    const payload = graph.initializers.get('w')?.payload
    expect(payload?.elements(1e6)).toBeNull()
    expect(await payload?.read()).toEqual(weights)
    expect(sent).toBeGreaterThan(0)
  })

  it.each([
    ['/gone', 'missing-file'],
    ['/whole', 'no-ranges'],
  ])('says clearly what is wrong with %s', async (path, code) => {
    await expect(readModel(base + path)).rejects.toMatchObject({ name: 'Problem', code })
  })

  it.each([
    ['nowhere.onnx', 'missing-file'],
    ['.', 'not-a-file'],
    ['http://127.0.0.1:9/model', 'unreachable'],
  ])('says clearly that %s cannot be read', async (path, code) => {
    const input = path.startsWith('http') ? path : join(folder, path)
    await expect(readModel(input)).rejects.toMatchObject({ name: 'Problem', code, details: { path: input } })
  })

  it('reads beyond 4 GiB', async () => {
    // Weights of 5 GiB as a hole in the file; the graph's name comes behind them.
    const path = join(folder, 'large.onnx')
    const bytes = 5 * 2 ** 30
    const varint = (value: number): number[] =>
      value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
    const tensorHead = [0x08, ...varint(bytes / 4), 0x10, 1, 0x42, 1, 0x77, 0x4a, ...varint(bytes)]
    const tensorLength = tensorHead.length + bytes
    const behind = [0x12, 3, 0x62, 0x69, 0x67]
    const graphBody = [0x2a, ...varint(tensorLength), ...tensorHead]
    const graphLength = graphBody.length + bytes + behind.length
    const head = [0x08, 8, 0x3a, ...varint(graphLength), ...graphBody]
    const tail = [...behind, 0x42, 2, 0x10, 17]
    const descriptor = openSync(path, 'w')
    writeSync(descriptor, Uint8Array.from(head), 0, head.length, 0)
    ftruncateSync(descriptor, head.length + bytes)
    writeSync(descriptor, Uint8Array.from(tail), 0, tail.length, head.length + bytes)
    closeSync(descriptor)
    const large = await readModel(path)
    expect(large.graph.name).toBe('big')
    expect(large.weightBytes).toBe(bytes)
    expect(large.opsets.get('')).toBe(17)
    expect(large.findings.filter(({ id }) => id === 'model/tensor-size')).toEqual([])
  })
})
