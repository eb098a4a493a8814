/**
 * Where two runtimes part inside a model: the first node whose output leaves the tolerance while its inputs agree.
 * Values are looked at in the order in which they are made, as many at once as fit; longer models by bisection.
 */
import { type Comparison, compareTensors } from '../../compare/tensors.ts'
import { attributeText } from '../../graph/attribute-text.ts'
import { type Node, nodeRef, type Value } from '../../graph/model.ts'
import type { Inference } from '../../infer/facts.ts'
import type { FirstDiverging } from '../../result/run.ts'
import type { Tensor, Tensors } from '../../tensors/tensor.ts'
import type { Lane } from '../lane.ts'
import type { Rules } from '../rules.ts'
import { type Candidate, candidatesOf, inputsOf } from './candidates.ts'
import { valuesInside } from './tapped.ts'

/** At once: more outputs cost more than another round. */
const mostTaps = 256
const mostBytes = 256 << 20

export interface Divergence {
  readonly place: FirstDiverging
  readonly node: Node
  /** What the node read and made on the reference. */
  readonly expected: Tensors
}

export interface Sides {
  readonly reference: Lane
  readonly other: Lane
  readonly rules: Rules
  /** Of the sample that differs most. */
  readonly feeds: Tensors
  /** The outputs of `other` on them, when nobody looks inside. */
  readonly plain: Tensors
}

/** Null where no value inside leaves the tolerance. @throws Problem where a runtime does not let us look inside */
export function firstDiverging(inference: Inference, sides: Sides): Promise<Divergence | null> {
  return new Search(inference, sides).find()
}

const agrees = (comparison: Comparison | undefined): boolean => comparison?.verdict === 'match'

class Search {
  private readonly candidates: readonly Candidate[]
  private readonly positions: ReadonlyMap<Value, number>
  private readonly seen = new Map<Value, Comparison>()
  private readonly expected = new Map<Value, Tensor>()
  private tapsChangeResult = false

  constructor(
    private readonly inference: Inference,
    private readonly sides: Sides,
  ) {
    this.candidates = candidatesOf(inference.model.graph, inference)
    this.positions = new Map(this.candidates.map(({ value }, position) => [value, position]))
  }

  async find(): Promise<Divergence | null> {
    const first =
      (await this.narrowed(this.candidates.length - 1, 'mismatch')) ??
      (await this.narrowed(this.candidates.length - 1, 'drift'))
    const candidate = first === null ? undefined : this.candidates[await this.back(first)]
    return candidate ? this.divergence(candidate) : null
  }

  /** Position of the first value up to `end` with this verdict, as far as bisection can tell. */
  private async narrowed(end: number, verdict: 'mismatch' | 'drift'): Promise<number | null> {
    let [low, high] = [0, end]
    let found: number | null = null
    const isBad = (comparison: Comparison | undefined) =>
      comparison?.verdict === 'mismatch' || (verdict === 'drift' && comparison?.verdict === 'drift')
    while (low <= high) {
      const positions = this.spread(low, high)
      await this.look(positions)
      const bad = positions.find((position) => isBad(this.at(position)))
      if (bad !== undefined) found = bad
      const complete = positions.length === high - low + 1
      if (complete || (bad === undefined && positions.at(-1) === high)) break
      const before = positions.filter((position) => bad === undefined || position < bad).at(-1)
      low = before === undefined ? low : before + 1
      high = bad === undefined ? high : bad - 1
    }
    return found
  }

  /** From a value back to the one where its trouble begins: through inputs that do not agree. */
  private async back(start: number): Promise<number> {
    let position = start
    for (let step = 0; step <= this.candidates.length; step++) {
      const node = this.candidates[position]?.node
      if (!node) break
      const inputs = inputsOf(node, this.inference).flatMap((value) => this.positions.get(value) ?? [])
      await this.look(inputs)
      const worse = inputs.find((input) => !agrees(this.at(input)) && this.at(input) !== undefined)
      if (worse === undefined) break
      position = worse
    }
    return position
  }

  private at(position: number): Comparison | undefined {
    const value = this.candidates[position]?.value
    return value && this.seen.get(value)
  }

  /** All positions from `low` to `high`, or as many as fit, evenly, with the last one. */
  private spread(low: number, high: number): number[] {
    const length = high - low + 1
    const sizes = this.candidates.slice(low, high + 1).map(({ size }) => size)
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    const room = Math.max(2, Math.min(mostTaps, Math.floor((length * mostBytes) / Math.max(bytes, 1))))
    if (length <= room) return Array.from({ length }, (_, i) => low + i)
    return [...new Set(Array.from({ length: room }, (_, i) => low + Math.round(((i + 1) * length) / room) - 1))]
  }

  private async look(positions: readonly number[]): Promise<void> {
    const values = positions
      .flatMap((position) => this.candidates[position]?.value ?? [])
      .filter((value) => !this.seen.has(value))
    if (values.length === 0) return
    const { reference, other, rules, feeds, plain } = this.sides
    const names = values.map(({ name }) => name)
    const expected = await valuesInside(reference.runtime, reference.model.path, names, feeds)
    const actual = await valuesInside(other.runtime, other.model.path, names, feeds)
    for (const value of values) {
      const tensor = expected[value.name]
      if (!tensor) continue
      this.expected.set(value, tensor)
      this.seen.set(value, compareTensors(tensor, actual[value.name], rules.inner(value.name, tensor.dtype)))
    }
    for (const [name, tensor] of Object.entries(plain))
      if (!agrees(compareTensors(tensor, actual[name], rules.output(name, tensor.dtype).tolerance)))
        this.tapsChangeResult = true
  }

  private async divergence({ value, node }: Candidate): Promise<Divergence> {
    const inputs = inputsOf(node, this.inference)
    const { feeds } = this.sides
    const read = (input: Value): Tensor | undefined => this.expected.get(input) ?? feeds[input.name]
    const comparison = this.seen.get(value)
    const made = Object.fromEntries(
      node.outputs.flatMap((output) => {
        const tensor = output && this.expected.get(output)
        return output && tensor ? [[output.name, tensor]] : []
      }),
    )
    const given = Object.fromEntries(
      inputs.flatMap((input) => (read(input) ? [[input.name, read(input) as Tensor]] : [])),
    )
    return {
      node,
      expected: { ...given, ...made },
      place: {
        node: nodeRef(node),
        name: node.name,
        op: node.domain === '' ? node.op : `${node.domain}::${node.op}`,
        output: value.name,
        maxAbs: comparison?.maxAbs ?? null,
        maxRel: comparison?.maxRel ?? null,
        inputs: inputs.map((input) => {
          const tensor = read(input)
          const known = this.seen.get(input)
          return {
            name: input.name,
            dtype: tensor?.dtype ?? 'unknown',
            shape: [...(tensor?.dims ?? [])],
            maxAbs: known ? known.maxAbs : input.isInput ? 0 : null,
          }
        }),
        attributes: Object.fromEntries([...node.attributes].map(([name, one]) => [name, attributeText(one)])),
        tapsChangeResult: this.tapsChangeResult,
        repro: null,
      },
    }
  }
}
