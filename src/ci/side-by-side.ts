/** The candidates of a comparison; a column that nobody has is said, and the others stay. */
import { errorInfo } from '../result/error-info.ts'
import { isProblem } from '../result/problem.ts'
import type { Comparison, ErrorInfo, Result } from '../result/result.ts'
import { comparisonOf } from '../tradeoff/comparison.ts'

export interface SideBySide {
  readonly comparison: Comparison
  readonly error: ErrorInfo | null
}

export function sideBySide(result: Pick<Result, 'models' | 'runs'>, columns?: readonly string[]): SideBySide {
  try {
    return { comparison: comparisonOf(result, columns), error: null }
  } catch (error) {
    if (!isProblem(error)) throw error
    return { comparison: comparisonOf(result), error: errorInfo(error) }
  }
}

/** Of a part of the candidates: a front of some is none. */
export const openComparison = (columns?: readonly string[]): Comparison => ({
  ...(columns && { asked: [...columns] }),
  columns: [],
  candidates: [],
})
