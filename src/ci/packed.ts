/**
 * Hundreds of models in little memory: the lists of nodes, nearly all of a result, lie compressed until somebody reads
 * them, and are let go of again.
 */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { ModelResult, NodeVerdict } from '../result/result.ts'

/** A model whose targets have no nodes, and these beside it. */
export interface Packed {
  readonly model: ModelResult
  /** JSON, compressed: one list of nodes per target. */
  readonly nodes: Buffer
}

export function pack(model: ModelResult): Packed {
  const { targets = [] } = model
  const bare = { ...model, ...(model.targets && { targets: targets.map((target) => ({ ...target, nodes: [] })) }) }
  return { model: bare, nodes: gzipSync(JSON.stringify(targets.map(({ nodes }) => nodes)), { level: 1 }) }
}

/** The model as it was; `nodes` of its targets are read when they are asked for. */
export function unpack({ model, nodes }: Packed): ModelResult {
  if (!model.targets) return model
  let kept: WeakRef<NodeVerdict[][]> | null = null
  const lists = (): NodeVerdict[][] => {
    const before = kept?.deref()
    if (before) return before
    const read = JSON.parse(gunzipSync(nodes).toString('utf8')) as NodeVerdict[][]
    kept = new WeakRef(read)
    return read
  }
  const targets = model.targets.map((target, i) =>
    // In its place among the keys, so that a result is written as ever.
    Object.defineProperty({ ...target }, 'nodes', {
      enumerable: true,
      configurable: true,
      get: () => lists()[i] ?? [],
    }),
  )
  return { ...model, targets }
}
