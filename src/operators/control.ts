/** Control flow: If, Loop, Scan, SequenceMap. Their bodies are inferred with the types that flow in. */
import { type Dim, isKnown, Unknown } from '../graph/dim.ts'
import type { Graph } from '../graph/model.ts'
import { type Shape, tensorType, type ValueType } from '../graph/type.ts'
import { type BodyResult, type Context, family } from './operator.ts'
import { agree, axisOf } from './shapes.ts'
import { compatible, sameType, unionType } from './types.ts'
import { type KnownValue, scalar, toDim } from './value.ts'

/** A loop that changes types more often than this is widened to unknown. */
const maxRounds = 4

/** More rounds than any program waits for. */
const endless = 2 ** 31

/** No tensor of more elements fits into a device. */
const hugeElements = 2 ** 36

const truth = (value: KnownValue | null): boolean | null => {
  const element = value?.elements[0]
  return typeof element === 'number' ? element !== 0 : null
}

function needBody(c: Context, name: string, inputs: number | null, outputs: number): Graph {
  const body = c.body(name)
  if (!body) c.mismatch(`it has no ${name}`, [], 'body-arity')
  if (inputs !== null && body.inputs.length !== inputs)
    c.mismatch(`${name} takes ${body.inputs.length} inputs, and the node gives it ${inputs}`, [], 'body-arity')
  if (body.outputs.length < outputs)
    c.mismatch(`${name} gives ${body.outputs.length} outputs, and the node needs ${outputs}`, [], 'body-arity')
  return body
}

function setOutput(c: Context, index: number, type: ValueType | null, why: string | null): void {
  if (type) c.outputType(index, type)
  else c.outputType(index, new Unknown(why ?? 'the body does not say'))
}

function inferIf(c: Context): void {
  const names = ['then_branch', 'else_branch'] as const
  for (const name of names) {
    const outputs = needBody(c, name, 0, c.outputCount).outputs.length
    if (outputs !== c.outputCount)
      c.mismatch(`${name} gives ${outputs} outputs, and the node has ${c.outputCount}`, [], 'body-arity')
  }
  const condition = truth(c.value(0))
  if (condition !== null) {
    c.inferDeadBody(needBody(c, names[condition ? 1 : 0], 0, c.outputCount))
    const result = c.inferBody(needBody(c, names[condition ? 0 : 1], 0, c.outputCount), [])
    for (let i = 0; i < c.outputCount; i++) {
      setOutput(c, i, result.types[i] ?? null, result.whys[i] ?? null)
      const value = result.values[i]
      if (value) c.outputValue(i, value)
    }
    return
  }
  const bodies = names.map((name) => needBody(c, name, 0, c.outputCount))
  const [one, other] = bodies.map((body) => c.inferBody(body, [])) as [BodyResult, BodyResult]
  for (let i = 0; i < c.outputCount; i++) {
    const a = one.types[i] ?? null
    const b = other.types[i] ?? null
    if (!compatible(a, b)) c.mismatch(`its branches give different types for output ${i}`, [], 'body-type')
    const why = 'the branches of the If give different shapes'
    const type = unionType(a, b, why)
    if (type?.kind === 'tensor' && !type.shape)
      c.output(i, new Unknown(one.whys[i] ?? other.whys[i] ?? why), type.dtype)
    else setOutput(c, i, type, one.whys[i] ?? other.whys[i] ?? why)
  }
}

function inferLoop(c: Context): void {
  const carried = Math.max(0, c.inputCount - 2)
  const body = needBody(c, 'body', c.inputCount < 2 ? null : c.inputCount, 1 + carried)
  const start = Array.from({ length: carried }, (_, i) => c.type(i + 2))
  // The body's condition has the value true whenever the body runs.
  const inside = (types: readonly (ValueType | null)[]) =>
    c.inferBody(
      body,
      [tensorType('int64', []), tensorType('bool', []), ...types],
      [null, c.given(1) ? scalar(1, 'bool') : null],
    )

  let types = start
  let result = inside(types)
  const always = (c.given(1) ? truth(c.value(1)) === true : true) && alwaysTrue(body, result)
  const trips = c.given(0)
    ? toDim(c.value(0)?.elements[0] ?? new Unknown(c.why(0)))
    : new Unknown('it has no trip count')
  warnOfBombs(c, trips, always, start, result)
  for (let round = 0; round < maxRounds; round++) {
    const why = 'its shape changes from one round of the loop to the next'
    const next = types.map((type, i) => {
      const after = result.types[i + 1] ?? null
      if (!compatible(type, after)) c.mismatch(`carried value ${i} changes its type in the body`, [i + 2], 'body-type')
      return round === maxRounds - 1 && !sameType(type, after) ? rankless(type) : unionType(type, after, why)
    })
    const stable = next.every((type, i) => sameType(type, types[i] ?? null))
    types = next
    if (stable) break
    result = inside(types)
  }

  const runs = always && isKnown(trips) && trips >= 1
  for (let i = 0; i < Math.min(carried, c.outputCount); i++) {
    const final = runs ? (result.types[i + 1] ?? null) : (types[i] ?? null)
    setOutput(c, i, final, result.whys[i + 1] ?? null)
  }
  const rounds: Dim = !always
    ? new Unknown('the number of rounds of the loop is known only when it runs')
    : isKnown(trips)
      ? Math.max(0, trips)
      : trips
  for (let i = carried; i < c.outputCount; i++) {
    const type = result.types[i + 1] ?? null
    if (type?.kind !== 'tensor' || !type.shape)
      c.output(
        i,
        new Unknown(result.whys[i + 1] ?? 'the body does not say'),
        type?.kind === 'tensor' ? type.dtype : null,
      )
    else c.output(i, [rounds, ...type.shape], type.dtype)
  }
}

/** Whether the body's condition stays true, whatever happens. */
const alwaysTrue = (body: Graph, result: BodyResult): boolean =>
  truth(result.values[0] ?? null) === true || body.outputs[0] === body.inputs[1]

const rankless = (type: ValueType | null): ValueType | null =>
  type?.kind === 'tensor' ? tensorType(type.dtype, null) : type

function warnOfBombs(
  c: Context,
  trips: Dim,
  always: boolean,
  start: readonly (ValueType | null)[],
  result: BodyResult,
): void {
  if (!isKnown(trips)) return
  if (always && trips >= endless)
    c.warn('long-loop', `${trips} rounds, and its condition stays true: it does not end in practice`)
  start.forEach((type, i) => {
    const before = elements(type)
    const after = elements(result.types[i + 1] ?? null)
    if (before === null || after === null || before < 1 || after <= before) return
    const log = Math.log2(before) + trips * Math.log2(after / before)
    if (log > Math.log2(hugeElements))
      c.warn('huge-tensor', `each of ${trips} rounds makes carried value ${i} ${after / before} times larger`)
  })
}

const elements = (type: ValueType | null): number | null => {
  if (type?.kind !== 'tensor' || !type.shape) return null
  return type.shape.every(isKnown) ? type.shape.reduce((product, dim) => product * dim, 1) : null
}

const without = (shape: Shape, axis: number): Shape => shape.filter((_, i) => i !== axis)

const withDim = (shape: Shape, axis: number, dim: Dim): Shape => [...shape.slice(0, axis), dim, ...shape.slice(axis)]

function inferScan(c: Context): void {
  // Version 8 has a batch axis in front and the sequence lengths as its first input.
  const old = c.since < 9
  const first = old ? 1 : 0
  const batchAxes = old ? 1 : 0
  const scanned = c.int('num_scan_inputs', 0)
  const states = c.inputCount - first - scanned
  if (states < 0) c.mismatch(`num_scan_inputs is ${scanned}, and it has ${c.inputCount} inputs`, [], 'body-arity')
  const body = needBody(c, 'body', states + scanned, c.outputCount)

  let batch: Dim | undefined
  const lengths: Dim[] = []
  const inputAxes = c.ints(old ? 'axes' : 'scan_input_axes')
  const types = Array.from({ length: states + scanned }, (_, i) => {
    const type = c.type(first + i)
    const shape = c.shape(first + i)
    if (type?.kind !== 'tensor' || !shape) return type?.kind === 'tensor' ? tensorType(type.dtype, null) : type
    if (old) batch = shape[0]
    const inner = shape.slice(batchAxes)
    if (i < states) return tensorType(type.dtype, inner)
    const axis = axisOf(c, inputAxes?.[i - states] ?? 0, inner.length, 'the axis of a scan input')
    const length = inner[axis]
    if (length !== undefined) lengths.push(length)
    return tensorType(type.dtype, without(inner, axis))
  })
  const length =
    lengths.length > 0
      ? agree(c, lengths, 'scan inputs have different lengths')
      : new Unknown('the length of the scan is not known')

  let current = types
  let result = c.inferBody(body, current)
  for (let round = 0; round < maxRounds; round++) {
    const next = current.map((type, i) =>
      i < states ? unionType(type, result.types[i] ?? null, 'its shape changes during the scan') : type,
    )
    const stable = next.every((type, i) => sameType(type, current[i] ?? null))
    current = next
    if (stable) break
    result = c.inferBody(body, current)
  }

  const outputAxes = c.ints('scan_output_axes')
  for (let i = 0; i < c.outputCount; i++) {
    const type = (i < states ? current[i] : result.types[i]) ?? null
    if (type?.kind !== 'tensor' || !type.shape) {
      c.output(i, new Unknown(result.whys[i] ?? 'the body does not say'), type?.kind === 'tensor' ? type.dtype : null)
      continue
    }
    let shape = type.shape
    if (i >= states) {
      const axis = axisOf(c, outputAxes?.[i - states] ?? 0, shape.length + 1, 'the axis of a scan output')
      shape = withDim(shape, axis, length)
    }
    c.output(i, old ? [batch ?? new Unknown('the batch size is not known'), ...shape] : shape, type.dtype)
  }
}

function inferSequenceMap(c: Context): void {
  const body = needBody(c, 'body', c.inputCount, c.outputCount)
  const inputs = Array.from({ length: c.inputCount }, (_, i) => {
    const type = c.type(i)
    return type?.kind === 'sequence' ? type.element : type
  })
  const result = c.inferBody(body, inputs)
  for (let i = 0; i < c.outputCount; i++) c.outputType(i, { kind: 'sequence', element: result.types[i] ?? null })
}

export const control = family({
  If: { infer: inferIf },
  Loop: { infer: inferLoop },
  Scan: { infer: inferScan },
  SequenceMap: { infer: inferSequenceMap },
})
