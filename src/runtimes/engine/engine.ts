/**
 * Sessions of onnxruntime and the user's code where they live: in a child process and in a page alike. Time is taken
 * here, so that no figure holds the way of tensors between processes.
 */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import type { DType } from '../../graph/dtype.ts'
import { nearest } from '../../result/nearest.ts'
import { Problem } from '../../result/problem.ts'
import type { Tensor, Tensors } from '../../tensors/tensor.ts'
import type { Adapter, SessionValue } from '../runtime.ts'
import type { Method, OpenRequest, Requests } from './requests.ts'
import { type Build, fromOrt, mustCarry, toOrt } from './values.ts'

/** The part of onnxruntime's modules that is used here. */
export type Ort = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor' | 'env'>

/** What differs between a process and a page. */
export interface Place {
  start(request: Requests['start'][0]): Promise<{ ort: Ort; build: Build }>
  /** Where the next profile goes, for builds that write files. */
  profilePrefix(): string | undefined
  /** The profile that `end` makes the runtime write. */
  profileText(end: () => void, prefix: string | undefined): Promise<string>
  memory(): Promise<number | null>
  adapter(request: Requests['adapter'][0]): Promise<Requests['adapter'][1]>
  /** The GPU of the sessions, where the runtime tells. */
  sessionAdapter(ort: Ort): Promise<Adapter | null>
}

export type Engine = { readonly [M in Method]: (request: Requests[M][0]) => Promise<Requests[M][1]> }

interface Open {
  readonly session: InferenceSession
  readonly inputs: readonly SessionValue[]
  readonly outputs: readonly SessionValue[]
  readonly profilePrefix: string | undefined
}

export function createEngine(place: Place): Engine {
  let runtime: { ort: Ort; build: Build } | null = null
  const sessions = new Map<number, Open>()
  const modules = new Map<number, Readonly<Record<string, unknown>>>()
  let lastId = 0

  const started = (): { ort: Ort; build: Build } => {
    if (!runtime) throw new Error('asked before start')
    return runtime
  }
  const opened = (id: number): Open => {
    const session = sessions.get(id)
    if (!session) throw new Problem('session-closed', 'the session is closed', { fix: 'open it again' })
    return session
  }

  /** Feeds as onnxruntime wants them, and the names of the outputs. */
  function prepare(open: Open, feeds: Tensors, fetches: readonly string[] | null) {
    const { ort, build } = started()
    const names = fetches ?? open.outputs.map(({ name }) => name)
    for (const name of names) mustCarry(build, 'out', valueNamed('output', open.outputs, name))
    const given: Record<string, OrtTensor> = {}
    for (const [name, tensor] of Object.entries(feeds)) {
      const input = valueNamed('input', open.inputs, name)
      mustCarry(build, 'in', input)
      mustFit(input, tensor)
      given[name] = toOrt(ort.Tensor as never, build, name, tensor)
    }
    for (const { name } of open.inputs)
      if (!Object.hasOwn(given, name))
        throw new Problem('bad-feeds', `input ${JSON.stringify(name)} is missing`, {
          expected: `all of ${open.inputs.map((input) => JSON.stringify(input.name)).join(', ')}`,
        })
    return { given, names }
  }

  return {
    async start(request) {
      runtime = await place.start(request)
      return null
    },

    async open(request) {
      const { ort } = started()
      const profilePrefix = request.profiling ? place.profilePrefix() : undefined
      const before = performance.now()
      const session = await ort.InferenceSession.create(request.model as string, sessionOptions(request, profilePrefix))
      const time = performance.now() - before
      const inputs = valuesOf(session.inputMetadata)
      const outputs = valuesOf(session.outputMetadata)
      const id = ++lastId
      sessions.set(id, { session, inputs, outputs, profilePrefix })
      return { session: id, inputs, outputs, time, adapter: await place.sessionAdapter(ort) }
    },

    async run({ session, feeds, fetches }) {
      const open = opened(session)
      const { given, names } = prepare(open, feeds, fetches)
      const { results, time } = await timedRun(open.session, given, names)
      const outputs: Record<string, Tensor> = {}
      for (const name of names) {
        const tensor = Object.hasOwn(results, name) ? results[name] : undefined
        if (!tensor) throw new Problem('run-failed', `output ${JSON.stringify(name)} did not come back`)
        outputs[name] = fromOrt(tensor)
      }
      return { outputs, time }
    },

    async measure({ session, feeds, runs, timeLimit }) {
      const open = opened(session)
      const { given, names } = prepare(open, feeds, null)
      const times: number[] = []
      const end = performance.now() + timeLimit / 2
      do times.push((await timedRun(open.session, given, names)).time)
      while (times.length < runs && performance.now() < end)
      return times
    },

    async profile({ session }) {
      const open = opened(session)
      return place.profileText(() => open.session.endProfiling(), open.profilePrefix)
    },

    memory: () => place.memory(),
    adapter: (request) => place.adapter(request),

    async close({ session }) {
      const open = sessions.get(session)
      sessions.delete(session)
      await open?.session.release()
      return null
    },

    async load({ url }) {
      const loaded = (await import(/* @vite-ignore */ url)) as Readonly<Record<string, unknown>>
      const code = ++lastId
      modules.set(code, loaded)
      return { code, exports: Object.keys(loaded) }
    },

    async call({ code, name, args }) {
      const { self, method } = findFunction(modules.get(code) ?? {}, name)
      const before = performance.now()
      const value: unknown = await method.apply(self, [...args])
      return { value, time: performance.now() - before }
    },
  }
}

function sessionOptions(request: OpenRequest, profilePrefix: string | undefined): InferenceSession.SessionOptions {
  const { provider, graphOptimizationLevel, threads, profiling, config, externalData } = request
  return {
    // One provider and no other: with a second one onnxruntime drops what it does not have without an error.
    executionProviders: [provider as unknown as InferenceSession.ExecutionProviderConfig],
    graphOptimizationLevel,
    // What goes wrong is in the error; warnings of a good session are noise.
    logSeverityLevel: 3,
    ...(threads === null ? {} : { intraOpNumThreads: threads }),
    ...(profiling ? { enableProfiling: true } : {}),
    ...(profilePrefix === undefined ? {} : { profileFilePrefix: profilePrefix }),
    ...(externalData.length === 0 ? {} : { externalData }),
    ...(Object.keys(config).length === 0 ? {} : { extra: config }),
  }
}

const valuesOf = (metadata: readonly InferenceSession.ValueMetadata[]): SessionValue[] =>
  metadata.map((value) =>
    value.isTensor
      ? { name: value.name, dtype: value.type as DType, shape: value.shape.map(sizeOf) }
      : { name: value.name, dtype: null, shape: null },
  )

function valueNamed(what: 'input' | 'output', values: readonly SessionValue[], name: string): SessionValue {
  const value = values.find((one) => one.name === name)
  if (value) return value
  const names = values.map((one) => one.name)
  const near = nearest(name, names)
  throw new Problem('bad-feeds', `the model has no ${what} ${JSON.stringify(name)}`, {
    expected: `one of ${names.map((one) => JSON.stringify(one)).join(', ')}`,
    ...(near === null ? {} : { fix: `did you mean ${JSON.stringify(near)}?` }),
  })
}

/** Type, rank and the sizes that are numbers: said before the run, in the same words on each runtime. */
/** A size that the model leaves open without a name is -1 in the file, which onnxruntime-web reads as 2^32 - 1. */
const sizeOf = (size: number | string): number | string =>
  typeof size === 'number' && (size < 0 || size >= 2 ** 31) ? '' : size

function mustFit({ name, dtype, shape }: SessionValue, tensor: Tensor): void {
  const { dims } = tensor
  const found = `${tensor.dtype} [${dims.join(', ')}]`
  if (
    tensor.dtype === dtype &&
    shape &&
    shape.length === dims.length &&
    shape.every((dim, i) => typeof dim === 'string' || dim === dims[i])
  )
    return
  throw new Problem('bad-feeds', `input ${JSON.stringify(name)}: found ${found}`, {
    expected: `${dtype} [${(shape ?? []).map((dim) => (dim === '' ? '?' : dim)).join(', ')}]`,
  })
}

/** Every output is in memory before the clock stops. */
async function timedRun(session: InferenceSession, feeds: Record<string, OrtTensor>, names: readonly string[]) {
  const before = performance.now()
  const results = await session.run(feeds, names)
  for (const name of names) {
    const tensor = results[name]
    if (tensor && tensor.location !== 'cpu') await tensor.getData(true)
  }
  return { results, time: performance.now() - before }
}

function findFunction(exports: Readonly<Record<string, unknown>>, name: string) {
  let self: unknown
  let found: unknown = exports
  for (const key of name.split('.')) {
    self = found
    found = (found as Record<string, unknown> | null | undefined)?.[key]
  }
  if (typeof found !== 'function')
    throw new Problem('code-failed', `the module has no function ${name}`, {
      expected: `one of its exports: ${Object.keys(exports).join(', ') || 'none'}`,
    })
  return { self, method: found as (...args: unknown[]) => unknown }
}
