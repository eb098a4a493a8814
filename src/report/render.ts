/** Every report of a result but those for a terminal and for programs, by the name of its format. */
import type { Result } from '../result/result.ts'
import { blobReport, type Shard } from './blob.ts'
import { githubReport } from './github.ts'
import { gitlabReport } from './gitlab.ts'
import { htmlReport } from './html/report.ts'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { sarifReport } from './sarif.ts'

const reports = {
  markdown: (result: Result) => markdownReport(result),
  html: htmlReport,
  sarif: sarifReport,
  junit: junitReport,
  github: githubReport,
  gitlab: gitlabReport,
  blob: blobReport,
} satisfies Record<string, (result: Result, shard?: Shard | null) => string>

export type ReportName = keyof typeof reports

/** `shard`: which part of the whole it is, for a blob. */
export const render = (format: ReportName, result: Result, shard: Shard | null = null): string =>
  reports[format](result, shard)
