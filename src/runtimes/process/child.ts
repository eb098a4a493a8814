/** The parent's side of a child process with sessions: asks, waits no longer than allowed, and leaves nothing behind. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Problem } from '../../result/problem.ts'
import { errorOf, type Failure } from '../engine/failure.ts'
import type { Host } from '../engine/host.ts'
import { hostScript } from '../scripts.ts'
import { atExit } from './at-exit.ts'

interface Reply {
  readonly id: number
  readonly answer?: unknown
  readonly failure?: Failure
}

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
}

export interface ChildSettings {
  /** For messages: the runtime's id. */
  readonly name: string
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Where it may write; it removes the folder where we cannot. */
  readonly folder?: string
  readonly signal?: AbortSignal | undefined
  readonly log?: ((text: string) => void) | undefined
}

/** onnxruntime-node would report to its makers, and leave logs of that among the temporary files. */
const quiet = { ORT_DISABLE_TELEMETRY: '1' }

/** What a crash prints last tells why. */
const keptOutput = 4000

export async function startChild({ name, env = {}, folder, signal, log }: ChildSettings): Promise<Host> {
  if (signal?.aborted) throw interrupted(name)
  const child = fork(await hostScript('worker'), folder === undefined ? [] : [folder], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...quiet, ...process.env, ...env },
  })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let output = ''
  let end: Problem | null = null

  /** Nobody waits any longer, and nothing more comes. */
  function die(problem: Problem): void {
    if (end) return
    end = problem
    child.kill('SIGKILL')
    for (const { reject } of waiting.values()) reject(problem)
    waiting.clear()
    signal?.removeEventListener('abort', interrupt)
  }
  const interrupt = () => die(interrupted(name))
  signal?.addEventListener('abort', interrupt)
  const gone = once(child, 'exit').catch(() => [])
  const cancel = atExit(() => child.kill('SIGKILL'))

  child.on('message', (reply) => {
    const { id, answer, failure } = reply as Reply
    const one = waiting.get(id)
    waiting.delete(id)
    if (failure) one?.reject(errorOf(failure))
    else one?.resolve(answer)
  })
  child.on('error', (error) => die(crashed(name, error.message)))
  child.once('exit', cancel)
  // Not before all that it wrote has arrived.
  child.on('close', (code, killedBy) => {
    die(crashed(name, killedBy ? `it was ended by ${killedBy}` : `it ended with code ${code}`, output))
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-keptOutput)
      log?.(text)
    })
  letParentEnd(child)

  return {
    get alive() {
      return end === null
    },
    ask(method, request, limit) {
      return new Promise((resolve, reject) => {
        if (end) return reject(end)
        const id = ++lastId
        const timer = setTimeout(() => die(tooLong(name, method, limit)), limit)
        const settle =
          <T>(done: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer)
            done(value)
          }
        waiting.set(id, { resolve: settle(resolve as (answer: unknown) => void), reject: settle(reject) })
        try {
          child.send({ id, method, request }, (error) => {
            if (error) die(crashed(name, error.message, output))
          })
        } catch (error) {
          // Something in the request that structured clone cannot carry.
          waiting.get(id)?.reject(error as Error)
          waiting.delete(id)
        }
      })
    },
    async close(why = new Problem('session-closed', `${name} was closed`)) {
      die(why)
      child.ref()
      await gone
    },
  }
}

/** A session that somebody forgot to close does not keep the program; while an answer is awaited, its timer does. */
function letParentEnd(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
  for (const stream of [child.stdout, child.stderr]) (stream as { unref?(): void } | null)?.unref?.()
}

export const interrupted = (name: string): Problem => new Problem('interrupted', `${name} was interrupted`)

export const tooLong = (name: string, method: string, limit: number): Problem =>
  new Problem('runtime-timeout', `${name} gave no answer to ${method} within ${limit / 1000} s and was ended`, {
    fix: 'allow more time, or look for an endless loop in the model or the wrapper',
  })

export function crashed(name: string, why: string, output = ''): Problem {
  const said = output.trim().split('\n').slice(-5).join('\n')
  return new Problem('runtime-crashed', `the process of ${name} is gone: ${why}${said && `; it said last: ${said}`}`, {
    fix: `a crash of the runtime itself: report it to its makers with the model; the other runtimes go on`,
  })
}
