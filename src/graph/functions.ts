/** The local functions of a model: built, checked for calls in a circle, and measured without expanding them. */
import type { FunctionProto, OnnxFile } from '../onnx/read.ts'
import { reading } from '../result/catalogue/reading.ts'
import { structure } from '../result/catalogue/structure.ts'
import { report } from '../result/finding.ts'
import { attributesOf } from './attributes.ts'
import { buildFunctionBody, domainOf, type GraphContext } from './build-graph.ts'
import type { Findings } from './findings.ts'
import { type FunctionDef, functionKey, type Graph, type Node } from './model.ts'
import { BuiltGraph, BuiltNode } from './values.ts'

export function buildFunctions(
  file: OnnxFile,
  context: GraphContext,
  opsetsOf: (imports: FunctionProto['opset_import']) => ReadonlyMap<string, number>,
): Map<string, FunctionDef> {
  const functions = new Map<string, FunctionDef>()
  for (const proto of file.model.functions) {
    const definition = buildFunction(proto, context, opsetsOf)
    const key = functionKey(definition.domain, definition.name, definition.overload)
    context.names.check(definition.name)
    if (functions.has(key)) context.findings.add(report(structure, 'model/function-duplicate', { function: key }))
    else functions.set(key, definition)
    if (proto.opset_import.length === 0)
      context.findings.add(report(reading, 'model/no-opset-import', { function: key }, { severity: 'warning' }))
  }
  return functions
}

function buildFunction(
  proto: FunctionProto,
  context: GraphContext,
  opsetsOf: (imports: FunctionProto['opset_import']) => ReadonlyMap<string, number>,
): FunctionDef {
  const domain = domainOf(proto.domain)
  const name = proto.name ?? ''
  const overload = proto.overload ?? ''
  const scope = functionKey(domain, name, overload)
  // The defaults are read as attributes of a node that stands for the function.
  const holder = new BuiltNode(
    new BuiltGraph(name, scope, null, null, context.ids),
    0,
    name,
    name,
    domain,
    overload,
    [],
  )
  attributesOf(proto.attribute_proto, holder, {
    ...context,
    body: (_, bodyName) => new BuiltGraph(bodyName, `${scope}/${bodyName}`, null, null, context.ids),
  })
  return {
    domain,
    name,
    overload,
    inputs: proto.input,
    outputs: proto.output,
    required: proto.attribute,
    defaults: holder.attributes,
    opsets: opsetsOf(proto.opset_import),
    body: buildFunctionBody(proto, scope, context),
  }
}

/** Every node of a graph and of the bodies inside it. */
function* allNodes(graph: Graph): Generator<Node> {
  const open: Graph[] = [graph]
  for (let next = open.pop(); next; next = open.pop())
    for (const node of next.nodes) {
      yield node
      open.push(...node.bodies.values())
    }
}

/** Expansions beyond this many nodes are reported. */
const manyNodes = 5_000_000

/** Finds functions that call themselves, and counts what full expansion would give. */
export function checkCalls(graph: Graph, functions: ReadonlyMap<string, FunctionDef>, findings: Findings): void {
  if (functions.size === 0) return
  const callees = new Map<string, string[]>()
  const own = new Map<string, number>()
  const measure = (key: string, body: Graph) => {
    const calls: string[] = []
    let nodes = 0
    for (const node of allNodes(body)) {
      const called = functionKey(node.domain, node.op, node.overload)
      if (functions.has(called)) calls.push(called)
      else nodes++
    }
    callees.set(key, calls)
    own.set(key, nodes)
  }
  const main = '\0main'
  measure(main, graph)
  for (const [key, definition] of functions) measure(key, definition.body)

  const sizes = new Map<string, number>()
  const path: { key: string; next: number }[] = []
  const onPath = new Set<string>()
  const enter = (key: string) => {
    path.push({ key, next: 0 })
    onPath.add(key)
  }
  for (const start of [main, ...functions.keys()]) {
    if (!sizes.has(start)) enter(start)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const calls = callees.get(top.key) ?? []
      const called = calls[top.next++]
      if (called === undefined) {
        sizes.set(
          top.key,
          calls.reduce((sum, call) => sum + (sizes.get(call) ?? 0), own.get(top.key) ?? 0),
        )
        onPath.delete(top.key)
        path.pop()
      } else if (onPath.has(called)) {
        const circle = path.slice(path.findIndex(({ key }) => key === called)).map(({ key }) => key)
        // One finding per circle: its call that closes it is met once, unless it is made several times.
        if (calls.indexOf(called) === top.next - 1)
          findings.add(report(structure, 'model/function-recursion', { functions: circle }))
      } else if (!sizes.has(called)) enter(called)
    }
  }
  const nodes = sizes.get(main) ?? 0
  const written = [...own.values()].reduce((sum, count) => sum + count, 0)
  if (nodes > manyNodes && nodes > 100 * written)
    findings.add(report(structure, 'model/function-expansion', { nodes, written }))
}
