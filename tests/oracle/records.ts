/** Reads the recorded answers of real providers: one record per model and variant. */
import { dataPath, readLinesGz } from '../data.ts'

export interface Recorded {
  readonly model: string
  readonly variant: string
  /** Result identical to that variant of the same model; no other fields. */
  readonly same?: string
  /** `[supported, partition, reason, unit?]` in file order; supported -1: not asked. */
  readonly nodes: readonly (readonly [number, number, number, number?])[]
  readonly throws?: string
  readonly crash?: number
  readonly droppedAllConst?: number
}

/** Model → variant → record, with `same` followed. */
export function recordsOf(file: string): Map<string, Map<string, Recorded>> {
  const byModel = new Map<string, Map<string, Recorded>>()
  for (const record of readLinesGz(dataPath('oracle', file)) as Recorded[]) {
    const variants = byModel.get(record.model) ?? new Map<string, Recorded>()
    variants.set(record.variant, record)
    byModel.set(record.model, variants)
  }
  for (const variants of byModel.values())
    for (const [variant, record] of variants) {
      let at: Recorded | undefined = record
      while (at?.same) at = variants.get(at.same)
      if (at) variants.set(variant, at)
    }
  return byModel
}
