import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runModel } from '../../src/assess/run-model.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { parseBudget } from '../../src/latency/budgets.ts'
import { Problem } from '../../src/result/problem.ts'
import type { Result } from '../../src/result/result.ts'
import { nodeTimes } from '../../src/run/node-costs.ts'
import type { LatencyOptions } from '../../src/run/options.ts'
import type { NodeTime } from '../../src/runtimes/runtime.ts'

const models = resolve(import.meta.dirname, '../../models')
const spotter = join(models, 'keyword-spotter-lstm.onnx')
const folder = mkdtempSync(join(tmpdir(), 'deploycheck-latency-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const measured = (latency: LatencyOptions, own: Parameters<typeof runModel>[2] = {}): Promise<Result> =>
  runModel(spotter, null, {
    runtimes: ['cpu'],
    settings: { threads: 1 },
    latency: { preset: 'rapid', ...latency },
    ...own,
  })
const latencyOf = (result: Result) => result.runs?.[0]?.runtimes.find(({ id }) => id === 'cpu')?.latency

describe('a measured run', () => {
  it('has load, first and warm runs, memory, and the time of each node', async () => {
    const { runs, exitCode } = await measured({})
    const latency = runs?.[0]?.runtimes[0]?.latency
    expect(exitCode).toBe(0)
    expect(latency?.load).toBeGreaterThan(0)
    expect(latency?.first).toBeGreaterThan(0)
    expect(latency?.warm).toMatchObject({ n: 64, p50: expect.any(Number), p99: null })
    expect(latency?.warm.samples.length).toBe(64)
    expect(latency?.stages.model?.n).toBe(64)
    expect(latency?.memoryBytes).toBeGreaterThan(1e6)
    expect(latency?.repetitions.length).toBe(1)
    const lstm = latency?.perOp.find(({ op }) => op === 'LSTM')
    expect(lstm?.node).toEqual(expect.any(Number))
    expect(lstm?.macs).toBeGreaterThan(0)
    expect(runs?.[0]?.findings.map(({ id }) => id)).toContain('run/costly')
  })

  it('is not measured unless asked', async () => {
    const { runs } = await runModel(spotter, null, { runtimes: ['cpu'] })
    expect(runs?.[0]?.runtimes[0]?.latency).toBeNull()
  })

  it('saves a baseline, and is held against it', async () => {
    const file = join(folder, 'base.json')
    await measured({ saveBaseline: file, repeat: 5 })
    expect(JSON.parse(readFileSync(file, 'utf8')).entries[0].runtimes[0].repetitions.length).toBe(5)
    const again = await measured({ baseline: file })
    expect(again.runs?.[0]?.baseline?.verdict).toMatch(/same|inconclusive|faster/)
    // The same figures, but a hundredth of them: what runs now is slower beyond any noise.
    const text = JSON.parse(readFileSync(file, 'utf8'))
    const [entry] = text.entries
    for (const runtime of entry.runtimes) runtime.repetitions = runtime.repetitions.map((ms: number) => ms / 100)
    writeFileSync(file, JSON.stringify(text))
    const slower = await measured({ baseline: file, repeat: 5 })
    expect(slower.runs?.[0]?.baseline?.verdict).toBe('slower')
    expect(slower.exitCode).toBe(1)
    expect(slower.gates).toMatchObject([{ gate: 'baseline', target: 'cpu' }])
  })

  it('that breaks a budget fails, and says by how much', async () => {
    const budgets = [parseBudget('p50', 'cpu=1us'), parseBudget('model-bytes', '1kB'), parseBudget('memory', '100GB')]
    const { gates, exitCode } = await measured({ budgets })
    expect(exitCode).toBe(1)
    expect(gates.map(({ gate, target }) => [gate, target])).toEqual([
      ['p50', 'cpu'],
      ['model-bytes', null],
    ])
    expect(gates[0]?.message).toMatch(/the median on cpu is .* ms \(--max-p50 cpu=1us\)/)
  })

  it('counts runs in flight', async () => {
    const latency = latencyOf(await measured({ concurrency: 3 }))
    expect(latency).toMatchObject({ concurrency: 3 })
    expect(latency?.warm.n).toBe(64)
    expect(latency?.warm.throughput).toBeGreaterThan(0)
  })

  it('that is interrupted keeps what there is, and is marked', async () => {
    const abort = new AbortController()
    const onStep = (text: string) => {
      if (text.startsWith('measuring')) abort.abort()
    }
    const result = await measured({ preset: 'normal' }, { signal: abort.signal, onStep })
    expect(result.partial).toBe(true)
    expect(latencyOf(result)?.warm.n).toBeGreaterThan(0)
    expect(latencyOf(result)?.warm.n).toBeLessThan(1024)
  })
})

describe('what cannot be asked', () => {
  it('is said before anything runs', async () => {
    const code = async (latency: LatencyOptions) => {
      try {
        await measured(latency)
      } catch (error) {
        return error instanceof Problem ? error.code : error
      }
      return null
    }
    expect(await code({ baseline: join(folder, 'missing.json') })).toBe('not-found')
    writeFileSync(join(folder, 'broken.json'), '{')
    expect(await code({ baseline: join(folder, 'broken.json') })).toBe('baseline-broken')
    expect(await code({ budgets: [parseBudget('p50', 'wasm=3ms')] })).toBe('unknown-runtime')
  })
})

describe('nodes of the runtime', () => {
  const time = (name: string, op: string, own: Partial<NodeTime> = {}): NodeTime => ({
    name,
    op,
    provider: 'CPUExecutionProvider',
    time: 1,
    deviceTime: null,
    ...own,
  })
  const read = async (nodes: NodeTime[]) => {
    const inference = inferModel(await readModel(join(models, 'unet.onnx')))
    const placement = { nodes: {}, copies: 0, fallback: {} }
    return { inference, found: nodeTimes({ placement, runs: 2, nodes }, inference) }
  }

  it('are those of the file, under the names that optimisations give them', async () => {
    const { inference, found } = await read([
      time('/down.0/Relu_output_0_nchwc', 'Conv', { time: 5 }),
      time('/down.0/MaxPool', 'MaxPool', { time: 4 }),
      time('/up.0/ConvTranspose_token_12', 'ConvTranspose', { time: 3 }),
      time('ReorderOutput_token_53', 'ReorderOutput', { time: 2 }),
    ])
    const ops = found.map(({ node }) => (typeof node === 'number' ? inference.model.graph.nodes[node]?.op : node))
    expect(ops).toEqual(['Conv', 'MaxPool', 'ConvTranspose', null])
    expect(found[0]?.macs).toBeGreaterThan(0)
    expect(found.map(({ share }) => share).reduce((a, b) => a + b)).toBeCloseTo(1, 10)
  })

  it('on a GPU count by its clock, and a copy without the time that it waits for work', async () => {
    const gpu = { provider: 'WebGpuExecutionProvider' }
    const { found } = await read([
      time('/down.0/Conv', 'Conv', { ...gpu, time: 0.1, deviceTime: 40 }),
      time('Memcpy_token_1', 'MemcpyToHost', { ...gpu, time: 42 }),
    ])
    expect(found.map(({ op, ms, bound }) => [op, ms, bound === 'copy'])).toEqual([
      ['Conv', 40, false],
      ['MemcpyToHost', 2, true],
    ])
  })
})
