/** What the page is given about a model, as data inside the document. All text in it is harmless already. */

export interface PageModel {
  readonly graphs: readonly PageGraph[]
  readonly targets: readonly PageTarget[]
}

export interface PageGraph {
  /** `""` for the main graph. */
  readonly scope: string
  readonly nodes: readonly PageNode[]
  readonly values: readonly PageValue[]
}

export interface PageNode {
  readonly name: string
  readonly op: string
  /** Positions in `values`. */
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly attributes?: Readonly<Record<string, string>>
  readonly macs?: number
}

export interface PageValue {
  readonly name: string
  /** `float32 [1, 3, H, W]` */
  readonly type: string
  readonly kind?: 'weight' | 'input' | 'output'
}

/** One letter per node: target, host, folded, blocked, unknown. */
export type PlacementLetter = 't' | 'h' | 'f' | 'b' | 'u'

export interface PageTarget {
  readonly label: string
  readonly verdict: string
  /** By graph, in the order of `graphs`. */
  readonly graphs: readonly {
    readonly placements: string
    /** -1: none. */
    readonly partitions: readonly number[]
    /** Position in `whys` by node, where there is something to say. */
    readonly why: Readonly<Record<number, number>>
  }[]
  readonly whys: readonly string[]
  readonly reasons: readonly PageReason[]
}

export interface PageReason {
  readonly id: string
  readonly severity: string
  readonly message: string
  /** `[label, text]`: needs, found, fix, source. */
  readonly lines: readonly (readonly [string, string])[]
  /** Nodes of each graph. */
  readonly nodes: readonly (readonly number[])[]
}
