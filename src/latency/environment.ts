/** The machine that was measured on, and how busy others keep it. */
import { arch, cpus, release, type } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import type { Environment } from '../result/run.ts'

/** @param model SHA-256 of the model file, where it is known */
export function environmentOf(model: string | null): Environment {
  const [first] = cpus()
  // Patch levels of a kernel come and go; they do not make another machine.
  const kernel = release().split('.').slice(0, 2).join('.')
  return {
    cpu: first?.model.trim() || 'unknown',
    cores: cpus().length,
    os: `${type()} ${kernel} ${arch()}`,
    node: process.versions.node,
    model,
  }
}

/** Cores that are busy while this process waits. */
export async function busyCores(milliseconds = 200): Promise<{ cores: number; of: number }> {
  const before = usedTime()
  await wait(milliseconds)
  const after = usedTime()
  const of = cpus().length
  const total = after.total - before.total
  return { cores: total > 0 ? ((after.used - before.used) / total) * of : 0, of }
}

function usedTime(): { used: number; total: number } {
  let used = 0
  let total = 0
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq
    used += busy
    total += busy + times.idle
  }
  return { used, total }
}

/** What makes another machine: figures of the two say nothing about each other. */
export function otherMachine(a: Environment, b: Environment): string | null {
  for (const [what, before, now] of [
    ['CPU', a.cpu, b.cpu],
    ['number of cores', String(a.cores), String(b.cores)],
    ['operating system', a.os, b.os],
  ] as const)
    if (before !== now) return `measured on another machine (${what}: ${before}, now ${now})`
  return null
}
