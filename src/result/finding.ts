/**
 * A finding: one thing that a person should know about a model, a target or a run.
 *
 * Detection, wording and printing are three places. Code that detects calls `report(catalogue, id, …)` with typed
 * arguments; the catalogue entry holds severity and wording; reporters print what comes out.
 */
import type { Accepted } from './acceptance.ts'

export type Severity = 'error' | 'warning' | 'note'

/** How a rule is known, strongest first: recorded from the real provider, read in its source, its documentation, or assumed. */
export type Evidence = 'oracle' | 'source' | 'documented' | 'assumed'

export interface Source {
  readonly title: string
  readonly path?: string
  readonly revision?: string
}

/** A node of the main graph by its position in the file; a node of a body as `"12/then_branch/3"`. */
export type NodeRef = number | string

/** Plain data, as it stands in the JSON. */
export interface Finding {
  /** Stable across releases, carries no index: `model/cycle`, `nnapi/Resize/mode`. */
  readonly id: string
  readonly severity: Severity
  readonly message: string
  readonly nodes: readonly NodeRef[]
  readonly values: readonly string[]
  /** Byte position in the file, where that is what points at the fault. */
  readonly offset?: number
  readonly condition?: string
  readonly found?: Readonly<Record<string, unknown>>
  readonly expected?: string
  readonly source?: Source
  readonly evidence?: Evidence
  readonly fix?: string
  /** Somebody looked at it and lives with it: it does not count. */
  readonly accepted?: Accepted
}

/** One kind of finding. `title` and `help` make its page in docs/findings.md. */
export interface FindingKind<Args> {
  readonly severity: Severity
  readonly title: string
  /** What it means, why it matters and what to do, for the documentation. */
  readonly help: string
  readonly message: (args: Args) => string
  readonly expected?: (args: Args) => string
  readonly fix?: (args: Args) => string | undefined
}

// `any` lets one catalogue hold kinds with different arguments; `report` gives each its own type back.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Catalogue = Readonly<Record<string, FindingKind<any>>>

/** Where a finding points, and what it rests on. */
export type Where = Partial<
  Pick<Finding, 'nodes' | 'values' | 'offset' | 'condition' | 'found' | 'source' | 'evidence' | 'severity' | 'fix'>
>

type ArgsOf<Kind> = Kind extends FindingKind<infer Args> ? Args : never

/** Makes the finding `id` of `catalogue` from its arguments. */
export function report<C extends Catalogue, Id extends keyof C & string>(
  catalogue: C,
  id: Id,
  args: ArgsOf<C[Id]>,
  where: Where = {},
): Finding {
  const kind = catalogue[id] as FindingKind<ArgsOf<C[Id]>>
  const { nodes = [], values = [], ...rest } = where
  const expected = kind.expected?.(args)
  const fix = kind.fix?.(args)
  return {
    id,
    severity: kind.severity,
    message: kind.message(args),
    nodes,
    values,
    ...(expected === undefined ? {} : { expected }),
    ...(fix === undefined ? {} : { fix }),
    ...rest,
  }
}
