/** Collects the findings of a model while it is built. */
import type { Finding } from '../result/finding.ts'

/** More findings of one kind than a person would read; the rest of the kind is dropped. */
const mostOfAKind = 200

export class Findings {
  readonly list: Finding[] = []
  /** How many were added, those that were dropped included. */
  total = 0
  private readonly counts = new Map<string, number>()

  add(finding: Finding): void {
    this.total++
    const count = (this.counts.get(finding.id) ?? 0) + 1
    this.counts.set(finding.id, count)
    if (count <= mostOfAKind) this.list.push(finding)
  }
}
