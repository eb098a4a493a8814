/** Holds a node against its operator's schema: arity, attributes, element types. */

import type { Attribute, Node } from '../graph/model.ts'
import { nodeRef } from '../graph/model.ts'
import { typeString, type ValueType } from '../graph/type.ts'
import { enumerations } from '../operators/enumerations.ts'
import type { FormalParameter, OperatorSchema } from '../operators/schema.ts'
import { operators as catalogue } from '../result/catalogue/operators.ts'
import { type Finding, report } from '../result/finding.ts'
import { nearest } from '../result/nearest.ts'

/** `Conv "conv1"`, or `Conv 17` for a node without a name: how messages name a node. */
export const nodeText = (node: Node): string =>
  `${node.domain ? `${node.domain}::` : ''}${node.op} ${node.name ? `"${node.name}"` : nodeRef(node)}`

export function checkNode(node: Node, schema: OperatorSchema, typeOf: (input: number) => ValueType | null): Finding[] {
  const findings: Finding[] = []
  const where = { nodes: [nodeRef(node)] }
  const name = nodeText(node)
  checkArity(node, schema, name, where, findings)
  checkAttributes(node, schema, name, where, findings)
  checkTypes(node, schema, typeOf, name, where, findings)
  return findings
}

type Where = { readonly nodes: readonly (number | string)[] }

function checkArity(node: Node, schema: OperatorSchema, name: string, where: Where, findings: Finding[]): void {
  // Trailing empty names are inputs left out, not inputs.
  let inputs = node.inputNames.length
  while (inputs > 0 && node.inputNames[inputs - 1] === '') inputs--
  const outputs = node.outputs.length
  const wrong = (what: string, found: number, least: number, most: number) =>
    findings.push(report(catalogue, 'model/arity', { node: name, what, found, least, most }, where))
  if (inputs < schema.minIn || inputs > schema.maxIn) wrong('inputs', inputs, schema.minIn, schema.maxIn)
  if (outputs < schema.minOut || outputs > schema.maxOut) wrong('outputs', outputs, schema.minOut, schema.maxOut)
  schema.inputs.forEach((formal, i) => {
    if (formal.option === 'single' && i < inputs && node.inputNames[i] === '')
      findings.push(report(catalogue, 'model/input-missing', { node: name, input: formal.name }, where))
  })
}

function checkAttributes(node: Node, schema: OperatorSchema, name: string, where: Where, findings: Finding[]): void {
  for (const [key, attribute] of node.attributes) {
    const spec = schema.attributes.get(key)
    if (!spec) {
      // ONNX lets a node carry attributes of inner tools; they are marked by their own prefix.
      const near = nearest(key, [...schema.attributes.keys()])
      findings.push(report(catalogue, 'model/attribute-unknown', { node: name, attribute: key, near }, where))
      continue
    }
    if (attribute.type !== 'REFERENCE' && attribute.type !== spec.type) {
      const found = attribute.type === 'UNKNOWN' ? `of type ${attribute.value}` : attribute.type
      findings.push(
        report(catalogue, 'model/attribute-type', { node: name, attribute: key, found, allowed: spec.type }, where),
      )
    }
    checkWord(node, key, attribute, name, where, findings)
  }
  for (const [key, spec] of schema.attributes)
    if (spec.required && !node.attributes.has(key))
      findings.push(report(catalogue, 'model/attribute-missing', { node: name, attribute: key }, where))
  if (schema.name === 'Constant' && schema.domain === '') {
    const attributes = [...node.attributes.keys()].filter((key) => schema.attributes.has(key))
    if (attributes.length !== 1)
      findings.push(report(catalogue, 'model/attribute-conflict', { node: name, attributes }, where))
  }
}

function checkWord(
  node: Node,
  key: string,
  attribute: Attribute,
  name: string,
  where: Where,
  findings: Finding[],
): void {
  const allowed = node.domain === '' ? enumerations.get(node.op)?.get(key) : undefined
  if (!allowed || attribute.type !== 'STRING' || allowed.includes(attribute.value)) return
  const args = { node: name, attribute: key, found: attribute.value, allowed }
  findings.push(report(catalogue, 'model/attribute-value', args, where))
}

function checkTypes(
  node: Node,
  schema: OperatorSchema,
  typeOf: (input: number) => ValueType | null,
  name: string,
  where: Where,
  findings: Finding[],
): void {
  const bound = new Map<string, { text: string; formal: string }>()
  for (let i = 0; i < node.inputs.length; i++) {
    const formal = formalInput(schema, i)
    const type = typeOf(i)
    const text = type && typeString(type)
    if (!formal || !text) continue
    const allowed = schema.types.get(formal.type)
    if (allowed ? !allowed.has(text) : formal.type !== text) {
      const what = `${formal.name} is ${text}, and it takes ${listed(allowed ? [...allowed] : [formal.type])}`
      findings.push(report(catalogue, 'model/type-mismatch', { node: name, what }, where))
      return
    }
    if (!allowed || (formal.option === 'variadic' && !formal.homogeneous)) continue
    const before = bound.get(formal.type)
    if (before && before.text !== text) {
      const what = `${formal.name} is ${text}, and ${before.formal} is ${before.text}; they have to be of one type`
      findings.push(report(catalogue, 'model/type-mismatch', { node: name, what }, where))
      return
    }
    if (!before) bound.set(formal.type, { text, formal: formal.name })
  }
}

const formalInput = (schema: OperatorSchema, index: number): FormalParameter | undefined => {
  const last = schema.inputs.at(-1)
  return schema.inputs[index] ?? (last?.option === 'variadic' ? last : undefined)
}

const listed = (types: readonly string[]): string =>
  types.length <= 6 ? types.join(', ') : `${types.slice(0, 6).join(', ')} and ${types.length - 6} more`
