/** Nodes become hardware layers. */

import type { DataType } from '../datatype.ts'
import { type Figures, like, type Network, Operation, type Tensor } from '../network.ts'
import { permuted, toChannelsFirst, toChannelsLast, transposeTo } from '../streamline/transposes.ts'

export interface Layer {
  readonly op: string
  readonly figures?: Figures
  readonly outType?: DataType
}

/** The node itself becomes the layer; what it reads and gives stays. */
export function becomes(operation: Operation, { op, figures = {}, outType }: Layer): void {
  operation.op = op
  operation.hardware = true
  operation.figures = figures
  operation.outType = outType ?? operation.output.type
}

/** The node and the one behind it become one layer. */
export function mergeInto(network: Network, operation: Operation, behind: Operation): void {
  for (const origin of behind.origins) operation.origins.add(origin)
  operation.absorb(behind)
  const { output } = behind
  network.remove(behind)
  network.setOutput(operation, 0, output)
}

/** A layer that works on channels last, where tensors are channels first: a Transpose on either side. */
export function turnToChannelsLast(network: Network, operation: Operation, inputs = 1): void {
  for (let index = 0; index < inputs; index++) {
    const tensor = operation.inputs[index]
    if (tensor?.layout !== 'NCHW') continue
    const turned = permuted(tensor, toChannelsLast)
    turned.type = tensor.type
    turned.layout = 'NHWC'
    network.insert(transposeTo(tensor, turned, toChannelsLast, operation.origins), operation.previous)
    network.setInput(operation, index, turned)
  }
  const { output } = operation
  if (output.layout !== 'NCHW') return
  const turned = permuted(output, toChannelsLast)
  turned.type = output.type
  turned.layout = 'NHWC'
  network.setOutput(operation, 0, turned)
  network.insert(transposeTo(turned, output, toChannelsFirst, operation.origins), operation)
}

export const lastOf = (tensor: Tensor | null | undefined): number => tensor?.shape?.at(-1) ?? 0
export const leading = (tensor: Tensor): number =>
  (tensor.shape?.slice(0, -1) ?? []).reduce((size, dim) => size * dim, 1)

/** One copy of a tensor per reader. */
export function duplicate(network: Network, maker: Operation | null, tensor: Tensor): void {
  const readers = [...network.consumers(tensor)]
  const isOutput = network.outputs.has(tensor)
  const origins = new Set(maker?.origins ?? [])
  const node = new Operation('DuplicateStreams', [tensor], [], origins)
  node.hardware = true
  node.outType = tensor.type
  node.figures = { NumChannels: lastOf(tensor) }
  const copies = readers.map(() => copyOf(tensor))
  const free = [...copies]
  const source = isOutput && maker ? copyOf(tensor) : tensor
  node.inputs = [source]
  node.outputs = [...copies, ...(isOutput ? [tensor] : [])]
  if (source !== tensor && maker) network.setOutput(maker, maker.outputs.indexOf(tensor), source)
  for (const reader of new Set(readers))
    reader.inputs.forEach((read, index) => {
      const copy = read === tensor ? free.shift() : undefined
      if (copy) network.setInput(reader, index, copy)
    })
  network.insert(node, maker)
}

function copyOf(tensor: Tensor): Tensor {
  const copy = like(tensor)
  copy.type = tensor.type
  copy.layout = tensor.layout
  return copy
}
