/** What `assess` and `inspect` can be asked. */
import type { InferOptions } from '../infer/facts.ts'
import type { TargetResult } from '../result/result.ts'
import type { Gates } from './gates.ts'

export interface InspectOptions extends InferOptions {
  /** A missing external-data file is a note, not an error. */
  readonly withoutWeights?: boolean
  /** Also the SHA-256 of whole files, which reads every byte. */
  readonly hash?: boolean
  /** Also the graphs as they are drawn, for `html` and `blob`: see ModelResult.graphs. */
  readonly graphs?: boolean
  /** Ends early; what is done so far is the result, marked partial. */
  readonly signal?: AbortSignal
  /** Called before each model. */
  readonly onModel?: (path: string, position: number, models: number) => void
  /** Called with what a model's entry in the result says in short. */
  readonly onError?: (path: string, error: unknown) => void
}

export interface AssessOptions extends InspectOptions {
  /** As `--target` takes them: `android`, `nnapi@api=29`. Default: ios, android, web. */
  readonly targets?: readonly string[]
  /** Files with targets of one's own. */
  readonly profiles?: readonly string[]
  /** `domain::Op`: operators that the user registers with the runtime. */
  readonly customOps?: readonly string[]
  /** Judge the nodes as they stand, before anything is folded, eliminated or fused. */
  readonly asIs?: boolean
  /** Judge as if external data lay inside the file. */
  readonly inlineWeights?: boolean
  /** Also what ONNX Runtime's usability checker would say. */
  readonly ortVerdict?: boolean
  readonly gates?: Gates
  /** Holds the answers about the model at `path` against those of real providers; `prove` of this package does. */
  readonly prove?: (path: string, answers: readonly TargetResult[]) => Promise<TargetResult[]>
}
