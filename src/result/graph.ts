/** A graph as a picture needs it: who feeds whom, with types and attributes as text. */
import type { DimText } from './result.ts'

/** The main graph, or one body of If, Loop or Scan. */
export interface GraphPicture {
  /** `""` for the main graph, `"12/then_branch"` for a body. */
  scope: string
  /** In file order. */
  nodes: PictureNode[]
  /** What flows; nodes name them by position in this list. */
  values: PictureValue[]
}

export interface PictureNode {
  name: string
  op: string
  domain: string
  /** Positions in `values`, in order; those left out are missing. Values of graphs around it are among them. */
  inputs: number[]
  outputs: number[]
  /** In one line each. */
  attributes?: Record<string, string>
  macs?: number
}

export interface PictureValue {
  name: string
  dtype: string | null
  shape: DimText[] | null
  /** `weight`: stored in the file, or computed from what is; `input` and `output` of the graph. Absent: made by a node. */
  kind?: 'weight' | 'input' | 'output'
}
