/**
 * Types and shapes of real models, held against what was measured at run time: with the recorded input shapes, and
 * with none, so that sizes are expressions over the declared symbols.
 */
import { expect, it } from 'vitest'
import { dimText, isKnown, isSymbolic, isUnknown, substitute, symbolsOf } from '../../src/graph/dim.ts'
import type { Model } from '../../src/graph/model.ts'
import type { Shape } from '../../src/graph/type.ts'
import type { Inference, ValueFacts } from '../../src/infer/facts.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { describeData } from '../data.ts'
import { corpus, given, isFull, modelOf, type Run, runsOf, shapeIn, typeText } from './measured.ts'

/** Where a shape starts to depend on what is computed at run time: operator, reason, and why it cannot be known. */
interface Origin {
  readonly op: string
  readonly reason: RegExp
  readonly why: string
}

const atRunTime: readonly Origin[] = [
  { op: 'NonZero', reason: /elements that are not 0/, why: 'counts elements of a computed tensor' },
  { op: 'Unique', reason: /distinct values/, why: 'counts distinct elements of a computed tensor' },
  { op: 'StringNormalizer', reason: /words that are kept/, why: 'counts words' },
  { op: 'Range', reason: /values of/, why: 'its end is computed from durations that the model predicts' },
  { op: 'Reshape', reason: /values of/, why: 'the target shape is an input' },
  { op: 'Expand', reason: /values of/, why: 'the target shape is an input' },
  { op: 'Tile', reason: /values of/, why: 'the repeats are an input' },
  { op: 'If', reason: /branches of the If/, why: 'the branches give different shapes, and the condition is computed' },
  { op: 'Loop', reason: /rounds of the loop/, why: 'a computed condition ends the loop' },
  { op: 'Loop', reason: /one round of the loop to the next/, why: 'a carried tensor grows with each round' },
  { op: 'SequenceAt', reason: /different shapes/, why: 'the type of a sequence tells no lengths of single elements' },
  { op: 'ConcatFromSequence', reason: /length of a sequence|values of/, why: 'the type of a sequence tells no length' },
]

/** What is no function of whole numbers, and only with symbols open: runtimes round scales as float32. */
const roundedScales: readonly Origin[] = [
  { op: 'Resize', reason: /depends on how a runtime rounds/, why: 'a scale with a fraction times a symbol' },
  { op: 'Resize', reason: /hangs on min\(h, w\)/, why: 'the scale is a quotient of floats of a symbol' },
  { op: 'Upsample', reason: /scale is not known/, why: 'the scale is a quotient of floats of symbols' },
]

/** Inputs whose value steers shapes, as the recorded runs had them. */
const steering: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  'contrib-gqa': { sl: [2], ts: [3] },
}

/** Open tensors by the operator and reason they start with. */
class Open {
  private readonly counts = new Map<string, number>()
  private readonly used = new Set<Origin>()
  readonly unexplained: string[] = []

  constructor(private readonly expected: readonly Origin[]) {}

  add(first: Map<string, string>, op: string, reason: string, place: string): void {
    const start = first.get(reason) ?? op
    first.set(reason, start)
    const origin = this.expected.find((each) => each.op === start && each.reason.test(reason))
    if (origin) this.used.add(origin)
    else this.unexplained.push(`${place}: ${reason} (from ${start})`)
    const key = origin ? `${start}: ${origin.why}` : `${start}: ${reason}`
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
  }

  get idle(): string[] {
    return this.expected.filter((origin) => !this.used.has(origin)).map(({ op, reason }) => `${op} ${reason}`)
  }

  toString(): string {
    const most = [...this.counts].sort((a, b) => b[1] - a[1])
    return most.map(([key, count]) => `  ${count} ${key}`).join('\n')
  }
}

const reasonOf = (shape: Shape | null, { why }: ValueFacts): string => {
  const open = shape?.find((dim) => !isKnown(dim))
  if (open !== undefined && isSymbolic(open)) return `the symbol ${open.text}`
  return open !== undefined && isUnknown(open) ? open.why : (why ?? 'no reason')
}

const shapeText = (shape: Shape | null): string => JSON.stringify(shape?.map(dimText) ?? null)

/** Every measured tensor of a run, in the order in which they are made. */
function* tensorsOf(model: Model, run: Run) {
  for (const node of model.graph.order)
    for (const value of node.outputs) {
      const want = value && run.tensors[value.name]
      if (value && want) yield { node, value, dtype: want[0], dims: want[1] }
    }
}

/** The sizes that a run gives to the symbols of the inputs. */
function sizesOf(model: Model, inference: Inference, run: Run): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const input of model.graph.inputs)
    shapeIn(inference.facts(input).type)?.forEach((dim, axis) => {
      const size = run.inputs[input.name]?.shape?.[axis]
      const [name, ...more] = symbolsOf(dim)
      const unit = name === undefined ? null : substitute(dim, () => 1)
      if (size !== undefined && name !== undefined && more.length === 0 && isKnown(unit ?? dim))
        sizes.set(name, size / Number(unit))
    })
  return sizes
}

describeData('inference on real models', () => {
  it('is exact with the recorded input shapes, but for what is computed at run time', {
    timeout: 300_000,
  }, async () => {
    const wrong: string[] = []
    const open = new Open(atRunTime)
    let [exact, models, dependent] = [0, 0, 0]
    for (const measured of corpus()) {
      models++
      const { name } = measured
      const model = await modelOf(name)
      const moving = new Set(measured.dataDependent)
      for (const run of runsOf(measured)) {
        const options = given(model, run)
        const inputValues = new Map([...(options.inputValues ?? []), ...Object.entries(steering[name] ?? {})])
        const inference = inferModel(model, { ...options, inputValues })
        const first = new Map<string, string>()
        for (const { node, value, dtype, dims } of tensorsOf(model, run)) {
          const facts = inference.facts(value)
          const shape = shapeIn(facts.type)
          const text = typeText(facts.type)
          const place = `${name}: ${node.op} ${node.name} → ${value.name}`
          const got = `${text} ${shapeText(shape)}`
          if (text !== dtype) wrong.push(`${place}: ${got}, measured ${dtype}`)
          if (!dims) continue
          if ((shape && shape.length !== dims.length) || shape?.some((dim, i) => isKnown(dim) && dim !== dims[i]))
            wrong.push(`${place}: ${got}, measured [${dims}]`)
          if (!shape?.every(isKnown)) {
            open.add(first, node.op, reasonOf(shape, facts), place)
            if (moving.has(value.name)) dependent++
          } else if (moving.has(value.name)) wrong.push(`${place}: ${got} claimed, and it was seen to depend on data`)
          else exact++
        }
      }
    }
    console.log(`${models} models, both runs: ${exact} exact; open (${dependent} of them seen to vary):\n${open}`)
    expect(wrong).toEqual([])
    expect(open.unexplained).toEqual([])
    if (isFull) expect(open.idle, 'exceptions that are no longer needed').toEqual([])
  })

  it('says every size by the declared symbols where no input shape is given', { timeout: 300_000 }, async () => {
    const wrong: string[] = []
    const open = new Open([...atRunTime, ...roundedScales])
    let [exact, models] = [0, 0]
    for (const measured of corpus()) {
      const { name } = measured
      const model = await modelOf(name)
      const inference = inferModel(model)
      const declared = model.graph.inputs.flatMap((input) => shapeIn(inference.facts(input).type) ?? [])
      if (!declared.some(isSymbolic)) continue
      models++
      for (const run of runsOf(measured)) {
        const sizes = sizesOf(model, inference, run)
        const numbers = inferModel(model, given(model, run))
        const first = new Map<string, string>()
        for (const { node, value, dims } of tensorsOf(model, run)) {
          const facts = inference.facts(value)
          const shape = shapeIn(facts.type)
          const sized = shape?.map((dim) => substitute(dim, (symbol) => sizes.get(symbol))) ?? null
          const place = `${name}: ${node.op} ${node.name} → ${value.name}`
          if (!dims) continue
          if ((sized && sized.length !== dims.length) || sized?.some((dim, i) => isKnown(dim) && dim !== dims[i]))
            wrong.push(`${place}: ${shapeText(shape)} is ${shapeText(sized)}, measured [${dims}]`)
          if (sized?.every(isKnown)) exact++
          // What is open with numbers, too, is the other test's.
          else if (shapeIn(numbers.facts(value).type)?.every(isKnown))
            open.add(first, node.op, reasonOf(sized, facts), place)
        }
      }
    }
    console.log(`${models} models with symbols, both runs: ${exact} exact; only with numbers:\n${open}`)
    expect(wrong).toEqual([])
    expect(open.unexplained).toEqual([])
  })
})
