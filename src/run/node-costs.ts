/**
 * Times of the runtime's own nodes beside the work of the file's nodes: which node of the file it is, its MACs and
 * bytes, and what its time goes into.
 */
import { isKnown } from '../graph/dim.ts'
import { type Node, nodeRef } from '../graph/model.ts'
import { bytesOf } from '../infer/bytes.ts'
import type { Inference } from '../infer/facts.ts'
import type { OpTime } from '../result/run.ts'
import type { NodeTime, SessionProfile } from '../runtimes/runtime.ts'

const copies = new Set(['MemcpyToHost', 'MemcpyFromHost'])

/** The largest first. */
export function nodeTimes({ nodes }: SessionProfile, inference: Inference): OpTime[] {
  const times = timesOf(nodes)
  const total = times.reduce((sum, time) => sum + time, 0)
  const names = new FileNodes(inference)
  const found = nodes.map((node, i): OpTime => {
    const ms = times[i] ?? 0
    const own = copies.has(node.op) ? null : names.find(node)
    const share = total > 0 ? ms / total : 0
    const { macs, bytes } = own ? names.costs(own) : { macs: null, bytes: null }
    const { name, op, provider } = node
    return { node: own && nodeRef(own), name, op, provider, ms, share, macs, bytes, bound: null }
  })
  return withBounds(found).sort((a, b) => b.ms - a.ms)
}

/**
 * Where a GPU has a clock of its own, its times count: the host only submits. A copy to the host waits for all that was
 * submitted before; what is left after the work is the copy's own.
 */
function timesOf(nodes: readonly NodeTime[]): number[] {
  if (nodes.every(({ deviceTime }) => deviceTime === null)) return nodes.map(({ time }) => time)
  let submitted = 0
  return nodes.map(({ op, time, deviceTime }) => {
    submitted += deviceTime ?? 0
    if (op !== 'MemcpyToHost') return deviceTime ?? time
    const waited = Math.min(time, submitted)
    submitted -= waited
    return time - waited
  })
}

/** The nodes of the file by the names that the runtime's nodes have after its optimisations. */
class FileNodes {
  private readonly nodes = new Map<string, Node | null>()
  private readonly makers = new Map<string, Node>()

  constructor(private readonly inference: Inference) {
    for (const node of inference.model.graph.nodes) {
      // A name that two nodes share tells nothing.
      if (node.name !== '') this.nodes.set(node.name, this.nodes.has(node.name) ? null : node)
      for (const output of node.outputs) if (output) this.makers.set(output.name, node)
    }
  }

  /**
   * The runtime numbers what it makes anew (`_token_7`), names a convolution in its own layout after its output
   * (`y_nchwc`), and one with its activation inside after that of the activation.
   */
  find({ name, op }: NodeTime): Node | null {
    const plain = name.replace(/_token_\d+$/, '')
    const direct = this.nodes.get(plain) ?? this.nodes.get(plain.replace(/\/\w+Fusion\/$/, ''))
    if (direct) return direct
    const made = this.makers.get(plain.replace(/_nchwc$/, ''))
    return made && plain.endsWith('_nchwc') ? behind(made, op) : null
  }

  costs(node: Node): { macs: number | null; bytes: number | null } {
    const { macs } = this.inference.node(node)
    const values = [...node.inputs, ...node.outputs].filter((value) => value !== null)
    const sizes = values.map((value) => bytesOf(value, this.inference))
    return {
      macs: macs !== null && isKnown(macs) ? macs : null,
      bytes: sizes.some((size) => size === null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    }
  }
}

/** Up a chain of activations to the operator that they were fused into. */
function behind(node: Node, op: string): Node {
  let at: Node | null = node
  for (let steps = 0; at && steps < 4; steps++) {
    if (at.op === op) return at
    at = at.inputs[0]?.producer ?? null
  }
  return node
}

/** Nodes that are far from what the best of the same run reach are bound by none of these. */
const farFrom = 0.25

/**
 * What a node's time goes into, by the roofline of its own run: the rates of arithmetic and of memory that the best
 * nodes reach, and the time that the shortest take for being started at all.
 */
function withBounds(times: readonly OpTime[]): OpTime[] {
  const best = (amount: (one: OpTime) => number | null): number =>
    Math.max(0, ...times.map((one) => (one.ms > 0 ? (amount(one) ?? 0) / one.ms : 0)))
  const [macRate, byteRate] = [best(({ macs }) => macs), best(({ bytes }) => bytes)]
  const positive = times.map(({ ms }) => ms).filter((ms) => ms > 0)
  const start = positive.length > 0 ? Math.min(...positive) : 0
  return times.map((one): OpTime => {
    if (copies.has(one.op)) return { ...one, bound: 'copy' }
    if (one.ms === 0 || one.node === null) return one
    const parts = [
      ['compute', macRate > 0 ? (one.macs ?? 0) / macRate : 0],
      ['memory', byteRate > 0 ? (one.bytes ?? 0) / byteRate : 0],
      ['overhead', start],
    ] as const
    const [bound, explained] = parts.reduce((most, part) => (part[1] > most[1] ? part : most))
    return { ...one, bound: explained >= farFrom * one.ms ? bound : null }
  })
}
