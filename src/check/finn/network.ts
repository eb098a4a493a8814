/**
 * A network as FINN holds it while it works on it: nodes in a row, tensors with FINN's data types and layouts. Nodes
 * know from which nodes of the user's file they come.
 */
import type { Attribute, Node, Value } from '../../graph/model.ts'
import type { Constant } from './constant.ts'
import { type DataType, float32 } from './datatype.ts'
import type { Thresholds } from './thresholds.ts'

export type Layout = 'NCHW' | 'NHWC' | 'NWC' | 'NC' | null

export class Tensor {
  type: DataType = float32
  layout: Layout = null
  constant: Constant | null = null
  /** Weights of a depthwise convolution, spread over a matrix: the size of the kernel. */
  depthwise: readonly [number, number] | null = null
  /** Weights that hold their smallest value, so that the negated ones do not fit the type. */
  isFull = false

  constructor(
    /** A symbolic size is 0, as FINN reads it; null where the rank is not known. */
    public shape: readonly number[] | null,
    readonly value: Value | null = null,
  ) {}
}

/** A window that slides over height and width. */
export interface Window {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  /** Top, left, bottom, right. */
  readonly pads: readonly number[]
  readonly dilations: readonly [number, number]
  readonly padValue: number
  readonly depthwise: boolean
}

/** How a layer can be folded: figures by name. */
export type Figures = Readonly<Record<string, number | string>>

export class Operation {
  previous: Operation | null = null
  next: Operation | null = null
  /** It has become a hardware layer. */
  hardware = false
  /** Transpose. */
  perm: readonly number[] | null = null
  /** MultiThreshold. */
  thresholds: Thresholds | null = null
  /** Im2Col. */
  window: Window | null = null
  /** What a hardware layer gives, whatever it reads. */
  outType: DataType | null = null
  figures: Figures = {}
  attributes: ReadonlyMap<string, Attribute> = none
  domain = ''
  /** Nodes of the file whose factors and summands have gone into it. */
  readonly absorbed = new Set<Node>()

  constructor(
    public op: string,
    public inputs: (Tensor | null)[],
    public outputs: (Tensor | null)[],
    /** The nodes of the file that it comes from. */
    readonly origins: Set<Node>,
  ) {}

  /** What another node did is part of it from now on. */
  absorb({ origins, absorbed }: Operation): void {
    for (const node of [...origins, ...absorbed]) this.absorbed.add(node)
  }

  get input(): Tensor {
    return this.inputs[0] ?? nothing
  }
  get output(): Tensor {
    return this.outputs[0] ?? nothing
  }
  /** The constant that stands second: the factor of a Mul, the summand of an Add. */
  get parameter(): Constant | null {
    return this.inputs[1]?.constant ?? null
  }
  /** As written in the file: FINN does not fill in what ONNX lets one leave out. */
  ints(name: string): readonly number[] | null {
    const attribute = this.attributes.get(name)
    return attribute?.type === 'INTS' ? attribute.value.map(Number) : null
  }
  int(name: string): number | null {
    const attribute = this.attributes.get(name)
    return attribute?.type === 'INT' ? Number(attribute.value) : null
  }
  float(name: string): number | null {
    const attribute = this.attributes.get(name)
    return attribute?.type === 'FLOAT' ? attribute.value : null
  }
  text(name: string): string | null {
    const attribute = this.attributes.get(name)
    return attribute?.type === 'STRING' ? attribute.value : null
  }
}

const none: ReadonlyMap<string, Attribute> = new Map()
/** What a broken node reads or gives. */
const nothing = new Tensor(null)

/** What FINN does to a network without a message, so that it computes something else. */
export interface Fault {
  readonly rule: string
  readonly nodes: readonly Node[]
  readonly why: string
}

/** Where FINN raises an error. It stops at the first; here work goes on, so that all are found. */
export interface Stop {
  /** Operator and name of the rule in the profile: `Gemm/bias`. */
  readonly rule: string
  readonly nodes: readonly Node[]
  /** What was found, as the second half of a sentence. */
  readonly why: string
  /** Names of tensors that it is about. */
  readonly values: readonly string[]
}

export class Network {
  private first: Operation | null = null
  /** Counts what changes the order in which nodes depend on each other. */
  private changes = 0
  private sorted = -1
  private last: Operation | null = null
  private readonly makers = new Map<Tensor, Operation>()
  private readonly readers = new Map<Tensor, Operation[]>()
  readonly stops: Stop[] = []
  readonly faults: Fault[] = []
  /** Rules of which it cannot be told whether they hold, because values were not read. */
  readonly doubts: Stop[] = []

  constructor(
    readonly inputs: readonly Tensor[],
    readonly outputs: ReadonlySet<Tensor>,
  ) {}

  stop(rule: string, operation: Operation, why: string, values: readonly (Tensor | null | undefined)[] = []): void {
    enterStop(this.stops, rule, operation, why, values)
  }
  doubt(rule: string, operation: Operation, why: string, values: readonly (Tensor | null | undefined)[] = []): void {
    enterStop(this.doubts, rule, operation, why, values)
  }

  fault(rule: string, operation: Operation, why: string): void {
    this.faults.push({ rule, nodes: [...operation.origins], why })
  }

  /** As they stand now. */
  all(): Operation[] {
    const list: Operation[] = []
    for (let at = this.first; at; at = at.next) list.push(at)
    return list
  }
  of(...operators: readonly string[]): Operation[] {
    return this.all().filter(({ op }) => operators.includes(op))
  }
  get head(): Operation | null {
    return this.first
  }
  has(operation: Operation): boolean {
    return operation === this.first || operation.previous !== null
  }

  maker(tensor: Tensor | null | undefined): Operation | null {
    return (tensor && this.makers.get(tensor)) ?? null
  }
  /** One entry per reading. */
  consumers(tensor: Tensor | null | undefined): readonly Operation[] {
    return (tensor && this.readers.get(tensor)) ?? nobody
  }
  consumer(tensor: Tensor | null | undefined): Operation | null {
    return this.consumers(tensor)[0] ?? null
  }
  successors(operation: Operation): Operation[] {
    return operation.outputs.flatMap((tensor) => this.consumers(tensor))
  }
  predecessors(operation: Operation): Operation[] {
    return operation.inputs.flatMap((tensor) => this.maker(tensor) ?? [])
  }
  isFork(operation: Operation): boolean {
    return this.successors(operation).length > 1
  }
  isJoin(operation: Operation): boolean {
    return this.predecessors(operation).length > 1
  }
  /** Neither a fork nor a join: FINN moves nothing else. */
  isLinear(operation: Operation): boolean {
    return !this.isFork(operation) && !this.isJoin(operation)
  }

  // Changes.

  append(operation: Operation): Operation {
    return this.insert(operation, this.last)
  }
  /** Behind another one; null: at the front. */
  insert(operation: Operation, behind: Operation | null): Operation {
    this.link(operation, behind)
    for (const tensor of operation.outputs) if (tensor) this.makers.set(tensor, operation)
    for (const tensor of operation.inputs) if (tensor) this.addReader(tensor, operation)
    return operation
  }
  remove(operation: Operation): void {
    this.unlink(operation)
    for (const tensor of operation.outputs)
      if (tensor && this.makers.get(tensor) === operation) this.makers.delete(tensor)
    for (const tensor of operation.inputs) if (tensor) this.dropReader(tensor, operation)
  }
  /** Moves it in the row; what it reads and makes stays. */
  place(operation: Operation, behind: Operation): void {
    this.unlink(operation)
    this.link(operation, behind)
  }
  setInput(operation: Operation, index: number, tensor: Tensor): void {
    this.changes++
    const before = operation.inputs[index]
    if (before) this.dropReader(before, operation)
    operation.inputs[index] = tensor
    this.addReader(tensor, operation)
  }
  setOutput(operation: Operation, index: number, tensor: Tensor): void {
    this.changes++
    const before = operation.outputs[index]
    if (before && this.makers.get(before) === operation) this.makers.delete(before)
    operation.outputs[index] = tensor
    this.makers.set(tensor, operation)
  }
  /** Leaves out the inputs from `count` on. */
  cutInputs(operation: Operation, count: number): void {
    for (const tensor of operation.inputs.splice(count)) if (tensor) this.dropReader(tensor, operation)
  }
  /** Every reader of one tensor reads another. */
  redirect(from: Tensor, to: Tensor): void {
    for (const reader of [...this.consumers(from)])
      reader.inputs.forEach((tensor, index) => {
        if (tensor === from) this.setInput(reader, index, to)
      })
  }
  /** Takes out a node that passes on what it reads. */
  bypass(operation: Operation): void {
    const { input, output } = operation
    this.remove(operation)
    const maker = this.maker(input)
    if (maker && !input.constant) {
      // The output keeps its place, it may be one of the network.
      this.setOutput(maker, maker.outputs.indexOf(input), output)
      this.redirect(input, output)
    } else this.redirect(output, input)
  }

  /** In an order in which makers come first: by depth, else as before. Source: general.py, SortGraph of qonnx. */
  sort(): void {
    if (this.sorted === this.changes) return
    const depths = new Map<Operation, number>()
    const all = this.all()
    const open = new Map(all.map((operation) => [operation, new Set(this.predecessors(operation)).size]))
    let wave = all.filter((operation) => open.get(operation) === 0)
    for (let depth = 0; wave.length > 0; depth++) {
      const reached: Operation[] = []
      for (const operation of wave) {
        depths.set(operation, depth)
        for (const reader of new Set(this.successors(operation))) {
          const left = (open.get(reader) ?? 0) - 1
          open.set(reader, left)
          if (left === 0) reached.push(reader)
        }
      }
      wave = reached
    }
    const sorted = all
      .map((operation, index) => ({ operation, index, depth: depths.get(operation) ?? Number.POSITIVE_INFINITY }))
      .sort((a, b) => (a.depth === b.depth ? a.index - b.index : a.depth - b.depth))
    this.first = null
    this.last = null
    for (const { operation } of sorted) {
      operation.previous = null
      operation.next = null
    }
    for (const { operation } of sorted) this.link(operation, this.last)
    this.sorted = this.changes
  }

  private link(operation: Operation, behind: Operation | null): void {
    this.changes++
    const after = behind ? behind.next : this.first
    operation.previous = behind
    operation.next = after
    if (behind) behind.next = operation
    else this.first = operation
    if (after) after.previous = operation
    else this.last = operation
  }
  private unlink(operation: Operation): void {
    this.changes++
    const { previous, next } = operation
    if (previous) previous.next = next
    else this.first = next
    if (next) next.previous = previous
    else this.last = previous
    operation.previous = null
    operation.next = null
  }
  private addReader(tensor: Tensor, operation: Operation): void {
    const readers = this.readers.get(tensor)
    if (readers) readers.push(operation)
    else this.readers.set(tensor, [operation])
  }
  private dropReader(tensor: Tensor, operation: Operation): void {
    const readers = this.readers.get(tensor)
    const at = readers?.lastIndexOf(operation) ?? -1
    if (readers && at >= 0) readers.splice(at, 1)
  }
}

const nobody: readonly Operation[] = []

function enterStop(
  list: Stop[],
  rule: string,
  { origins }: Operation,
  why: string,
  values: readonly (Tensor | null | undefined)[],
): void {
  if (list.some((stop) => stop.rule === rule && sameNodes(stop.nodes, origins))) return
  list.push({ rule, nodes: [...origins], why, values: values.flatMap((tensor) => tensor?.value?.name ?? []) })
}

const sameNodes = (a: readonly Node[], b: ReadonlySet<Node>): boolean =>
  a.length === b.size && a.every((node) => b.has(node))

/** A tensor between two nodes, of the shape of another. */
export const like = (tensor: Tensor): Tensor => new Tensor(tensor.shape)

export function constantTensor(constant: Constant): Tensor {
  const tensor = new Tensor(constant.shape)
  tensor.constant = constant
  return tensor
}
