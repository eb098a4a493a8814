/**
 * What wrappers need on both sides, the same code in Node and in a browser. Whatever libraries do differently is a
 * choice to be made here: nothing is guessed.
 */
import { fromNested, full, tensor } from './tensor.ts'

export const kit = {
  tensor,
  fromNested,
  full,
}

export type Kit = typeof kit
