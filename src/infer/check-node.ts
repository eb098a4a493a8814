/** Holds a node against its operator's schema: arity, attributes, element types. */

import type { Attribute, Node } from '../graph/model.ts'
import { nodeRef } from '../graph/model.ts'
import { nodeText } from '../graph/node-text.ts'
import { typeString, type ValueType } from '../graph/type.ts'
import { enumerations } from '../operators/enumerations.ts'
import type { FormalParameter, OperatorSchema } from '../operators/schema.ts'
import { operators as catalogue } from '../result/catalogue/operators.ts'
import { type Finding, report } from '../result/finding.ts'
import { nearest } from '../result/nearest.ts'

/** What is wrong with one node. Its name is written only for a finding: most nodes have none. */
class Faults {
  readonly findings: Finding[] = []
  constructor(readonly node: Node) {}

  add(of: (node: string, where: { nodes: (number | string)[] }) => Finding): void {
    this.findings.push(of(nodeText(this.node), { nodes: [nodeRef(this.node)] }))
  }
}

const none: readonly Finding[] = []

/** The types of a node's inputs; null where not known. */
interface InputTypes {
  type(input: number): ValueType | null
}

export function checkNode(node: Node, schema: OperatorSchema, types: InputTypes): readonly Finding[] {
  const faults = new Faults(node)
  checkArity(node, schema, faults)
  checkAttributes(node, schema, faults)
  checkTypes(node, schema, types, faults)
  return faults.findings.length > 0 ? faults.findings : none
}

function checkArity(node: Node, schema: OperatorSchema, faults: Faults): void {
  // Trailing empty names are inputs left out, not inputs.
  let inputs = node.inputNames.length
  while (inputs > 0 && node.inputNames[inputs - 1] === '') inputs--
  const outputs = node.outputs.length
  const wrong = (what: string, found: number, least: number, most: number) =>
    faults.add((node, where) => report(catalogue, 'model/arity', { node, what, found, least, most }, where))
  if (inputs < schema.minIn || inputs > schema.maxIn) wrong('inputs', inputs, schema.minIn, schema.maxIn)
  if (outputs < schema.minOut || outputs > schema.maxOut) wrong('outputs', outputs, schema.minOut, schema.maxOut)
  for (let i = 0; i < inputs; i++) {
    const formal = schema.inputs[i]
    if (formal?.option === 'single' && node.inputNames[i] === '')
      faults.add((node, where) => report(catalogue, 'model/input-missing', { node, input: formal.name }, where))
  }
}

function checkAttributes(node: Node, schema: OperatorSchema, faults: Faults): void {
  // Not `for of`: a pair for each attribute of each node is most of what such a loop costs.
  node.attributes.forEach((attribute, key) => {
    checkAttribute(key, attribute, schema, faults)
  })
  for (const attribute of schema.required)
    if (!node.attributes.has(attribute))
      faults.add((node, where) => report(catalogue, 'model/attribute-missing', { node, attribute }, where))
  if (schema.name === 'Constant' && schema.domain === '') {
    const attributes = [...node.attributes.keys()].filter((key) => schema.attributes.has(key))
    if (attributes.length !== 1)
      faults.add((node, where) => report(catalogue, 'model/attribute-conflict', { node, attributes }, where))
  }
}

function checkAttribute(key: string, attribute: Attribute, schema: OperatorSchema, faults: Faults): void {
  const spec = schema.attributes.get(key)
  if (!spec) {
    const near = nearest(key, [...schema.attributes.keys()])
    faults.add((node, where) => report(catalogue, 'model/attribute-unknown', { node, attribute: key, near }, where))
    return
  }
  if (attribute.type !== 'REFERENCE' && attribute.type !== spec.type) {
    const found = attribute.type === 'UNKNOWN' ? `of type ${attribute.value}` : attribute.type
    const args = { attribute: key, found, allowed: spec.type }
    faults.add((node, where) => report(catalogue, 'model/attribute-type', { node, ...args }, where))
  }
  if (attribute.type === 'STRING') checkWord(key, attribute.value, faults)
}

function checkWord(attribute: string, found: string, faults: Faults): void {
  const { domain, op } = faults.node
  const allowed = domain === '' ? enumerations.get(op)?.get(attribute) : undefined
  if (allowed && !allowed.includes(found))
    faults.add((node, where) => report(catalogue, 'model/attribute-value', { node, attribute, found, allowed }, where))
}

// No functions and no lists are made here while all is well: this is the most frequent check of all.
function checkTypes(node: Node, schema: OperatorSchema, types: InputTypes, faults: Faults): void {
  /** For each type parameter the first input that has it; `first` alone while there is only one. */
  let first = -1
  let others: number[] | undefined
  for (let i = 0; i < node.inputs.length; i++) {
    const formal = formalInput(schema, i)
    const text = textOf(types, i)
    if (!formal || !text) continue
    const allowed = schema.types.get(formal.type)
    if (allowed ? !allowed.has(text) : formal.type !== text) {
      mismatch(faults, `${formal.name} is ${text}, and it takes ${listed(allowed ? [...allowed] : [formal.type])}`)
      return
    }
    if (!allowed || (formal.option === 'variadic' && !formal.homogeneous)) continue
    if (first < 0) {
      first = i
      continue
    }
    const bound =
      formalInput(schema, first)?.type === formal.type
        ? first
        : others?.find((input) => formalInput(schema, input)?.type === formal.type)
    if (bound === undefined) {
      others ??= []
      others.push(i)
    } else if (textOf(types, bound) !== text) {
      const other = `${formalInput(schema, bound)?.name} is ${textOf(types, bound)}`
      mismatch(faults, `${formal.name} is ${text}, and ${other}; they have to be of one type`)
      return
    }
  }
}

function textOf(types: InputTypes, input: number): string | null {
  const type = types.type(input)
  return type && typeString(type)
}

const mismatch = (faults: Faults, what: string): void =>
  faults.add((node, where) => report(catalogue, 'model/type-mismatch', { node, what }, where))

const formalInput = (schema: OperatorSchema, index: number): FormalParameter | undefined => {
  const formal = schema.inputs[index]
  if (formal) return formal
  const last = schema.inputs.at(-1)
  return last?.option === 'variadic' ? last : undefined
}

const listed = (types: readonly string[]): string =>
  types.length <= 6 ? types.join(', ') : `${types.slice(0, 6).join(', ')} and ${types.length - 6} more`
