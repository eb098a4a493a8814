/**
 * The profile that a session writes (Chrome's trace format): which node ran on which provider, and how long. Names
 * stand in it as they are in the model, quotes and line ends included.
 */
import { Problem } from '../result/problem.ts'
import type { RuntimePlacement } from '../result/run.ts'
import type { NodeTime, SessionProfile } from './runtime.ts'

interface TraceEvent {
  readonly cat: string
  readonly name: string
  /** Microseconds. */
  readonly dur: number
  readonly args: { readonly provider?: string; readonly op_name?: string; readonly node_index?: string }
}

const cpuProvider = 'CPUExecutionProvider'
const kernel = '_kernel_time'
const copies = new Set(['MemcpyToHost', 'MemcpyFromHost'])

/**
 * @param accelerator provider that was asked for: nodes on the CPU count as fallback unless it is the CPU's
 * @throws Problem `no-profile` where the text is none, or no run was recorded
 */
export function readProfile(text: string, accelerator: string): SessionProfile {
  const events = parse(text)
  const runs = events.filter(({ cat, name }) => cat === 'Session' && name === 'model_run').length
  if (runs === 0) throw new Problem('no-profile', 'no run was profiled', { fix: 'run the session before' })
  const nodes = new Map<string, { readonly head: Omit<NodeTime, 'time' | 'deviceTime'>; readonly times: number[] }>()
  const device = new Map<string, number[]>()
  for (const { cat, name, dur, args } of events) {
    if (cat === 'Api') {
      // <node>&<operator>&<program>: one per program that a node starts on the GPU.
      const key = name.split('&').slice(0, -2).join('&')
      add(device, key, () => []).push(dur)
    }
    if (cat !== 'Node' || !name.endsWith(kernel)) continue
    const { provider = '', op_name: op = '', node_index: index = '' } = args
    const head = { name: name.slice(0, -kernel.length), op, provider }
    add(nodes, `${index} ${provider} ${op} ${name}`, () => ({ head, times: [] })).times.push(dur)
  }
  const times = [...nodes.values()].map(({ head, times }) => ({
    ...head,
    time: meanPerRun(times, runs),
    deviceTime: device.has(head.name) ? meanPerRun(device.get(head.name) ?? [], runs) : null,
  }))
  return { runs, nodes: times, placement: placementOf(times, accelerator) }
}

function add<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}

/** In milliseconds. A node in a loop runs more than once a run; the first run, which compiles, counts only alone. */
function meanPerRun(microseconds: readonly number[], runs: number): number {
  const skipped = runs > 1 ? Math.floor(microseconds.length / runs) : 0
  const sum = microseconds.slice(skipped).reduce((total, one) => total + one, 0)
  return sum / 1000 / Math.max(1, runs - 1)
}

function placementOf(nodes: readonly NodeTime[], accelerator: string): RuntimePlacement {
  const placement: RuntimePlacement = { nodes: {}, copies: 0, fallback: {} }
  for (const { op, provider } of nodes) {
    if (copies.has(op)) {
      placement.copies++
      continue
    }
    placement.nodes[provider] = (placement.nodes[provider] ?? 0) + 1
    if (provider === cpuProvider && accelerator !== cpuProvider)
      placement.fallback[op] = (placement.fallback[op] ?? 0) + 1
  }
  return placement
}

function parse(text: string): TraceEvent[] {
  for (const candidate of [text, withQuotedNames(text)])
    try {
      return JSON.parse(candidate) as TraceEvent[]
    } catch {
      // A name with a quote in it.
    }
  throw new Problem('no-profile', 'the profile that the runtime wrote cannot be read', {
    fix: 'names of nodes that hold JSON are not told apart: rename them',
  })
}

const withQuotedNames = (text: string): string =>
  text.replace(/"name" :"([\s\S]*?)","args" : \{/g, (_, name: string) => `"name" :${JSON.stringify(name)},"args" : {`)
