/** What must be gone when this process ends, however it ends short of a SIGKILL: children, temporary folders. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const duties = new Set<() => void>()
let listening = false

/** Runs `duty` when the process exits, unless what is returned was called before. */
export function atExit(duty: () => void): () => void {
  if (!listening)
    process.once('exit', () => {
      for (const one of duties) one()
    })
  listening = true
  duties.add(duty)
  return () => duties.delete(duty)
}

const holders = new Set<object>()
let letGo = (): void => {}

/** Until what is returned is called, whoever ends the process early is to wait: something would be left behind. */
export function holdExit(): () => void {
  const holder = {}
  holders.add(holder)
  return () => {
    holders.delete(holder)
    if (holders.size === 0) letGo()
  }
}

/** @param limit milliseconds after which nobody waits any longer */
export function nothingHoldsExit(limit: number): Promise<void> {
  if (holders.size === 0) return Promise.resolve()
  return new Promise((resolve) => {
    letGo = resolve
    setTimeout(resolve, limit).unref()
  })
}

export interface TemporaryFolder {
  readonly path: string
  remove(): void
}

export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'deploycheck-'))
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  const cancel = atExit(remove)
  return {
    path,
    remove() {
      cancel()
      remove()
    },
  }
}
