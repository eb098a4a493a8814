/** Holds what was inferred of a value against what the file declares of it. */
import { type Dim, same, Unknown } from '../graph/dim.ts'
import { type Node, nodeRef, type Value } from '../graph/model.ts'
import { nodeText } from '../graph/node-text.ts'
import type { ValueType } from '../graph/type.ts'
import { shapeText } from '../operators/shapes.ts'
import { operators as catalogue } from '../result/catalogue/operators.ts'
import { type Finding, report } from '../result/finding.ts'
import type { Output } from './context.ts'

export interface Reconciled {
  readonly type: ValueType | null
  readonly why: string | null
  readonly findings: readonly Finding[]
}

const none: readonly Finding[] = []

/**
 * What is inferred counts. Where no schema is known (`known` false) the declaration is all there is, and it is taken,
 * unless the user gave other input shapes than those it was written for (`trust` false).
 */
export function reconcile(node: Node, value: Value, { type, why }: Output, known: boolean, trust: boolean): Reconciled {
  const { declared } = value
  if (!declared) return { type, why, findings: none }
  const use = !known && trust
  if (!type) return use ? { type: declared, why: whyOf(declared), findings: [] } : { type, why, findings: [] }
  if (declared.kind !== 'tensor' || type.kind !== 'tensor') return { type, why, findings: [] }
  const findings: Finding[] = []
  const where = { nodes: [nodeRef(node)], values: [value.name] }
  const about = { value: value.name, node: nodeText(node) }
  if (declared.dtype && type.dtype && declared.dtype !== type.dtype) {
    const args = { ...about, declared: declared.dtype, found: type.dtype }
    findings.push(report(catalogue, 'model/declared-type', args, where))
  }
  if (trust && declared.shape && type.shape && contradicts(declared.shape, type.shape)) {
    const args = { ...about, declared: shapeText(declared.shape), found: shapeText(type.shape) }
    findings.push(report(catalogue, 'model/declared-shape', args, where))
  }
  const dtype = type.dtype ?? declared.dtype
  if (use && !type.shape) return { type: { ...type, dtype, shape: declared.shape }, why: whyOf(declared), findings }
  return { type: type.dtype ? type : { ...type, dtype }, why, findings }
}

const contradicts = (declared: readonly Dim[], found: readonly Dim[]): boolean =>
  declared.length !== found.length ||
  declared.some((dim, i) => {
    const other = found[i]
    return typeof dim === 'number' && typeof other === 'number' && same(dim, other) === false
  })

/** Why something in a declared type is unknown; null where nothing is. */
export function whyOf(type: ValueType | null): string | null {
  if (!type) return 'the file declares no type'
  if (type.kind !== 'tensor') return null
  if (!type.shape) return 'the file declares no shape'
  for (const dim of type.shape) if (dim instanceof Unknown) return dim.why
  return null
}
