/** From placements to the verdict of a target. */
import type { NodeVerdict, Verdict } from '../result/result.ts'

/** The weakest placement decides. Bodies count with the nodes of the main graph. */
export function verdictOf(nodes: readonly NodeVerdict[]): Verdict {
  let verdict: Verdict = 'ready'
  for (const { placement } of nodes) {
    if (placement === 'blocked') return 'blocked'
    if (placement === 'unknown') verdict = 'unknown'
    else if (placement === 'host' && verdict === 'ready') verdict = 'partial'
  }
  return verdict
}

export type Usability = 'YES' | 'MAYBE' | 'NO'

/**
 * The rule of ONNX Runtime's usability checker: a provider is worth using when it takes most nodes in few partitions.
 * Source: tools/python/util/mobile_helpers/usability_checker.py, ONNX Runtime 1.30.
 */
export function ortUsability(share: number, partitions: number): Usability {
  if (partitions === 0) return 'NO'
  if (partitions === 1) return share > 0.75 ? 'YES' : share > 0.5 ? 'MAYBE' : 'NO'
  return share > 0.75 && partitions === 2 ? 'MAYBE' : 'NO'
}
