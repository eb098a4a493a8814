/** All hardware layers have to form one part. Source: create_generic_partitions.py of qonnx, PartitionFromLambda. */
import type { Network, Operation } from './network.ts'

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
