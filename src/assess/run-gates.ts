/** Which findings of a run make the exit code 1. */
import type { GateFailure } from '../result/result.ts'
import type { RunResult } from '../result/run.ts'

/** The runtime that a finding of a run is about; null where it is about the run as a whole. */
export const runtimeOf = ({ found }: RunResult['findings'][number]): string | null =>
  typeof found?.runtime === 'string' ? found.runtime : null

/** Error findings of a run that nobody has accepted, one gate for each runtime that has some. */
export function runGates({ model, findings }: RunResult): GateFailure[] {
  const byRuntime = new Map<string | null, Set<string>>()
  for (const finding of findings) {
    if (finding.severity !== 'error' || finding.accepted) continue
    const runtime = runtimeOf(finding)
    byRuntime.set(runtime, (byRuntime.get(runtime) ?? new Set()).add(finding.id))
  }
  return [...byRuntime].map(([target, ids]) => ({
    model,
    target,
    gate: 'run',
    message: `${target === null ? 'the run' : 'the runtime'} has errors: ${[...ids].join(', ')}`,
  }))
}
