/** Asks a provider in a process of its own, which is given a time limit and leaves nothing behind. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '../result/problem.ts'
import { atExit } from '../runtimes/process/at-exit.ts'
import { hostScript } from '../runtimes/scripts.ts'
import type { Proof, Task } from './task.ts'

export interface AskOptions {
  /** Milliseconds. */
  readonly timeLimit: number
  readonly signal?: AbortSignal | undefined
}

/**
 * The answers about the models of the task, in their order; fewer where the process ended before.
 * `folder`: where the task is written.
 * @throws Problem `runtime-timeout`, `runtime-crashed`, `interrupted` where there is not one answer
 */
export async function askProvider(task: Task, folder: string, { timeLimit, signal }: AskOptions): Promise<Proof[]> {
  const path = join(folder, 'task.json')
  writeFileSync(path, JSON.stringify(task))
  const script = await hostScript('prover')
  const { output, late } = await runToEnd([script, path], timeLimit, signal)
  if (signal?.aborted) throw new Problem('interrupted', 'interrupted while the provider was asked')
  const complete = output.split('\n').slice(0, -1)
  const proofs = complete.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Proof] : []))
  if (proofs.length > 0 || task.models.length === 0) return proofs
  if (late)
    throw new Problem('runtime-timeout', `the provider gave no answer within ${timeLimit / 1000} s`, {
      fix: 'allow more time, or look for an endless loop in the runtime',
    })
  throw new Problem('runtime-crashed', 'the process in which the provider was asked is gone without an answer')
}

async function runToEnd(
  args: readonly string[],
  timeLimit: number,
  signal: AbortSignal | undefined,
): Promise<{ output: string; late: boolean }> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ORT_DISABLE_TELEMETRY: '1', ...process.env },
  })
  const kill = () => child.kill('SIGKILL')
  const cancel = atExit(kill)
  signal?.addEventListener('abort', kill)
  let late = false
  const timer = setTimeout(() => {
    late = true
    kill()
  }, timeLimit)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await new Promise<void>((done) => {
    child.once('close', () => done())
    child.once('error', () => done())
  })
  clearTimeout(timer)
  signal?.removeEventListener('abort', kill)
  cancel()
  return { output, late }
}
