/** What outputs of a model are made of, as far as it sets how exact they can be: float16 inside, quantised operators. */
import type { OutputNature } from '../compare/tolerance.ts'
import type { DType } from '../graph/dtype.ts'
import type { Model, Node, Value } from '../graph/model.ts'
import type { Inference } from '../infer/facts.ts'
import { numbers } from '../operators/value.ts'

/** Of any value of the main graph, by name. */
export type NatureOf = (value: string, dtype: DType) => OutputNature

export function naturesOf({ graph }: Model, inference: Inference): NatureOf {
  return (name, dtype) => {
    const value = graph.values.get(name)
    const makers = value ? makersOf(value) : []
    const quantised = makers.some(({ op }) => quantisedOps.test(op))
    return {
      dtype,
      half: makers.some((node) => computesInHalf(node, inference)),
      quantised: quantised && value ? quantisationOf(value, inference) : null,
    }
  }
}

/** All nodes that a value is made from, those of bodies included. */
function makersOf(value: Value): Node[] {
  const nodes = new Set<Node>()
  const open = value.producer ? [value.producer] : []
  for (let node = open.pop(); node; node = open.pop()) {
    if (nodes.has(node)) continue
    nodes.add(node)
    for (const input of node.inputs) if (input?.producer) open.push(input.producer)
    for (const body of node.bodies.values()) open.push(...body.nodes)
  }
  return [...nodes]
}

const computesInHalf = ({ inputs, outputs }: Node, inference: Inference): boolean =>
  [...inputs, ...outputs].some((value) => value !== null && dtypeOf(value, inference) === 'float16')

const quantisedOps =
  /^(QuantizeLinear|DequantizeLinear|DynamicQuantizeLinear|QLinear\w+|ConvInteger|MatMulInteger|QGemm|QAttention|MatMulNBits|DynamicQuantize\w+|QMoE|Quant|BipolarQuant)$/

function dtypeOf(value: Value, inference: Inference): DType | null {
  const { type } = inference.facts(value)
  return type?.kind === 'tensor' ? type.dtype : null
}

/** Operators that hand on values as they are, all from their first input, or from all of them. */
const handsOn = new Set([
  ...['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Slice', 'Gather', 'GatherElements'],
  ...['GatherND', 'Split', 'Expand', 'Tile', 'DepthToSpace', 'SpaceToDepth', 'Relu', 'Clip', 'MaxPool', 'Concat'],
])

/** The last quantisation before an output. Its step, where the values still are multiples of it. */
function quantisationOf(output: Value, inference: Inference): { step: number | null } | null {
  let step: number | null = 0
  let found = false
  const seen = new Set<Value>()
  const open = [output]
  for (let value = open.pop(); value; value = open.pop()) {
    if (seen.has(value)) continue
    seen.add(value)
    const { producer } = value
    if (!producer) continue
    if (producer.op === 'DequantizeLinear' || producer.op === 'QuantizeLinear') {
      found = true
      const scale = stepOf(producer, inference)
      step = scale === null || step === null ? null : Math.max(step, scale)
    } else if (handsOn.has(producer.op)) {
      const from = producer.op === 'Concat' ? producer.inputs : producer.inputs.slice(0, 1)
      open.push(...from.filter((input) => input !== null))
    } else step = null
  }
  const dtype = dtypeOf(output, inference)
  // Integers that no quantised operator makes are counts, classes, positions.
  if (!found && (dtype === 'int8' || dtype === 'uint8')) return isOfQuantised(output) ? { step: null } : null
  return { step: found && step !== 0 ? step : null }
}

function isOfQuantised({ producer }: Value): boolean {
  return producer !== null && quantisedOps.test(producer.op)
}

function stepOf({ inputs }: Node, inference: Inference): number | null {
  const [, scale] = inputs
  const values = scale ? numbers(inference.valueOf(scale)) : null
  return values && values.length > 0 ? Math.max(...values.map(Math.abs)) : null
}
