/** A session and the user's code in a host, as the caller holds them. */
import type { Host } from './engine/host.ts'
import type { Opened, Requests } from './engine/requests.ts'
import { readProfile } from './profile.ts'
import type { Adapter, LoadedCode, Session, SessionProfile } from './runtime.ts'
import { problemOf } from './words.ts'

export interface About {
  /** Of the runtime. */
  readonly id: string
  readonly accelerator: string
  readonly adapter: Adapter | null
  readonly profiling: boolean
  readonly timeLimit: number
}

/** @param fail turns an error of a request into the one to throw */
export function hostedSession(
  host: Host,
  { session, inputs, outputs, time, adapter }: Opened,
  about: About,
  fail: (error: unknown) => Promise<Error>,
): Session {
  const { timeLimit } = about
  const ask: Host['ask'] = async (method, request, limit) => {
    try {
      return await host.ask(method, request, limit)
    } catch (error) {
      throw await fail(error)
    }
  }
  let taken: Promise<SessionProfile> | null = null
  const profile = async (): Promise<SessionProfile> => {
    if (!about.profiling) throw new Error('this session was opened without profiling')
    taken ??= ask('profile', { session }, timeLimit).then((text) => readProfile(text, about.accelerator))
    return taken
  }
  return {
    inputs,
    outputs,
    loadTime: time,
    adapter: adapter ?? about.adapter,
    run: (feeds, fetches) => ask('run', { session, feeds, fetches: fetches ?? null }, timeLimit),
    measure: (feeds, runs) => ask('measure', { session, feeds, runs, timeLimit }, timeLimit),
    profile,
    placement: async () => (await profile()).placement,
    memory: () => ask('memory', null, timeLimit),
    async close() {
      if (host.alive) await ask('close', { session }, timeLimit)
    },
  }
}

export function hostedCode(
  host: Host,
  { code, exports }: Requests['load'][1],
  { id, timeLimit: ownLimit }: Pick<About, 'id' | 'timeLimit'>,
): LoadedCode {
  return {
    exports,
    call: (name, args, timeLimit = ownLimit) =>
      host.ask('call', { code, name, args }, timeLimit).catch((error) => {
        throw problemOf(error, `${name} on ${id}`, 'call')
      }),
  }
}
