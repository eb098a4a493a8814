/** Where a run took place. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { arch, cpus, platform, release } from 'node:os'
import type { Environment } from '../result/run.ts'

export async function environmentOf(model: string): Promise<Environment> {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    os: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    model: await hashOf(model),
  }
}

async function hashOf(path: string): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
    return hash.digest('hex')
  } catch {
    return null
  }
}
