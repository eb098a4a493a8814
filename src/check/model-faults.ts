/** What is wrong with a model itself, whatever the target. */
import type { Model } from '../graph/model.ts'
import type { Inference } from '../infer/facts.ts'
import { check as catalogue } from '../result/catalogue/check.ts'
import { type Finding, type NodeRef, report } from '../result/finding.ts'

/** Errors with which models still load: weights that are not at hand, and declarations that inference corrects. */
const tolerated: ReadonlySet<string> = new Set([
  'model/external-missing',
  'model/declared-shape',
  'model/conflicting-opset-import',
  'model/input-rank',
])

const refusesLoading = ({ id, severity }: Finding): boolean => severity === 'error' && !tolerated.has(id)

/** Faults for which everything refuses to load the model: the finding, and node → message. Null where there are none. */
export function loadingFaults(
  model: Model,
  inference: Inference,
  target: string,
): { readonly finding: Finding; readonly nodes: ReadonlyMap<NodeRef, string> } | null {
  const faults = [...model.findings, ...inference.findings].filter(refusesLoading)
  const [first] = faults
  if (!first) return null
  const nodes = new Map(faults.flatMap((fault) => fault.nodes.map((ref) => [ref, fault.message] as const)))
  const args = { count: faults.length, first: first.message }
  const finding = report(catalogue, '<target>/model-invalid', args, { nodes: [...nodes.keys()] })
  return { finding: { ...finding, id: `${target}/model-invalid` }, nodes }
}

/** A model that contradicts itself may run in one way or another, or not: which, hangs on the release. */
export const contradictsItself = (model: Model, inference: Inference): boolean =>
  [...model.findings, ...inference.findings].some(
    ({ id, severity }) => severity === 'error' && id !== 'model/external-missing',
  )
