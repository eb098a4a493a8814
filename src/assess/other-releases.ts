/** Verdicts are about one release of ONNX Runtime, runs use the one that is installed: where these differ it is said. */
import { run as catalogue } from '../result/catalogue/run.ts'
import { report } from '../result/finding.ts'
import type { TargetResult } from '../result/result.ts'
import type { RunResult } from '../result/run.ts'

/** The run, with a note where a runtime is of another release than targets of the same model are about. */
export function withReleases(run: RunResult, targets: readonly TargetResult[]): RunResult {
  const used = run.runtimes.flatMap(({ id, version, status }) => (status === 'ok' && version ? [{ id, version }] : []))
  const about = new Map<string, string[]>()
  for (const { id, parameters } of targets) {
    const { ort } = parameters
    if (typeof ort === 'string') about.set(ort, [...(about.get(ort) ?? []), id])
  }
  const findings = [...about].flatMap(([ort, ids]) => {
    const others = used.filter(({ version }) => !`${version}.`.startsWith(`${ort}.`))
    return others.length === 0 ? [] : [report(catalogue, 'run/other-release', { targets: ids, ort, used: others })]
  })
  return findings.length === 0 ? run : { ...run, findings: [...run.findings, ...findings] }
}
