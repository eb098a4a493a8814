/** The first diverging node in a folder, ready for an issue: a model, its inputs, the expected outputs, and the text. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compareTensors } from '../../compare/tensors.ts'
import { isProblem, Problem } from '../../result/problem.ts'
import type { FirstDiverging } from '../../result/run.ts'
import type { Tensors } from '../../tensors/tensor.ts'
import { encodeTensor } from '../../wrapper/samples/tensor-proto.ts'
import type { Lane } from '../lane.ts'
import type { Rules } from '../rules.ts'
import type { Divergence } from './first-diverging.ts'
import { type NodeModel, writeNodeModel } from './node-model.ts'

export interface Around {
  readonly reference: Lane
  readonly other: Lane
  readonly rules: Rules
  readonly sample: string
}

/** @returns the folder with the model @throws Problem `not-written` */
export async function saveRepro({ node, place, expected }: Divergence, around: Around, into: string): Promise<string> {
  const folder = join(resolve(into), `${around.other.id.replace(/[^\w.-]/g, '-')}-node-${node.index}`)
  const data = join(folder, 'test_data_set_0')
  const path = join(folder, 'model.onnx')
  try {
    mkdirSync(data, { recursive: true })
    const model = await writeNodeModel(around.other.model.path, node, expected, path)
    const files: [string, readonly string[]][] = [
      ['input', model.inputs],
      ['output', model.outputs],
    ]
    for (const [kind, names] of files)
      for (const [i, name] of names.entries()) {
        const tensor = expected[name]
        if (tensor) writeFileSync(join(data, `${kind}_${i}.pb`), encodeTensor({ name, tensor }))
      }
    writeFileSync(join(folder, 'issue.md'), issueText(place, around, await alone(path, model, expected, around)))
    return folder
  } catch (cause) {
    if (isProblem(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Problem('not-written', `the node could not be written to ${folder}: ${reason}`, { path: folder, cause })
  }
}

/** Whether the node differs by itself, too. */
async function alone(path: string, { inputs, outputs }: NodeModel, values: Tensors, around: Around): Promise<string> {
  try {
    const session = await around.other.runtime.open({ path })
    const feeds = Object.fromEntries(inputs.map((name) => [name, values[name] as Tensors[string]]))
    const { outputs: made } = await session.run(feeds)
    await session.close()
    const found = outputs.map((name) => {
      const tensor = values[name] as Tensors[string]
      const { verdict, maxAbs } = compareTensors(tensor, made[name], around.rules.inner(name, tensor.dtype))
      return { name, verdict, maxAbs }
    })
    const bad = found.find(({ verdict }) => verdict !== 'match')
    return bad
      ? `By itself the node differs as well (by up to ${bad.maxAbs ?? 'an unknown amount'}).`
      : 'By itself the node agrees: the difference needs the graph around it, such as a fusion with its neighbours.'
  } catch (error) {
    if (!isProblem(error) || error.code === 'interrupted') throw error
    return `By itself the node does not run there: ${error.message}`
  }
}

function issueText(place: FirstDiverging, { reference, other, sample }: Around, byItself: string): string {
  const lane = ({ id, availability, adapter }: Lane) => {
    const parts = Object.entries(availability?.parts ?? {}).map(([name, version]) => `${name} ${version}`)
    return `${id} (${[...parts, ...(adapter?.name ? [adapter.name] : [])].join(', ')})`
  }
  const inputs = place.inputs.map(({ name, dtype, shape }) => `- ${code(name)}: ${dtype} [${shape.join(', ')}]`)
  const attributes = Object.entries(place.attributes).map(([name, value]) => `- ${code(name)}: ${code(value)}`)
  return `# ${text(place.op)} gives other results

${lane(other)} differs from ${lane(reference)}.

Node ${code(place.name)} (number ${place.node}), operator ${code(place.op)}: the output ${code(place.output)} differs by up to ${place.maxAbs ?? '?'} absolute, ${place.maxRel ?? '?'} relative, while all inputs agree. Sample: ${code(sample)}.

${byItself}

Inputs:

${inputs.join('\n') || 'none'}

Attributes:

${attributes.join('\n') || 'none'}

To see it:

    deploycheck run model.onnx --samples test_data_set_0 --runtime ${other.id}

\`model.onnx\` holds the node, \`test_data_set_0\` its inputs and the outputs of ${reference.id}.
`
}

/** Names are untrusted: in Markdown they stay what they are. */
const code = (name: string): string => `\`${name.slice(0, 200).replace(/[`\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')}\``
const text = (name: string): string => name.replace(/[^\w:.-]/g, '?').slice(0, 100)
