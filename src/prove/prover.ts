/**
 * The program that asks a real provider, in a process of its own: makes a session of each model, reads in the runtime's
 * log where the nodes go, says so on standard output, and ends itself. Nothing is run.
 *
 * For WebGPU it gives the runtime a device of Dawn's null backend: no GPU, no driver, and the same partitions as in a
 * browser. Such a device keeps Node from ending, and a session that it was made for cannot run.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { ModelCopy } from './copy.ts'
import type { Proof, Task } from './task.ts'

const write = fs.writeSync
const task = JSON.parse(fs.readFileSync(process.argv[2] ?? '', 'utf8')) as Task
/** Node → provider, as the log has it. */
let placement: Record<string, string> = {}
let provider: string | null = null

/** `Node(s) placed on [X]. Number of nodes: 2`, then one line `Op (name)` per node. */
function readLine(line: string): void {
  const text = line.split('VerifyEachNodeIsAssignedToAnEp]')[1]?.trim()
  if (text === undefined) return
  const heading = /^Node\(s\) placed on \[(\w+)\]/.exec(text)
  const node = /^\S+ \((.*)\)$/.exec(text)
  if (heading) provider = heading[1] ?? null
  else if (node?.[1] !== undefined && provider !== null) placement[node[1]] = provider
}

/** The WebAssembly build logs by writing to standard output and standard error. */
function readLog(): void {
  let rest = ''
  fs.writeSync = ((fd: number, data: string | NodeJS.ArrayBufferView, ...more: never[]) => {
    if (fd > 2 || typeof data !== 'string') return write(fd, data as string, ...more)
    const lines = (rest + data).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(readLine)
    return Buffer.byteLength(data)
  }) as typeof fs.writeSync
  syncBuiltinESMExports()
}

interface Dawn {
  readonly globals: Readonly<Record<string, unknown>> & { readonly GPUQueue: { prototype: Queue } }
  create(flags: readonly string[]): unknown
}
interface Queue {
  writeBuffer(buffer: unknown, offset: number, data: ArrayBuffer | ArrayBufferView, ...rest: number[]): void
}

async function giveNullDevice(url: string): Promise<void> {
  const { create, globals } = (await import(url)) as Dawn
  Object.assign(globalThis, globals)
  const queue = globals.GPUQueue.prototype
  const plain = queue.writeBuffer
  // Dawn refuses the memory of the runtime, which threads share.
  queue.writeBuffer = function (buffer, offset, data, ...rest) {
    const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data)
    const shared = view.buffer instanceof SharedArrayBuffer
    const copy = shared ? Uint8Array.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) : data
    plain.call(this, buffer, offset, copy, ...rest)
  }
  const navigator = { gpu: create(['backend=null']), hardwareConcurrency: 1, userAgent: 'node' }
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: navigator })
}

interface Runtime {
  readonly env: { readonly wasm?: { numThreads?: number } }
  readonly InferenceSession: {
    create(model: Uint8Array | string, options: object): Promise<{ release(): Promise<void> }>
  }
}

async function start(): Promise<Runtime> {
  if (task.dawn !== null) await giveNullDevice(task.dawn)
  const runtime = (await import(task.module)) as Runtime
  if (runtime.env.wasm) runtime.env.wasm.numThreads = 1
  return runtime
}

const contentOf = (path: string): Uint8Array => new Uint8Array(fs.readFileSync(path))

/** Null where the session was made. */
async function refusal({ InferenceSession }: Runtime, { path, external }: ModelCopy): Promise<string | null> {
  try {
    const files = external.map((file) => ({ path: file.location, data: contentOf(file.path) }))
    const session = await InferenceSession.create(task.native ? path : contentOf(path), {
      executionProviders: [task.provider],
      graphOptimizationLevel: task.level,
      logSeverityLevel: task.dawn === null ? 4 : 0,
      // A Conv with constant weights is packed on the device, which the null backend never finishes.
      extra: { session: { disable_prepacking: '1' } },
      ...(task.native ? {} : { externalData: files }),
    })
    await session.release()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

if (task.dawn !== null) readLog()
const runtime = await start()
for (const model of task.models) {
  placement = {}
  const error = await refusal(runtime, model)
  const proof: Proof = { placement, error }
  write(1, `${JSON.stringify(proof)}\n`)
}
process.kill(process.pid, 'SIGKILL')
