/** A child process that holds sessions of onnxruntime-node, or of onnxruntime-web in Node. Its parent asks by messages. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { createEngine, type Engine, type Ort, type Place } from '../engine/engine.ts'
import { failureOf } from '../engine/failure.ts'
import type { Method } from '../engine/requests.ts'
import { webgpuAdapter } from './webgpu-adapter.ts'

/** For what this process writes; removed by whoever of the two sees the other end. */
const [, , folder = ''] = process.argv

function die(): void {
  if (folder !== '') fs.rmSync(folder, { recursive: true, force: true })
  process.kill(process.pid, 'SIGKILL')
}
process.on('disconnect', die)
// Ctrl-C reaches every process of the terminal; what it means is decided by the parent.
process.on('SIGINT', () => {})

/** A run blocks this thread, so another one watches for the parent: without it nobody would end us. */
const watchdog = `
  const { rmSync } = require('node:fs')
  setInterval(() => {
    if (process.ppid === ${process.ppid}) return
    ${folder === '' ? '' : `rmSync(${JSON.stringify(folder)}, { recursive: true, force: true })`}
    process.kill(process.pid, 'SIGKILL')
  }, 1000)`
new Worker(watchdog, { eval: true }).unref()

let profiles = 0
/** Text that WebAssembly prints, while somebody wants it. */
let printed: string[] | null = null

/** The WebAssembly build has no files: it prints a profile to standard output. */
function listenToWebAssembly(): void {
  const write = fs.writeSync as (...args: unknown[]) => number
  fs.writeSync = ((descriptor: number, data: unknown, ...rest: unknown[]) => {
    if (printed === null || descriptor !== 1 || typeof data !== 'string') return write(descriptor, data, ...rest)
    printed.push(data)
    return data.length
  }) as typeof fs.writeSync
  syncBuiltinESMExports()
}

function profileFile(prefix: string): string {
  const name = fs.readdirSync(dirname(prefix)).find((file) => file.startsWith(`${basename(prefix)}_`))
  if (name === undefined) throw new Error('onnxruntime wrote no profile')
  const path = join(dirname(prefix), name)
  const text = fs.readFileSync(path, 'utf8')
  fs.rmSync(path)
  return text
}

const place: Place = {
  async start({ module, build, threads }) {
    if (build === 'web') listenToWebAssembly()
    const loaded = await import(module)
    const ort = (loaded.InferenceSession ? loaded : loaded.default) as Ort
    if (build === 'web' && threads !== null) ort.env.wasm.numThreads = threads
    return { ort, build }
  },
  profilePrefix: () => join(folder, `profile-${++profiles}`),
  async profileText(end, prefix) {
    printed = []
    try {
      end()
      return printed.length > 0 ? printed.join('') : profileFile(prefix ?? '')
    } finally {
      printed = null
    }
  },
  memory: async () => peakMemory(),
  adapter: async ({ webgpu }) => ({ webgpu: webgpu === null ? null : await webgpuAdapter(webgpu), webnn: null }),
  sessionAdapter: async () => null,
}

/** Linux counts the parent's memory into ru_maxrss of a child; VmHWM is that of the program alone. */
function peakMemory(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kilobytes) return Number(kilobytes) * 1024
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS * 1024
}

const engine: Engine = createEngine(place)

interface Message {
  readonly id: number
  readonly method: Method
  readonly request: never
}

process.on('message', async ({ id, method, request }: Message) => {
  try {
    process.send?.({ id, answer: await engine[method](request) })
  } catch (error) {
    process.send?.({ id, failure: failureOf(error) })
  }
})
