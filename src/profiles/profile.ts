/**
 * A target as data: the shape of one file in op-profiles/. `op-profiles/profile.schema.json` is generated from
 * schema.ts, which says the same for editors and for files written by users.
 */
import type { Evidence, Source } from '../result/finding.ts'

export interface Profile {
  readonly $schema?: string
  /** kebab-case; what `--target` names. */
  readonly id: string
  readonly title: string
  /** Another profile (id, or path beside this file) whose keys this one merges over. */
  readonly extends?: string
  readonly status?: Status
  /** What a verdict of this target does not cover, one sentence each. */
  readonly notes?: readonly string[]
  readonly parameters?: Readonly<Record<string, Parameter>>
  /** Rows of named fields by the value of the enum parameter with the table's name: `arch.depth`. */
  readonly tables?: Readonly<Record<string, Readonly<Record<string, TableRow>>>>
  /** What the fields of a table mean, and where they were read. */
  readonly tableFields?: Readonly<Record<string, Readonly<Record<string, FieldInfo>>>>
  readonly sources?: Readonly<Record<string, Source>>
  /** Where the real provider was asked about many models, beside the rules: `dev/prove.ts` writes it. */
  readonly proved?: readonly Proved[]
  /** How its rules are known, where a row or check does not say it. */
  readonly evidence?: Evidence
  /**
   * Where refused nodes run: a target of this package with its parameters, `wasm@build=reduced`; null: nothing else runs
   * them. Default `cpu`.
   */
  readonly host?: Conditional<string | null>
  /** The graph that the target is asked about: as the runtime has simplified it (default), or as in the file. */
  readonly sees?: 'optimized' | 'file'
  /** Who prepares the graph before the target is asked, where it sees it prepared. Default `onnxruntime`. */
  readonly prepare?: Preparation
  /** Shapes that it is asked with: all that follow from the model (default), or those that ONNX Runtime itself infers. */
  readonly shapes?: 'inferred' | 'runtime'
  /** Phases of the judgement of a node; the first that fails gives the reason. */
  readonly order?: readonly string[]
  /** Shared conditions: `"large"` or `"one(t)"` → condition. */
  readonly let?: Readonly<Record<string, string>>
  /** Checks on the whole model, which see `opset`, `ir` and parameters. */
  readonly model?: readonly Check[]
  /** What a user should know about the model as a whole; it refuses nothing. */
  readonly advice?: readonly Advice[]
  /** Checks of every node, by phase. */
  readonly everyNode?: Readonly<Record<string, readonly Check[]>>
  /** Rows by operator type; null removes what the extended profile has. */
  readonly operators?: Readonly<Record<string, readonly Row[] | null>>
  /** What to use in the place of operators that the target does not have. */
  readonly instead?: Readonly<Record<string, string>>
  readonly kernels?: readonly KernelRow[]
  readonly grouping?: Grouping
  readonly layout?: Layout
}

/** What a real provider said of the conformance tests of ONNX and of a collection of complete models. */
export interface Proved {
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** `onnxruntime-web 1.30.0`. */
  readonly with: string
  /** Models that it was heard about, and those of them that it refused. */
  readonly models: number
  readonly refused: number
  /** Nodes that it was heard about, and those of them of which it said something else than the rules. */
  readonly nodes: number
  readonly differ: number
}

/**
 * `hls4ml`: its documented steps with the qonnx tools (clean up, channels last, Gemm to MatMul, clean up). `finn`: the
 * whole way to hardware layers, after which no rule is left to ask. `vitis-ai`: as ONNX Runtime, and then quantisation is a property of tensors in
 * the place of nodes.
 */
export const preparations = ['onnxruntime', 'hls4ml', 'finn', 'vitis-ai'] as const
export type Preparation = (typeof preparations)[number]

export interface Status {
  readonly state: 'current' | 'deprecated' | 'experimental'
  readonly since?: string
  /** Targets to use in its place. */
  readonly instead?: readonly string[]
  readonly note?: string
}

interface ParameterBase {
  readonly title: string
  /**
   * The parameter is another way to say that one (macOS beside iOS): given, it takes its place, and that one has no
   * value; left out, it has none itself.
   */
  readonly insteadOf?: string
}

export type Parameter =
  | (ParameterBase & {
      readonly type: 'integer'
      /** Required unless it is `insteadOf` another. */
      readonly default?: number
      readonly min?: number
      readonly max?: number
    })
  | (ParameterBase & {
      readonly type: 'version'
      readonly default?: string
      readonly min?: string
      readonly max?: string
    })
  | (ParameterBase & { readonly type: 'boolean'; readonly default: boolean })
  | (ParameterBase & { readonly type: 'enum'; readonly default: string; readonly values: readonly string[] })

export type ParameterValue = string | number | boolean

export type TableField = number | string | boolean | readonly (number | string | boolean)[]
export type TableRow = Readonly<Record<string, TableField>>

export interface FieldInfo {
  readonly title: string
  /** Keys of `sources`. */
  readonly source: string | readonly string[]
  readonly evidence?: Evidence
}

export interface Advice {
  /** Last part of the finding's id. */
  readonly id: string
  /** A condition on the model as a whole. */
  readonly when: string
  readonly text: string
  readonly fix?: string
  /** Key of `sources`. */
  readonly source?: string
}

/** A condition that must hold, or an object with one verb. */
export type Check = string | CheckObject

interface CheckBase {
  /** Last part of the finding's id; by default the first word of the condition. */
  readonly id?: string
  /** Key of `sources`. */
  readonly source?: string
  readonly evidence?: Evidence
  /** What the user can do. */
  readonly fix?: string
  /** A public report of the fault, as a URL or `owner/repository#number`. */
  readonly issue?: string
}

/** How a provider fails on a node that it has claimed. */
export type How = 'throws' | 'aborts' | 'build'

export type CheckObject =
  /** False: refused. */
  | (CheckBase & { readonly that: string })
  /** True: claimed, and then it fails: blocked. */
  | (CheckBase & { readonly fails: string; readonly how: How })
  /** True: claimed and computed wrongly; an error, the node stays. */
  | (CheckBase & { readonly wrong: string })

/** Rules for some versions of an operator. */
export interface Row {
  /** `"11.."`, `"8..9"`, `"13"`; without it every version. */
  readonly since?: string
  /** The row is for nodes for which this holds. */
  readonly when?: string
  /** Key of `sources`. */
  readonly source?: string
  readonly evidence?: Evidence
  readonly notes?: readonly string[]
  /** Numbers of a layer that the target takes: name → expression. */
  readonly figures?: Readonly<Record<string, string>>
  /** Lists of checks by phase. */
  readonly [phase: string]: string | readonly Check[] | readonly string[] | Readonly<Record<string, string>> | undefined
}

/** Keys of a row that are no phases. */
export const rowKeys: ReadonlySet<string> = new Set(['since', 'when', 'source', 'evidence', 'notes', 'figures'])

export interface KernelRow {
  readonly op: string
  /** Default `""`. */
  readonly domain?: string
  /** First and last version; a last one of null matches the first only, as in kernel registries of ONNX Runtime. */
  readonly since: readonly [number, number | null]
  /** Allowed element types by type parameter of the schema; what is not listed is free. */
  readonly types?: Readonly<Record<string, readonly string[]>>
  readonly when?: string
  /** Inputs that are read from CPU memory. */
  readonly cpuInputs?: readonly number[]
  /** Outputs that lie in CPU memory. */
  readonly cpuOutputs?: readonly number[]
  readonly source?: string
}

/** A value, or the first of several whose condition on parameters holds. */
export type Conditional<T> = T | readonly { readonly when?: string; readonly value: T }[]

export type Strategy = 'waves' | 'perNode' | 'regions' | 'whole'
export type PullBack = 'never' | 'once' | 'twice'

export type Relayout = 'never' | 'again' | 'keeps'

/** What the runtime does for a target that runs on channels last. */
export interface Layout {
  /**
   * The runtime moves what depends on the layout to channels last, and asks the target a second time. `again`: about
   * all nodes; `keeps`: about those that it did not take before. Default `never`.
   */
  readonly channelsLast: Conditional<Relayout>
  /** Checks on the whole model that hold only then. */
  readonly model?: readonly Check[]
}

/** How taken nodes become partitions. */
export interface Grouping {
  /** Default `perNode`. */
  readonly strategy?: Conditional<Strategy>
  /** `qdq`: DequantizeLinear, operator and QuantizeLinear are judged as one. Default `node`. */
  readonly units?: Conditional<'node' | 'qdq'>
  /** Operator types at which placement stops: they and all that is downstream stay on the host. */
  readonly stopAfter?: Conditional<OpList>
  /** A group of only these operator types is dropped. */
  readonly dropIfOnly?: Conditional<OpList>
  /** A group of exactly one node of these operator types is dropped. */
  readonly dropSingle?: Conditional<OpList>
  /** A group all of whose inputs are constants is dropped. */
  readonly dropAllConst?: Conditional<boolean>
  /**
   * Nodes that compute on CPU tensors only, such as shapes, go back to the CPU (ONNX Runtime's kernel providers).
   * `twice`: the provider is asked again after it changed the layout, and gets most of them all the same.
   */
  readonly pullBack?: Conditional<PullBack>
  /** More partitions than the flow can run as one: a warning names the nodes that cut. */
  readonly most?: number
  /** Nodes in bodies of If, Loop and Scan are offered, too. Default: to all but `waves`. */
  readonly bodies?: Conditional<boolean>
}

/** Operator types. A list of names is a plain value, a list of objects are alternatives. */
export type OpList = readonly string[]
