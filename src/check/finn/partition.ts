/** All hardware layers have to form one part. Source: create_generic_partitions.py of qonnx, PartitionFromLambda. */
import { bitsOf } from './datatype.ts'
import type { Network, Operation, Tensor } from './network.ts'

/** Nodes in software between hardware layers: they read what hardware gives, and hardware reads what they give. */
export function breakers(network: Network): Set<Operation> {
  const hardware = network.all().filter((operation) => operation.hardware)
  const behind = reached(hardware, (operation) => network.successors(operation))
  const before = reached(hardware, (operation) => network.predecessors(operation))
  return new Set([...behind].filter((operation) => !operation.hardware && before.has(operation)))
}

function reached(from: readonly Operation[], next: (operation: Operation) => readonly Operation[]): Set<Operation> {
  const found = new Set<Operation>()
  const open = [...from]
  for (let operation = open.pop(); operation; operation = open.pop())
    for (const other of next(operation))
      if (!found.has(other)) {
        found.add(other)
        open.push(other)
      }
  return found
}

/** Bytes that stream into and out of the accelerator, each tensor once, its values packed. */
export function borderBytes(network: Network): { readonly bytesIn: number; readonly bytesOut: number } {
  const incoming = new Set<Tensor>()
  const outgoing = new Set<Tensor>()
  for (const operation of network.all()) {
    if (!operation.hardware) continue
    for (const tensor of operation.inputs)
      if (tensor && !tensor.constant && !network.maker(tensor)?.hardware) incoming.add(tensor)
    for (const tensor of operation.outputs)
      if (tensor && (network.outputs.has(tensor) || network.consumers(tensor).some(({ hardware }) => !hardware)))
        outgoing.add(tensor)
  }
  return { bytesIn: bytes(incoming), bytesOut: bytes(outgoing) }
}

function bytes(tensors: ReadonlySet<Tensor>): number {
  let sum = 0
  for (const { shape, type } of tensors) {
    const elements = (shape ?? []).reduce((product, dim) => product * dim, 1)
    sum += Math.ceil((elements * bitsOf(type)) / 8)
  }
  return sum
}
