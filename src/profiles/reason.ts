/** Why a target decided as it did: what a finding is made of. */
import type { Evidence, Source } from '../result/finding.ts'
import type { Explanation } from './condition/explain.ts'
import type { How, Profile } from './profile.ts'

export interface Reason {
  /** Id of the finding: `nnapi/Resize/mode`. Where `explain().dynamic`, `dynamicShapeId` takes its place. */
  readonly id: string
  readonly phase: string
  /** The condition as written; null for the built-in phases. */
  readonly condition: string | null
  /** For `fails`; null otherwise. */
  readonly how: How | null
  readonly fix: string | null
  readonly issue: string | null
  readonly source: Source | null
  readonly evidence: Evidence | null
  /** The deciding terms with the values found, or (`brief`) without them; made when asked for. */
  explain(brief?: boolean): Explanation
}

/** The finding of a node that is refused because a dimension is no number. */
export const dynamicShapeId = (target: string): string => `${target}/dynamic-shape`

/** The entry of `sources` with that key. */
export const sourceOf = ({ sources = {} }: Profile, key: string | undefined): Source | null =>
  (key !== undefined && Object.hasOwn(sources, key) ? sources[key] : null) ?? null

export const builtInReason = (
  profile: Profile,
  phase: string,
  id: string,
  explain: Reason['explain'],
  source: Source | null = null,
): Reason => ({
  id: `${profile.id}/${id}`,
  phase,
  condition: null,
  how: null,
  fix: null,
  issue: null,
  source,
  evidence: profile.evidence ?? null,
  explain,
})
