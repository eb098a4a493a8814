/** What a team has looked at and lives with: in the config with a reason, or in a known-problems file. */

/** A finding, or a gate, that does not count. In all patterns `*` stands for any characters. */
export interface Ignored {
  /** Id of a finding (`nnapi/Resize/*`), or of a gate: `gate/verdict`, `gate/coverage`, `gate/partitions`. */
  finding: string
  /** Only of models with this path, as it stands in the result. */
  model?: string
  /** Only of this target; a finding of the model itself has none. */
  target?: string
  /** Only where all its nodes have such names. */
  node?: string
  /**
   * Why it does not count: for whoever reads this next year.
   * @minLength 1
   */
  reason: string
  /**
   * The last day on which it holds: `2027-03-31`.
   * @pattern ^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$
   */
  expires?: string
}

/** An entry as the result shows it: what it did. */
export interface AcceptedEntry {
  /** The file that it stands in. */
  file: string
  finding: string
  model?: string
  target?: string
  reason: string
  expires?: string
  /** How many findings and gates it took out. */
  uses: number
  /** Not all that it may be about was asked, so that no uses mean nothing. */
  asked?: false
}

/** Why a finding does not count. */
export interface Accepted {
  reason: string
  /** The file that says so. */
  file: string
}

/** A problem that was there when the file was written. Carries no positions, so that it outlives a new export. */
export interface KnownProblem {
  model: string
  /** Null: of the model itself. */
  target: string | null
  /** Id of a finding, or of a gate. */
  finding: string
  /** Names of the nodes, or their operators where they have none; the finding is new where it concerns others. */
  nodes?: string[]
  /** Of a gate: what was found; worse is new. */
  value?: string | number | null
  /** For a reader. */
  message?: string
  /** Why it is lived with; kept when the file is written anew. */
  reason?: string
}

/** A known-problems file. */
export interface KnownProblems {
  version: 1
  problems: KnownProblem[]
}
