/** The result of a large model: residual blocks in a row, with names that tell nothing, each node with a verdict. */
import type { PictureNode, PictureValue } from '../../src/result/graph.ts'
import type { Result } from '../../src/result/result.ts'
import { finding, model, node, result, target } from './sample.ts'

const block = ['Conv', 'Relu', 'Conv', 'Relu', 'Resize', 'Add', 'Relu'] as const

export function large(count: number): Result {
  const values: PictureValue[] = [{ name: 'x', dtype: 'float32', shape: [1, 64, 56, 56], kind: 'input' }]
  const nodes: PictureNode[] = []
  let start = 0
  for (let i = 0; i < count; i++) {
    const op = block[i % block.length] ?? 'Relu'
    if (i % block.length === 0) start = values.length - 1
    const last = values.length - 1
    values.push({ name: `v${i}`, dtype: 'float32', shape: [1, 64, 56, 56] })
    const inputs = op === 'Add' ? [last, start] : [last]
    const attributes = op === 'Conv' ? { kernel_shape: '[3, 3]', pads: '[1, 1, 1, 1]' } : null
    nodes.push({
      name: `${op}_${i}`,
      op,
      domain: '',
      inputs,
      outputs: [last + 1],
      ...(attributes ? { attributes } : {}),
      macs: 1e6,
    })
  }
  const refused = nodes.flatMap(({ op }, i) => (op === 'Resize' ? [i] : []))
  const ids = ['nnapi', 'xnnpack', 'webgpu', 'coreml-mlprogram']
  const targets = ids.map((id) =>
    target({
      id,
      verdict: 'partial',
      nodes: nodes.map(({ name, op }, i) =>
        op === 'Resize'
          ? node(i, {
              name,
              op,
              placement: 'host',
              partition: null,
              why: 'mode is cubic',
              findings: [`${id}/Resize/mode`],
            })
          : node(i, { name, op, partition: Math.floor(i / 7) }),
      ),
      findings: [finding({ id: `${id}/Resize/mode`, nodes: refused, found: { mode: 'cubic' } })],
    }),
  )
  return result(model({ path: 'models/large.onnx', targets, graphs: [{ scope: '', nodes, values }] }))
}
