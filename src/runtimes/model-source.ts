/** What a runtime has to read of a model: the file itself, and for those without a file system its external data. */
import { dirname } from 'node:path'
import type { Attribute, Graph, Model } from '../graph/model.ts'
import type { Tensor } from '../graph/tensor.ts'
import { ExternalFiles } from '../onnx/external.ts'
import { Problem } from '../result/problem.ts'
import type { ModelSource } from './runtime.ts'

export interface ExternalFile {
  /** As the model writes it. */
  readonly location: string
  readonly path: string
}

/**
 * The files beside a model that its tensors lie in.
 * @throws Problem where the model cannot be read, or a file is missing or may not be read
 */
export async function externalData(source: ModelSource): Promise<ExternalFile[]> {
  const { readModel } = await import('../graph/read.ts')
  const model = await readModel('path' in source ? source.path : source.bytes, { withoutWeights: true })
  const locations = externalLocations(model)
  const folder = 'path' in source ? dirname(source.path) : (source.folder ?? null)
  const files = new ExternalFiles(folder)
  return [...locations].map((location) => {
    const file = files.at(location)
    if (file.state === 'found') return { location, path: file.path }
    throw new Problem('external-not-read', `the weights in ${location} cannot be read: ${file.why}`, {
      ...('path' in source ? { path: source.path } : {}),
      fix: 'put the file beside the model',
    })
  })
}

function externalLocations(model: Model): Set<string> {
  const locations = new Set<string>()
  const look = ({ payload }: Tensor) => {
    if (payload.where === 'external' && payload.location !== null) locations.add(payload.location)
  }
  const graphs: Graph[] = [model.graph, ...[...model.functions.values()].map(({ body }) => body)]
  for (let graph = graphs.pop(); graph; graph = graphs.pop()) {
    graph.initializers.forEach(look)
    for (const { attributes, bodies } of graph.nodes) {
      for (const attribute of attributes.values()) tensorsOf(attribute).forEach(look)
      graphs.push(...bodies.values())
    }
  }
  return locations
}

function tensorsOf(attribute: Attribute): readonly Tensor[] {
  if (attribute.type === 'TENSOR' || attribute.type === 'SPARSE_TENSOR') return [attribute.value]
  return attribute.type === 'TENSORS' || attribute.type === 'SPARSE_TENSORS' ? attribute.value : []
}
