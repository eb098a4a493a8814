/**
 * The user's model as a network, cleaned up as qonnx does: constants folded, except the quantisers of constants.
 * Source: util/cleanup.py, transformation/fold_constants.py, transformation/quant_constant_folding.py of qonnx.
 */
import type { Graph, Value } from '../../graph/model.ts'
import { tensorElements } from '../../infer/context.ts'
import type { Inference } from '../../infer/facts.ts'
import { numbers } from '../../operators/value.ts'
import { type Constant, transposed } from './constant.ts'
import { Network, Operation, Tensor } from './network.ts'

const quantizers: ReadonlySet<string> = new Set(['Quant', 'BipolarQuant'])
/** What folding leaves alone when qonnx cleans up; FINN itself later folds the last two. */
const keptByCleanUp: ReadonlySet<string> = new Set([...quantizers, 'QuantizeLinear', 'DequantizeLinear'])
export const keptByTidyUp = quantizers

export function readNetwork(inference: Inference, graph: Graph): Network {
  const tensors = new Map<Value, Tensor>()
  const tensorOf = (value: Value): Tensor => {
    let tensor = tensors.get(value)
    if (!tensor) {
      tensor = new Tensor(shapeOf(inference, value), value)
      tensors.set(value, tensor)
    }
    return tensor
  }
  // Each reading has a constant of its own: qonnx gives every parameter its own tensor.
  const read = (value: Value | null): Tensor | null => {
    if (!value) return null
    const constant = initialConstant(inference, value)
    if (!constant) return tensorOf(value)
    const own = new Tensor(constant.shape, value)
    own.constant = constant
    return own
  }
  const inputs = graph.inputs.filter((value) => !value.initializer).map(tensorOf)
  const network = new Network(inputs, new Set(graph.outputs.map(tensorOf)))
  for (const node of graph.order) {
    if (node.op === 'Constant' && node.domain === '') continue
    const captured = [...new Set([...node.bodies.values()].flatMap((body) => [...body.captures]))]
    const made = new Operation(
      node.op,
      [...node.inputs, ...captured].map(read),
      node.outputs.map((value) => value && tensorOf(value)),
      new Set([node]),
    )
    made.attributes = node.attributes
    made.domain = node.domain
    made.perm = made.op === 'Transpose' ? made.ints('perm') : null
    network.append(made)
  }
  foldConstants(inference, network, keptByCleanUp)
  foldTransposesIntoQuantizers(network)
  return network
}

/** A symbolic or unknown size counts as 0, as it does for FINN. */
function shapeOf(inference: Inference, value: Value): readonly number[] | null {
  const { type } = inference.facts(value)
  if (type?.kind !== 'tensor' || !type.shape) return null
  return type.shape.map((dim) => (typeof dim === 'number' ? dim : 0))
}

function initialConstant(inference: Inference, value: Value): Constant | null {
  const { origin } = inference.facts(value)
  // An initializer is a constant for qonnx, also where an input could override it.
  if (!value.initializer && origin !== 'constant') return null
  return knownConstant(inference, value)
}

const knownConstant = (inference: Inference, value: Value): Constant => ({
  shape: value.initializer?.dims ?? shapeOf(inference, value) ?? [],
  values: numbers(value.initializer ? tensorElements(value.initializer) : inference.valueOf(value)),
})

/** Nodes all of whose inputs are constants are computed. */
export function foldConstants(inference: Inference, network: Network, kept: ReadonlySet<string>): void {
  for (const operation of network.all()) {
    if (kept.has(operation.op)) continue
    const isShape = operation.op === 'Shape' && operation.inputs[0]?.shape?.every((dim) => dim > 0) === true
    if (!isShape && !operation.inputs.every((tensor) => tensor?.constant)) continue
    network.remove(operation)
    for (const tensor of operation.outputs) if (tensor) fold(inference, network, operation, tensor)
  }
}

function fold(inference: Inference, network: Network, by: Operation, tensor: Tensor): void {
  const shape = tensor.shape ?? (tensor.value && shapeOf(inference, tensor.value)) ?? []
  const input = by.inputs[0]?.constant
  const values = tensor.value ? numbers(inference.valueOf(tensor.value)) : null
  const constant = by.op === 'Transpose' && input && !values ? transposed(input, by.perm) : { shape, values }
  for (const reader of [...network.consumers(tensor)])
    reader.inputs.forEach((read, index) => {
      if (read !== tensor) return
      const own = new Tensor(constant.shape, tensor.value)
      own.constant = constant
      own.type = tensor.type
      network.setInput(reader, index, own)
    })
  tensor.constant = constant
}

export const isConstantQuantizer = ({ op, inputs }: Operation): boolean =>
  quantizers.has(op) && inputs.every((tensor) => tensor?.constant)

/** A Transpose behind the quantiser of a constant is done to the constants. */
export function foldTransposesIntoQuantizers(network: Network): void {
  for (const operation of network.of('Transpose')) {
    const [quantizer, ...others] = network.predecessors(operation)
    if (!quantizer || others.length > 0 || !isConstantQuantizer(quantizer)) continue
    for (const tensor of quantizer.inputs) {
      if (!tensor?.constant || (operation.perm && operation.perm.length !== tensor.constant.shape.length)) continue
      tensor.constant = transposed(tensor.constant, operation.perm)
      tensor.shape = tensor.constant.shape
    }
    const { output } = operation
    for (const origin of operation.origins) quantizer.origins.add(origin)
    network.remove(operation)
    network.setOutput(quantizer, 0, output)
  }
}
