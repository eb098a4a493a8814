/**
 * What measuring costs, and whether it agrees with a loop written by hand: both run the same session, in the same
 * process, block by block in turn. Claims: our own cost per run is under 1 % of a model of 5 ms; our median is within
 * 2 % of the loop's for three models of different size.
 */
import { resolve } from 'node:path'
import * as ort from 'onnxruntime-node'
import { seeded, shuffled } from '../src/latency/random.ts'
import { fastEnd, median } from '../src/latency/statistics.ts'
import { createEngine, type Engine, type Ort, type Place } from '../src/runtimes/engine/engine.ts'
import type { Tensors } from '../src/tensors/tensor.ts'
import { verdict } from './measure.ts'
import { feedsOf } from './samples.ts'

const models = ['keyword-spotter-lstm', 'text-encoder', 'efficientnet-lite']
const rounds = 60
const ownCosts: number[] = []

for (const name of models) {
  const path = resolve(import.meta.dirname, `../models/${name}.onnx`)
  const session = await ort.InferenceSession.create(path, { intraOpNumThreads: 1, logSeverityLevel: 3 })
  const { engine, id, feeds } = await engineOn(session)
  const given = Object.fromEntries(
    Object.entries(feeds).map(([key, { dtype, data, dims }]) => [
      key,
      new ort.Tensor(dtype as 'float32', data as never, dims),
    ]),
  )
  const byHand = async (runs: number): Promise<number[]> => {
    const times: number[] = []
    for (let i = 0; i < runs; i++) {
      const start = performance.now()
      await session.run(given)
      times.push(performance.now() - start)
    }
    return times
  }
  const ours = (runs: number) => engine.measure({ session: id, feeds, runs, timeLimit: 1e6 })
  await byHand(20)
  await ours(20)
  const block = Math.max(4, Math.round(30 / median(await byHand(20))))
  const series = {
    hand: { wall: [] as number[], times: [] as number[] },
    ours: { wall: [] as number[], times: [] as number[] },
  }
  const random = seeded(1)
  for (let round = 0; round < rounds; round++)
    for (const who of shuffled(['hand', 'ours'] as const, random)) {
      const start = performance.now()
      const times = await (who === 'hand' ? byHand : ours)(block)
      series[who].wall.push((performance.now() - start) / block)
      series[who].times.push(...times)
    }
  await session.release()
  // The cost that the clock of a run does not see, and the wall does: the loop around it, the feeds, the list of times.
  const cost = fastEnd(series.ours.wall) - fastEnd(series.hand.wall)
  ownCosts.push(cost)
  const [own, hand] = [median(series.ours.times), median(series.hand.times)]
  console.log(
    `${name}: by hand ${hand.toFixed(3)} ms, ours ${own.toFixed(3)} ms (fast ends ${fastEnd(series.hand.times).toFixed(3)}, ` +
      `${fastEnd(series.ours.times).toFixed(3)}); own cost per run ${(cost * 1000).toFixed(1)} µs`,
  )
  verdict(`${name}: medians apart, %`, Math.abs(own / hand - 1) * 100, 2)
}
verdict('own cost per run, % of 5 ms', (median(ownCosts) / 5) * 100, 1)

/** Our engine over a session that is already open. */
async function engineOn(session: ort.InferenceSession): Promise<{ engine: Engine; id: number; feeds: Tensors }> {
  const given = {
    InferenceSession: { create: async () => session },
    Tensor: ort.Tensor,
    env: ort.env,
  } as unknown as Ort
  const place: Place = {
    start: async () => ({ ort: given, build: 'native' }),
    profilePrefix: () => undefined,
    profileText: async () => '',
    memory: async () => null,
    adapter: async () => ({ webgpu: null, webnn: null }),
    sessionAdapter: async () => null,
  }
  const engine = createEngine(place)
  await engine.start({ module: '', build: 'native', threads: 1 } as never)
  const request = { model: '', provider: { name: 'cpu' }, graphOptimizationLevel: 'all', threads: 1, profiling: false }
  const { session: id, inputs } = await engine.open({ ...request, config: {}, externalData: [] } as never)
  return { engine, id, feeds: feedsOf({ inputs }) }
}
