/** The comparisons of one output over all samples: the worst sample decides. */
import type { OutputComparison, StageVerdict } from '../result/run.ts'
import type { Verdict } from './numbers.ts'
import type { Comparison } from './tensors.ts'

const strength: readonly StageVerdict[] = ['not-run', 'match', 'drift', 'mismatch']

const worstVerdict = (verdicts: Iterable<StageVerdict>): StageVerdict => {
  let worst = 0
  for (const verdict of verdicts) worst = Math.max(worst, strength.indexOf(verdict))
  return strength[worst] ?? 'not-run'
}

export class Tally {
  private readonly outputs = new Map<string, OutputTally>()

  /** @param tolerance in words */
  add(sample: string, name: string, comparison: Comparison, tolerance: string): void {
    const found = this.outputs.get(name) ?? new OutputTally(name, tolerance)
    this.outputs.set(name, found)
    found.add(sample, comparison)
  }

  get verdict(): StageVerdict {
    return worstVerdict([...this.outputs.values()].map(({ verdict }) => verdict))
  }

  results(): OutputComparison[] {
    return [...this.outputs.values()].map((output) => output.result())
  }
}

class OutputTally {
  verdict: Verdict = 'match'
  private worst: { sample: string; comparison: Comparison } | null = null
  private count = 0
  private mismatched = 0
  private sum = 0
  private measured = 0
  private readonly largest: Partial<Record<'maxAbs' | 'maxRel' | 'p99' | 'maxUlp', number>> = {}
  private readonly least: Partial<Record<'cosine' | 'psnr', number>> = {}

  constructor(
    readonly name: string,
    private readonly tolerance: string,
  ) {}

  add(sample: string, comparison: Comparison): void {
    const { verdict, count, mean } = comparison
    this.verdict = worstVerdict([this.verdict, verdict]) as Verdict
    this.count += count
    this.mismatched += comparison.mismatched
    if (mean !== null) {
      this.sum += mean * count
      this.measured += count
    }
    for (const key of ['maxAbs', 'maxRel', 'p99', 'maxUlp'] as const) keep(Math.max, this.largest, key, comparison[key])
    for (const key of ['cosine', 'psnr'] as const) keep(Math.min, this.least, key, comparison[key])
    if (!this.worst || isWorse(comparison, this.worst.comparison)) this.worst = { sample, comparison }
  }

  result(): OutputComparison {
    const { worst, largest, least } = this
    const at = worst?.comparison.at ?? null
    return {
      name: this.name,
      verdict: this.verdict,
      maxAbs: largest.maxAbs ?? null,
      maxRel: largest.maxRel ?? null,
      mean: this.measured === 0 ? null : this.sum / this.measured,
      p99: largest.p99 ?? null,
      cosine: least.cosine ?? null,
      psnr: least.psnr ?? null,
      maxUlp: largest.maxUlp ?? null,
      count: this.count,
      mismatched: this.mismatched,
      firstMismatch: worst && at ? { sample: worst.sample, ...at } : null,
      tolerance: this.tolerance,
      why: worst?.comparison.why || null,
    }
  }
}

function keep<Key extends string>(
  choose: (a: number, b: number) => number,
  kept: Partial<Record<Key, number>>,
  key: Key,
  value: number | null,
): void {
  if (value !== null) kept[key] = choose(kept[key] ?? value, value)
}

const isWorse = (a: Comparison, b: Comparison): boolean =>
  strength.indexOf(a.verdict) !== strength.indexOf(b.verdict)
    ? strength.indexOf(a.verdict) > strength.indexOf(b.verdict)
    : a.severity > b.severity
