/** A model's graphs as a picture needs them, for reports that draw them. */

import { attributeText } from '../graph/attribute-text.ts'
import { isKnown } from '../graph/dim.ts'
import type { Graph, Model, Node, Value } from '../graph/model.ts'
import type { Inference } from '../infer/facts.ts'
import type { GraphPicture, PictureNode, PictureValue } from '../result/graph.ts'
import { typeInfo } from './type-info.ts'

const longestAttribute = 200

/** The main graph, then the bodies of control flow, each after the graph that holds it. */
export function picturesOf(model: Model, inference: Inference): GraphPicture[] {
  const pictures: GraphPicture[] = []
  const open: Graph[] = [model.graph]
  for (let graph = open.pop(); graph; graph = open.pop()) {
    pictures.push(pictureOf(graph, inference))
    const bodies = graph.nodes.flatMap((node) => [...node.bodies.values()])
    open.push(...bodies.reverse())
  }
  return pictures
}

function pictureOf(graph: Graph, inference: Inference): GraphPicture {
  const values: PictureValue[] = []
  const positions = new Map<Value, number>()
  const position = (value: Value): number => {
    const known = positions.get(value)
    if (known !== undefined) return known
    positions.set(value, values.length)
    values.push(pictureValue(value, inference))
    return values.length - 1
  }
  const present = (list: readonly (Value | null)[]): number[] =>
    list.filter((value) => value !== null).map((value) => position(value))
  const nodes = graph.nodes.map((node): PictureNode => {
    const attributes = attributesOf(node)
    const { macs } = inference.node(node)
    return {
      name: node.name,
      op: node.op,
      domain: node.domain,
      inputs: present(node.inputs),
      outputs: present(node.outputs),
      ...(attributes ? { attributes } : {}),
      ...(macs !== null && isKnown(macs) && macs > 0 ? { macs } : {}),
    }
  })
  return { scope: graph.scope, nodes, values }
}

function pictureValue(value: Value, inference: Inference): PictureValue {
  const kind = inference.isConst(value) ? 'weight' : value.isInput ? 'input' : value.isOutput ? 'output' : null
  const type = typeInfo(inference.facts(value).type)
  return { name: value.name, ...type, ...(kind ? { kind } : {}) }
}

/** `fromEntries` defines own properties, whatever a model calls its attributes. */
function attributesOf({ attributes }: Node): Record<string, string> | null {
  if (attributes.size === 0) return null
  return Object.fromEntries(
    [...attributes].map(([name, value]) => [name, attributeText(value).slice(0, longestAttribute)]),
  )
}
