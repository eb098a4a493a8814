/** A session of a model on the CPU with fixed inputs, as the benches of latency measure it. */
import { seeded } from '../src/latency/random.ts'
import type { Subject } from '../src/latency/sample.ts'
import { createRuntime } from '../src/runtimes/registry.ts'
import type { Runtime, Session } from '../src/runtimes/runtime.ts'
import type { Tensors } from '../src/tensors/tensor.ts'

export interface Opened {
  readonly runtime: Runtime
  readonly session: Session
  readonly feeds: Tensors
  readonly subject: Subject
}

/** In a process of its own, with one thread. Only models whose inputs are float32 or int64. */
export async function openOnCpu(path: string): Promise<Opened> {
  const runtime = createRuntime('cpu', { threads: 1 })
  const session = await runtime.open({ path })
  const feeds = feedsOf(session)
  const measure = async (runs: number) => (await session.measure(feeds, runs)).map((model) => ({ model }))
  return { runtime, session, feeds, subject: { id: path, measure } }
}

/** The same values each time; sizes that are open are 1. */
export function feedsOf(session: Pick<Session, 'inputs'>): Tensors {
  const random = seeded(1)
  return Object.fromEntries(
    session.inputs.map(({ name, dtype, shape }) => {
      const dims = (shape ?? []).map((dim) => (typeof dim === 'number' ? dim : 1))
      const length = dims.reduce((product, dim) => product * dim, 1)
      if (dtype === 'int64') return [name, { dtype, dims, data: new BigInt64Array(length).fill(1n) }]
      if (dtype !== 'float32') throw new Error(`${name} is ${dtype}`)
      return [name, { dtype, dims, data: Float32Array.from({ length }, () => random()) }]
    }),
  )
}
