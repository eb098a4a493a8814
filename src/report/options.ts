/** What a reporter for people needs to know about its reader. */
import type { Style } from './style.ts'

export interface ReportOptions {
  /** Columns of the terminal. */
  readonly columns: number
  readonly style: Style
  /** Only what failed. */
  readonly quiet: boolean
}
