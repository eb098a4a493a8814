/**
 * A runtime whose sessions live in a host: started when it is needed, once for all sessions, and again after it
 * crashed, hung or was ruined. What the runtimes differ in is given as a HostedKind.
 */
import { setMaxListeners } from 'node:events'
import { Problem } from '../result/problem.ts'
import type { Host } from './engine/host.ts'
import type { OpenRequest } from './engine/requests.ts'
import { hostedCode, hostedSession } from './hosted-session.ts'
import type {
  Adapter,
  Availability,
  CodeSource,
  ModelSource,
  Runtime,
  RuntimeKind,
  RuntimeSettings,
} from './runtime.ts'
import { isRuined, problemOf } from './words.ts'

export interface HostedKind {
  readonly id: string
  readonly kind: RuntimeKind
  readonly platform: Runtime['platform']
  /** The provider's name in profiles: `WebGpuExecutionProvider`. */
  readonly accelerator: string
  /** The provider as a session is asked for it. */
  readonly provider: { readonly name: string } & Readonly<Record<string, unknown>>
  /** One error spoils everything that lives there. */
  readonly ruinedByErrors?: boolean
  /** What is installed for it, whether or not it can be started. */
  installed(): Pick<Availability, 'version' | 'parts'>
  /** @throws Problem where it cannot be had here */
  start(): Promise<StartedHost>
}

export interface StartedHost {
  readonly host: Host
  /** What takes part beyond what is installed as packages: the browser. */
  readonly parts: Readonly<Record<string, string>>
  readonly adapter: Adapter | null
  /** The model as this host can read it. */
  prepare(model: ModelSource): Promise<Pick<OpenRequest, 'model' | 'externalData' | 'config'>>
  /** Where this host can import the code from. */
  codeUrl(code: CodeSource): string
  /** Ends the host and gives back what belongs to it: folders, ports, the browser. */
  close(why?: Problem): Promise<void>
}

const defaultTimeLimit = 120_000
/** A GPU made of software compiles and computes for minutes what a GPU does in seconds. */
const softwarePatience = 5

export function hostedRuntime(kind: HostedKind, settings: RuntimeSettings): Runtime {
  const { id, accelerator } = kind
  const { signal, threads } = settings
  const limitFor = (adapter: Adapter | null): number =>
    settings.timeLimit ?? defaultTimeLimit * (adapter?.software ? softwarePatience : 1)
  // Each runtime and each host listens; more than ten of them are no leak.
  if (signal) setMaxListeners(0, signal)
  let current: Promise<StartedHost> | null = null
  let availability: Promise<Availability> | null = null

  /** Whoever asks waits for those before: two that open at once get the same host. */
  function started(): Promise<StartedHost> {
    current = livingHost(current)
    return current
  }

  async function livingHost(before: Promise<StartedHost> | null): Promise<StartedHost> {
    const known = await before?.catch(() => null)
    if (known?.host.alive) return known
    await known?.close()
    if (signal?.aborted) throw new Problem('interrupted', `${id} was interrupted`)
    return kind.start()
  }

  async function end(why?: Problem): Promise<void> {
    const ending = current
    current = null
    const host = await ending?.catch(() => null)
    await host?.close(why)
  }

  /** What to throw for an error of the runtime; a host that it has spoiled is given to nobody again. */
  async function failure(error: unknown, doing: 'open' | 'run'): Promise<Problem> {
    if (error instanceof Error && !(error instanceof Problem) && (kind.ruinedByErrors || isRuined(error)))
      await end(spoiled(kind))
    return problemOf(error, id, doing)
  }

  async function tryIt(): Promise<Availability> {
    const { version, parts } = kind.installed()
    try {
      const { adapter, parts: more } = await started()
      return { available: true, reason: null, fix: null, version, parts: { ...parts, ...more }, adapter }
    } catch (error) {
      const { code, message, details } = problemOf(error, id, 'start')
      if (code === 'interrupted') throw error
      return { available: false, reason: message, fix: details.fix ?? null, version, parts, adapter: null }
    }
  }

  return {
    id,
    kind: kind.kind,
    platform: kind.platform,
    available: () => (availability ??= tryIt()),

    async open(model, options = {}) {
      const { host, adapter, prepare } = await started()
      const { graphOptimizationLevel = 'all', profiling = false, timeLimit = limitFor(adapter) } = options
      const { config, ...source } = await prepare(model)
      const request: OpenRequest = {
        ...source,
        provider: { ...options.provider, ...kind.provider },
        graphOptimizationLevel,
        threads: threads ?? null,
        profiling,
        config: { ...config, ...options.config },
      }
      const opened = await host.ask('open', request, timeLimit).catch(async (error) => {
        throw await failure(error, 'open')
      })
      const about = { id, accelerator, adapter, profiling, timeLimit }
      return hostedSession(host, opened, about, (error) => failure(error, 'run'))
    },

    async load(code) {
      const { host, codeUrl } = await started()
      const timeLimit = limitFor(null)
      const loaded = await host.ask('load', { url: codeUrl(code) }, timeLimit).catch((error) => {
        throw problemOf(error, id, 'load')
      })
      return hostedCode(host, loaded, { id, timeLimit })
    },

    close: () => end(),
  }
}

const spoiled = ({ id, platform }: HostedKind): Problem =>
  new Problem(
    'session-closed',
    `an error has spoiled the ${platform === 'browser' ? 'page' : 'process'} of ${id}, so that it was closed`,
    { fix: 'open the session again' },
  )
