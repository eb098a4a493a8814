/** Fields of a wrapper's result: numbers by tolerance, texts and classes exactly, boxes by overlap, or as the user says. */
import type { Mismatch } from '../result/run.ts'
import { boxesOf, pairBoxes } from './boxes.ts'
import { leavesOf, placeOf, plain } from './leaves.ts'
import { compareNumbers } from './numbers.ts'
import { type Comparison, incomparable } from './tensors.ts'
import { givenTolerance, type Tolerance, toleranceText } from './tolerance.ts'

/** What the wrapper says about a field. */
export interface FieldRule {
  readonly atol?: number | undefined
  readonly rtol?: number | undefined
  readonly iou?: number | undefined
  readonly topK?: number | undefined
}

export interface FieldComparison extends Comparison {
  /** The field is an answer, and not only a number beside it: null where it is none. */
  readonly decision: 'agree' | 'change' | null
  /** In words, where the wrapper says it. */
  readonly rule: string | null
}

/** @param standard for numbers of which the wrapper says nothing */
export function compareField(
  expected: unknown,
  actual: unknown,
  rule: FieldRule,
  standard: Tolerance,
): FieldComparison {
  if (actual === undefined && expected !== undefined) return decided(incomparable('missing'), true, null)
  if (rule.iou !== undefined) return compareBoxes(expected, actual, rule.iou)
  if (rule.topK !== undefined) return compareRanking(expected, actual, rule.topK)
  const given = rule.atol !== undefined || rule.rtol !== undefined
  if (!given) return compareLeaves(expected, actual, standard, null)
  const tolerance = givenTolerance({ atol: rule.atol ?? 0, rtol: rule.rtol ?? 0 })
  return compareLeaves(expected, actual, tolerance, toleranceText(tolerance))
}

/** What the user's own comparer said: true, or why not. */
export function ownVerdict(said: boolean | string, expected: unknown, actual: unknown): FieldComparison {
  const rule = "the wrapper's own comparer"
  if (said === true) return decided(equal(1), true, rule)
  const why = typeof said === 'string' ? said : 'the comparer says no'
  return decided(
    { ...incomparable(why, 1), at: { index: [], expected: plain(expected), actual: plain(actual) } },
    true,
    rule,
  )
}

function compareLeaves(
  expected: unknown,
  actual: unknown,
  tolerance: Tolerance,
  given: string | null,
): FieldComparison {
  const leaves = leavesOf(expected, actual)
  const figures = compareNumbers(leaves.expected, leaves.actual, tolerance)
  // A tolerance that the wrapper gives counts for whole numbers, too.
  const unequal =
    given !== null ? leaves.unequal.filter(({ expected: a, actual: b }) => !areNumbers(a, b)) : leaves.unequal
  const [worst] = unequal
  if (!worst) {
    const at = figures.first === null ? null : numberAt(expected, leaves, figures.first)
    return decided({ ...figures, at }, leaves.discrete > 0 || given !== null, given)
  }
  const { path, why } = worst
  const at = { ...placed(path), expected: worst.expected, actual: worst.actual }
  const said = [path === '' ? '' : `at ${path}`, why ?? ''].filter(Boolean).join(': ')
  const mismatched = Math.max(figures.mismatched, unequal.length)
  const count = Math.max(figures.count, unequal.length)
  const merged = { ...figures, verdict: 'mismatch' as const, count, mismatched, severity: Number.MAX_VALUE }
  return decided({ ...merged, why: said || figures.why, at }, true, given)
}

const areNumbers = (a: unknown, b: unknown): boolean => typeof a === 'number' && typeof b === 'number'

function numberAt(expected: unknown, leaves: ReturnType<typeof leavesOf>, first: number): Comparison['at'] {
  const path = typeof expected === 'number' ? '' : placeOf(leaves, first)
  return { ...placed(path), expected: plain(leaves.expected[first]), actual: plain(leaves.actual[first]) }
}

/** `[3][1]` as an index; a path with names has none that is a list of numbers. */
function placed(path: string): Pick<Mismatch, 'index'> {
  return { index: [...path.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number)) }
}

function compareBoxes(expected: unknown, actual: unknown, least: number): FieldComparison {
  const rule = `IoU at least ${least}`
  const [a, b] = [boxesOf(expected), boxesOf(actual)]
  if (!a || !b)
    return decided(incomparable(`not a list of boxes [x0, y0, x1, y1]: ${a ? 'here' : 'in the reference'}`), true, rule)
  const pairs = pairBoxes(a, b)
  const bad = pairs.filter(({ iou }) => iou < least)
  const extra = Math.max(0, b.length - a.length)
  const worst = Math.min(1, ...pairs.map(({ iou }) => iou))
  if (bad.length === 0 && extra === 0) return decided(equal(a.length), true, rule)
  const [first] = bad
  const parts = [
    ...(a.length === b.length ? [] : [`${b.length} boxes, not ${a.length}`]),
    ...(first && first.actual >= 0 ? [`the worst IoU is ${worst.toPrecision(3)}`] : []),
  ]
  return decided(
    {
      ...incomparable(parts.join(', ') || 'a box without a partner', Math.max(a.length, b.length)),
      mismatched: bad.length + extra,
      severity: 1 + (1 - worst) + extra,
      at: first
        ? { index: [first.expected], expected: boxText(a[first.expected]), actual: boxText(b[first.actual]) }
        : null,
    },
    true,
    rule,
  )
}

const boxText = (box: readonly number[] | undefined): string | null =>
  box ? `[${box.map((one) => Number(one.toPrecision(6))).join(', ')}]` : null

function compareRanking(expected: unknown, actual: unknown, k: number): FieldComparison {
  const rule = `the same first ${k}`
  const [a, b] = [ranking(expected, k), ranking(actual, k)]
  if (!a || !b) return decided(incomparable('not a list'), true, rule)
  const at = a.findIndex((one, i) => one !== b[i])
  if (at < 0 && a.length === b.length) return decided(equal(a.length), true, rule)
  const place = at < 0 ? Math.min(a.length, b.length) : at
  return decided(
    {
      ...incomparable(`rank ${place + 1} differs`, a.length),
      mismatched: a.filter((one, i) => one !== b[i]).length,
      severity: k - place,
      at: { index: [place], expected: a[place] ?? null, actual: b[place] ?? null },
    },
    true,
    rule,
  )
}

/** Positions of the highest numbers; a list of anything else is a ranking as it stands. */
function ranking(value: unknown, k: number): (number | string)[] | null {
  const list = value instanceof Object && 'data' in value ? value.data : value
  if (!Array.isArray(list) && !ArrayBuffer.isView(list)) return null
  const items = Array.from(list as unknown as ArrayLike<unknown>)
  const scores = items.every((one) => typeof one === 'number' && !Number.isInteger(one))
  if (!scores) return items.slice(0, k).map((one) => (typeof one === 'object' ? JSON.stringify(one) : (one as string)))
  const order = [...items.keys()].sort((i, j) => (items[j] as number) - (items[i] as number) || i - j)
  return order.slice(0, k)
}

const equal = (count: number): Comparison => ({
  ...incomparable('', count),
  verdict: 'match',
  mismatched: 0,
  severity: 0,
  why: null,
})

function decided(comparison: Comparison, isDecision: boolean, rule: string | null): FieldComparison {
  const decision = !isDecision ? null : comparison.verdict === 'mismatch' ? 'change' : 'agree'
  return { ...comparison, decision, rule }
}
