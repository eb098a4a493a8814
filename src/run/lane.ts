/**
 * One runtime in a run: its session, and the user's code beside it. Whatever ends its process or page costs the sample
 * at hand; the next one gets a new one, a few times.
 */
import { isProblem, Problem } from '../result/problem.ts'
import type { RuntimePlacement, Stage } from '../result/run.ts'
import type { Adapter, Availability, Runtime, Session } from '../runtimes/runtime.ts'
import type { Tensors } from '../tensors/tensor.ts'
import type { Description, Preprocessed } from '../wrapper/host.ts'
import { bundleWrapper, type WrapperClient, wrapperClient } from '../wrapper/load.ts'
import { checkFeeds } from '../wrapper/outputs.ts'
import type { Context, Sample } from '../wrapper/wrapper.ts'
import { wrapperTimeLimit } from './options.ts'

/** After so many new starts in a row nothing more is expected of it. */
const mostRestarts = 2

const endsTheHost = new Set(['runtime-timeout', 'runtime-crashed', 'session-closed'])

export class Lane {
  availability: Availability | null = null
  /** Why it does not run at all: not available, or it refuses the model. */
  refusal: Problem | null = null
  placement: RuntimePlacement | null = null
  adapter: Adapter | null = null
  /** Outputs that are no tensors. */
  leftOut: readonly string[] = []
  private session: Session | null = null
  private client: WrapperClient | null = null
  private restarts = 0

  constructor(
    readonly runtime: Runtime,
    readonly model: { readonly path: string },
    /** Path of the user's module. */
    readonly wrapper: string | null,
  ) {}

  get id(): string {
    return this.runtime.id
  }

  /** Whether another accelerator than the CPU was asked for. */
  get isAccelerated(): boolean {
    return this.runtime.kind !== 'cpu'
  }

  get status(): 'ok' | 'unavailable' | 'failed' {
    if (!this.refusal) return 'ok'
    return this.availability?.available ? 'failed' : 'unavailable'
  }

  /** Starts everything. What goes wrong is `refusal`. @throws Problem `interrupted`, and what is wrong with the wrapper */
  async open(): Promise<void> {
    this.availability = await this.runtime.available()
    const { available, reason, fix } = this.availability
    if (!available) {
      this.refusal = new Problem('runtime-unavailable', reason ?? `${this.id} is not available`, fix ? { fix } : {})
      return
    }
    this.adapter = this.availability.adapter
    try {
      const session = await this.openSession()
      this.adapter = session.adapter ?? this.adapter
    } catch (error) {
      if (!isProblem(error) || error.code === 'interrupted') throw error
      this.refusal = error
      return
    }
    await this.code()
  }

  private async openSession(): Promise<Session> {
    // The profile of the first run tells where the nodes ran; after that the session runs without.
    this.session ??= await this.runtime.open(this.model, { profiling: this.placement === null })
    return this.session
  }

  /** The session, for whoever measures or looks inside. */
  live(): Promise<Session> {
    return this.openSession()
  }

  /** Null where there is no wrapper. */
  async code(): Promise<WrapperClient | null> {
    if (this.wrapper === null) return null
    this.client ??= wrapperClient(await this.runtime.load(await bundleWrapper(this.wrapper, this.runtime.platform)))
    return this.client
  }

  async describe(): Promise<Description | null> {
    return (await this.code())?.describe() ?? null
  }

  /** What enters the model. */
  preprocess(sample: Sample): Promise<Preprocessed> {
    return this.guard('pre', async () => {
      const client = await this.code()
      const made = client
        ? (await client.preprocess(sample, wrapperTimeLimit)).value
        : { tensors: sample.tensors ?? {}, context: {} }
      const [problem] = checkFeeds(made.tensors, (await this.openSession()).inputs)
      // Without a wrapper nobody has computed the inputs: what is not finite was meant so.
      if (problem && (client || problem.code !== 'not-finite')) throw problem
      return made
    })
  }

  run(feeds: Tensors): Promise<Tensors> {
    return this.guard('model', async () => {
      const session = await this.openSession()
      const { outputs } = await session.run(feeds, this.tensorsOf(session))
      this.placement ??= await session.placement().catch(() => null)
      return outputs
    })
  }

  /** The outputs that are tensors: sequences and maps do not come out of onnxruntime's bindings for JavaScript. */
  private tensorsOf({ outputs }: Session): string[] {
    const left = outputs.filter(({ dtype }) => dtype === null).map(({ name }) => name)
    // With nothing else to ask for, the runtime says best what is wrong.
    if (left.length === outputs.length) return outputs.map(({ name }) => name)
    this.leftOut = left
    return outputs.filter(({ dtype }) => dtype !== null).map(({ name }) => name)
  }

  postprocess(outputs: Tensors, sample: Sample, context: Context): Promise<unknown> {
    return this.guard('post', async () => {
      const client = await this.code()
      return client ? (await client.postprocess(outputs, sample, context, wrapperTimeLimit)).value : undefined
    })
  }

  private async guard<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    if (this.refusal) throw this.refusal
    try {
      const value = await work()
      if (stage === 'model') this.restarts = 0
      return value
    } catch (error) {
      if (isProblem(error) && endsTheHost.has(error.code)) this.lost(error)
      throw error
    }
  }

  /** The process or page is gone, with the session and the code. */
  private lost(problem: Problem): void {
    this.session = null
    this.client = null
    if (++this.restarts > mostRestarts) this.refusal = problem
  }

  async close(): Promise<void> {
    this.session = null
    this.client = null
    await this.runtime.close()
  }
}
