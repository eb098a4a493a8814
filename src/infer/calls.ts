/** Calls of functions of the model: do they fit, and which of them are equal. */
import { dimText } from '../graph/dim.ts'
import { type Attribute, type FunctionDef, functionKey, type Node, nodeRef } from '../graph/model.ts'
import { nodeText } from '../graph/node-text.ts'
import { typeString } from '../graph/type.ts'
import type { BodyResult } from '../operators/operator.ts'
import type { KnownValue } from '../operators/value.ts'
import { operators as catalogue } from '../result/catalogue/operators.ts'
import { type Finding, report } from '../result/finding.ts'
import type { NodeFacts, ValueFacts } from './facts.ts'

export interface CallResult extends BodyResult {
  readonly macs: NodeFacts['macs']
}

/** What a call gives to its function. */
export interface Call {
  readonly definition: FunctionDef
  readonly inputs: readonly (ValueFacts | null)[]
  readonly values: readonly (KnownValue | null)[]
  readonly attributes: ReadonlyMap<string, Attribute>
}

/** What does not fit between a call and its function. */
export function checkCall(node: Node, { definition, attributes }: Call): Finding[] {
  const where = { nodes: [nodeRef(node)] }
  const name = nodeText(node)
  const findings: Finding[] = []
  const arity = (what: string, found: number, most: number) => {
    if (found > most)
      findings.push(report(catalogue, 'model/arity', { node: name, what, found, least: 0, most }, where))
  }
  arity('inputs', node.inputNames.length, definition.inputs.length)
  arity('outputs', node.outputs.length, definition.outputs.length)
  for (const attribute of definition.required)
    if (!attributes.has(attribute))
      findings.push(report(catalogue, 'model/attribute-reference', { node: name, attribute }, where))
  return findings
}

/** Everything about a call that can change what its body gives: equal text, equal result. */
export function callSignature({ definition, inputs, values, attributes }: Call): string {
  const parts: unknown[] = [functionKey(definition.domain, definition.name, definition.overload)]
  inputs.forEach((facts, i) => {
    const type = facts?.type
    parts.push(
      type ? [typeString(type), type.kind === 'tensor' ? (type.shape?.map(dimText) ?? null) : null] : null,
      facts?.origin ?? null,
      values[i]?.elements.map(String) ?? null,
    )
  })
  for (const [name, { type, value }] of attributes)
    parts.push(name, type, typeof value === 'object' && !Array.isArray(value) ? null : String(value))
  return JSON.stringify(parts)
}
