/**
 * Names of the arrays in a recording (.npz): `s0/pre/<input>`, `s0/model/<output>`, `s0/post/<field>`, and `s0/id` with
 * the sample's own name. A phone or a training pipeline writes the same, or a part of it.
 */
import type { Stage } from '../result/run.ts'

/** `s0/pre/image` */
export const traceName = (sample: number, stage: Stage, name: string): string => `s${sample}/${stage}/${name}`

/** Of the array that holds the sample's id, a text. */
export const traceIdName = (sample: number): string => `s${sample}/id`

export interface TracePlace {
  readonly sample: number
  readonly stage: Stage
  /** Of the input, the output, or the field of the result; may itself hold slashes. */
  readonly name: string
}

/** Null for the name of anything else. */
export function tracePlace(name: string): TracePlace | null {
  const [, sample, stage, rest] = /^s(\d+)\/(pre|model|post)\/(.+)$/s.exec(name) ?? []
  return rest === undefined ? null : { sample: Number(sample), stage: stage as Stage, name: rest }
}
