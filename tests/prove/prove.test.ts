/** The real providers, asked about small models, without a GPU. */
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Builder } from '../../models/builder.ts'
import { assess } from '../../src/assess/assess.ts'
import { prove } from '../../src/prove/prove.ts'
import { isFailure, type TargetResult } from '../../src/result/result.ts'
import { deploycheck } from '../cli/terminal.ts'
import { ownTemporaryFolder } from '../runtimes/own-temporary.ts'

ownTemporaryFolder()

const detector = 'models/detector-nms.onnx'
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'prove-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

async function proved(path: string, targets: readonly string[], asIs = false): Promise<readonly TargetResult[]> {
  const result = await assess([path], {
    targets: [...targets],
    asIs,
    prove: (model, answers) => prove(model, answers, { asIs }),
  })
  const [model] = result.models
  if (!model || isFailure(model)) throw new Error('not read')
  return model.targets ?? []
}

const idsOf = ({ findings }: TargetResult): string[] => findings.map(({ id }) => id)

function withExternal(node: object[], name: string, dataType: number, dims: number[], version = 17): Uint8Array {
  const { onnx } = onnxProto
  const value = (called: string, size: number) => ({
    name: called,
    type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 1 }, { dimValue: size }] } } },
  })
  const externalData = [{ key: 'location', value: `${name}.bin` }]
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version }],
    graph: {
      name: 'external',
      node,
      initializer: [{ name, dataType, dims, dataLocation: 1, externalData }],
      input: [value('x', 256)],
      output: [{ name: 'y', type: { tensorType: { elemType: 1 } } }],
    },
  }).finish()
}

describe('with the providers of this machine', () => {
  test('WebGPU says the same of every node, on the GPU and on the CPU', { timeout: 120_000 }, async () => {
    const [native, jsep] = await proved(detector, ['webgpu', 'webgpu@impl=jsep'])
    expect(native).toMatchObject({ verdict: 'partial', verified: true, proof: { differ: 0 } })
    expect(jsep).toMatchObject({ verified: true, proof: { differ: 0 } })
    const onHost = native?.nodes.filter(({ placement, verified }) => placement === 'host' && verified === true)
    expect(onHost?.map(({ op }) => op)).toContain('NonMaxSuppression')
    expect(
      native?.nodes.filter(({ placement }) => placement === 'folded').every((node) => node.verified === null),
    ).toBe(true)
  })

  test('wasm and cpu make a session, as said', async () => {
    for (const target of await proved(detector, ['cpu', 'wasm', 'wasm@build=reduced']))
      expect(target).toMatchObject({ verdict: 'ready', verified: true, proof: { differ: 0 } })
  })

  test('a node that no kernel runs is refused by name, and the name is that of the model', async () => {
    const model = new Builder({ name: 'refused', description: '', opset: 21 }, 1)
    const x = model.node('Sin', [model.input('x', 'bfloat16', [4])], {}, { name: 'the <sine>' })
    model.node('Identity', [x], {}, { name: 'after', outputs: ['y'] })
    model.output('y', 'bfloat16', [4])
    const [cpu] = await proved(written('refused.onnx', model.encode()), ['cpu'], true)
    expect(cpu).toMatchObject({
      verdict: 'blocked',
      verified: true,
      nodes: [{ placement: 'blocked', verified: true }, {}],
    })
  })

  test('a model that the release does not load at all is blocked, and that is so', async () => {
    const model = new Builder({ name: 'new', description: '', opset: 27, irVersion: 10 }, 1)
    model.node('Relu', [model.input('x', 'float32', [4])], {}, { outputs: ['y'] })
    model.output('y', 'float32', [4])
    const [cpu] = await proved(written('new.onnx', model.encode()), ['cpu'])
    expect(cpu).toMatchObject({ verdict: 'blocked', verified: true })
  })

  test('large external weights are files of zeros that take no room', async () => {
    const bytes = withExternal([{ opType: 'MatMul', input: ['x', 'w'], output: ['y'] }], 'w', 1, [256, 1024])
    writeFileSync(join(folder, 'w.bin'), '')
    truncateSync(join(folder, 'w.bin'), 4 * 256 * 1024)
    for (const target of await proved(written('weights.onnx', bytes), ['cpu', 'wasm']))
      expect(target).toMatchObject({ verdict: 'ready', verified: true })
  })

  test.each(['Reshape', 'Expand', 'ReduceLogSum', 'ReduceLogSumExp', 'Squeeze'])(
    'a shape of %s in external data is refused, as said',
    async (opType) => {
      const bytes = withExternal([{ opType, input: ['x', 's'], output: ['y'] }], 's', 7, [1], 18)
      writeFileSync(join(folder, 's.bin'), new Uint8Array(BigInt64Array.of(0n).buffer))
      const [cpu] = await proved(written(`${opType}.onnx`, bytes), ['cpu'])
      expect(cpu).toMatchObject({ verdict: 'blocked', verified: true })
      expect(cpu?.nodes[0]?.why).toContain('external data, which ONNX Runtime refuses to load')
    },
  )

  test('what inference does not read may lie there', async () => {
    const node = { opType: 'Gather', input: ['x', 's'], output: ['y'] }
    writeFileSync(join(folder, 's.bin'), new Uint8Array(BigInt64Array.of(0n).buffer))
    const [cpu] = await proved(written('gather.onnx', withExternal([node], 's', 7, [1], 18)), ['cpu'])
    expect(cpu).toMatchObject({ verdict: 'ready', verified: true })
  })

  test('models without any input are asked about, too', async () => {
    const model = new Builder({ name: 'constant', description: '', opset: 17 }, 1)
    model.node('RandomNormal', [], { shape: [4] }, { outputs: ['y'] })
    model.output('y', 'float32', [4])
    const [cpu] = await proved(written('constant.onnx', model.encode()), ['cpu'])
    expect(cpu).toMatchObject({ verdict: 'ready', verified: true })
  })
})

test('another release than the installed one is not asked, and the note says what to install', async () => {
  const [cpu] = await proved(detector, ['cpu@ort=1.32'])
  expect(cpu).toMatchObject({ verified: null })
  expect(cpu?.nodes.every(({ verified }) => verified === null)).toBe(true)
  const note = cpu?.findings.find(({ id }) => id === 'cpu/not-proved')
  expect(note).toMatchObject({ severity: 'note', fix: 'npm install --save-dev onnxruntime-node@1.32' })
})

test('targets that no machine answers for stay as they are', async () => {
  const [nnapi] = await proved(detector, ['nnapi'])
  expect(nnapi?.verified).toBeNull()
  expect(idsOf(nnapi as TargetResult)).not.toContain('nnapi/not-proved')
})

test('a model from standard input or a server cannot be asked about', async () => {
  const [target] = await proved(detector, ['cpu'])
  if (!target) throw new Error('no target')
  const [answer] = await prove('https://example.com/model.onnx', [target])
  expect(answer?.findings.map(({ message }) => message)).toContain(
    'not proved: a real provider is asked about files only',
  )
})

test('beyond its time the question is given up, and nothing is left behind', async () => {
  const before = readdirSync(tmpdir())
  const [target] = (await proved(detector, ['cpu'])) as [TargetResult]
  const [answer] = await prove(detector, [target], { timeLimit: 1 })
  expect(answer).toMatchObject({ verified: null })
  expect(answer?.findings.at(-1)?.message).toContain('gave no answer within 0.001 s')
  expect(readdirSync(tmpdir()).filter((name) => !before.includes(name))).toEqual([])
})

test('the command says it in a line per target', async () => {
  const { code, out } = await deploycheck([detector, '--target', 'cpu', '--prove'])
  expect(code).toBe(0)
  expect(out).toMatch(/^cpu: proved by onnxruntime-node 1\.30\.0, \d+ nodes as said$/m)
})
