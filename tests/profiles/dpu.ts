/** One node, or a few, against the DPU: for tests of its profile. */
import { type CheckOptions, checkModel } from '../../src/check/check.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { Registry } from '../../src/profiles/load.ts'
import { resolveTargets, type Target } from '../../src/profiles/targets.ts'
import type { TargetResult } from '../../src/result/result.ts'
import { type Builder, builder } from '../check/tiny.ts'

const registry = new Registry()
const targets = new Map<string, readonly Target[]>()
function targetFor(arch: string): readonly Target[] {
  const known = targets.get(arch) ?? resolveTargets([`vitis-ai-dpu@arch=${arch}`], registry)
  targets.set(arch, known)
  return known
}

export async function checkDpu(model: Builder, arch = 'B4096', options: CheckOptions = {}): Promise<TargetResult> {
  const read = await readModel(model.encode())
  const [result] = checkModel(read, inferModel(read), targetFor(arch), options)
  if (!result) throw new Error('no result')
  return result
}

type Dims = readonly number[]
type Attributes = Parameters<Builder['node']>[2]

export interface OneNode {
  readonly op: string
  /** Inputs by their shape; `weights`: constants of zeros. */
  readonly inputs: readonly Dims[]
  readonly weights?: readonly Dims[]
  readonly attributes?: Attributes
  readonly opset?: number
  readonly output?: 'float32' | 'int64'
  /** Further constants, by their values. */
  readonly values?: readonly (readonly number[] | Float32Array)[]
}

const zeros = (dims: Dims) => ({ dims, data: new Float32Array(dims.reduce((product, dim) => product * dim, 1)) })

/** Where the last node goes: `target`, or the last part of the finding's id that keeps it away. */
export async function placed(
  { op, inputs, weights = [], values = [], attributes = {}, opset = 17, output = 'float32' }: OneNode,
  arch?: string,
): Promise<string> {
  const model = builder({ opset })
  const names = [
    ...inputs.map((dims, i) => model.input(`x${i}`, 'float32', dims)),
    ...weights.map((dims, i) => model.initializer(`w${i}`, zeros(dims))),
    ...values.map((list, i) => model.initializer(`v${i}`, constantOf(list))),
  ]
  model.node(op, names, attributes, { outputs: ['y'] })
  model.output('y', output, [])
  return answer(await checkDpu(model, arch))
}

const constantOf = (list: readonly number[] | Float32Array) =>
  list instanceof Float32Array
    ? { dims: list.length === 1 ? [] : [list.length], data: list }
    : { dims: [list.length], data: BigInt64Array.from(list, BigInt) }

/** The placement of the last node, or the last part of the id of the finding that keeps it off the target. */
export function answer({ nodes, findings }: TargetResult): string {
  const last = nodes.at(-1)
  if (!last || last.placement === 'target') return last?.placement ?? 'nothing'
  const [reason] = findings.filter(({ id }) => last.findings.includes(id))
  return reason?.id.split('/').at(-1) ?? last.placement
}
