/** Models and their runs as candidates: one row each, one column per figure that at least one of them has. */
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import { type Comparison, type ComparisonColumn, isFailure, type ModelResult, type Result } from '../result/result.ts'
import type { RunResult } from '../result/run.ts'
import { withFront } from './pareto.ts'

interface Figure extends ComparisonColumn {
  readonly value: number | null
}

/**
 * @param wanted ids of columns; by default all that somebody has a value in
 * @throws Problem `unknown-column`
 */
export function comparisonOf(
  { models, runs = [] }: Pick<Result, 'models' | 'runs'>,
  wanted?: readonly string[],
): Comparison {
  const rows = models.flatMap((model) =>
    isFailure(model) ? [] : [{ model: model.path, figures: [...figuresOf(model, runs)] }],
  )
  const known = new Map<string, ComparisonColumn>()
  for (const { figures } of rows)
    for (const { id, better, unit, value } of figures) if (value !== null) known.set(id, { id, better, unit })
  const columns = wanted ? wanted.map((id) => columnOf(id, known)) : [...known.values()]
  const candidates = rows.map(({ model, figures }) => {
    const values = new Map(figures.map(({ id, value }) => [id, value]))
    return { model, values: Object.fromEntries(columns.map(({ id }) => [id, values.get(id) ?? null])) }
  })
  return { ...(wanted && { asked: [...wanted] }), columns, candidates: withFront(candidates, columns) }
}

function columnOf(id: string, known: ReadonlyMap<string, ComparisonColumn>): ComparisonColumn {
  const found = known.get(id)
  if (found) return found
  const near = nearest(id, known.keys())
  throw new Problem('unknown-column', `--columns ${id}: no candidate has such a figure`, {
    expected: `one of ${[...known.keys()].join(', ')}`,
    ...(near === null ? {} : { fix: `did you mean ${near}?` }),
  })
}

function* figuresOf(model: ModelResult, runs: readonly RunResult[]): Generator<Figure> {
  const { macs, params } = model.totals
  const { bytes, weightBytes } = model
  yield { id: 'macs', better: 'less', unit: 'count', value: macs }
  yield { id: 'params', better: 'less', unit: 'count', value: params }
  yield { id: 'bytes', better: 'less', unit: 'bytes', value: weightBytes > bytes ? bytes + weightBytes : bytes }
  for (const { id, decides, coverage, partitions } of model.targets ?? []) {
    if (!decides) continue
    yield { id: `coverage:${id}`, better: 'more', unit: 'share', value: coverage.macs ?? coverage.nodes }
    yield { id: `partitions:${id}`, better: 'less', unit: 'count', value: partitions.length }
  }
  for (const { reference, runtimes } of runs.filter((run) => run.model === model.path))
    for (const { id, latency, software, metrics } of runtimes) {
      // The speed of a software adapter says nothing, so that it must not decide either.
      yield { id: `p50:${id}`, better: 'less', unit: 'ms', value: software ? null : (latency?.warm.p50 ?? null) }
      yield {
        id: `memory:${id}`,
        better: 'less',
        unit: 'bytes',
        value: software ? null : (latency?.memoryBytes ?? null),
      }
      if (id !== reference) continue
      for (const [name, { value }] of Object.entries(metrics))
        yield { id: `metric:${name}`, better: 'more', unit: 'value', value }
    }
}
