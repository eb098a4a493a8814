/**
 * The copy of a model that a real provider is asked about: every node named after its place, so that what the runtime
 * says of a name can be read back, and with files of zeros in place of large weights, which placement does not look at.
 */
import { closeSync, mkdirSync, openSync, readSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ExternalFiles, parseEntries } from '../onnx/external.ts'
import { FileSource } from '../onnx/file-source.ts'
import {
  type GraphProto,
  type ModelProto,
  type NodeProto,
  readOnnx,
  type TensorProto,
  type ValueInfoProto,
} from '../onnx/read.ts'
import { writeModel } from '../onnx/write.ts'
import type { NodeRef } from '../result/finding.ts'

export interface ModelCopy {
  readonly path: string
  /** Files of external data, as the model writes their place. */
  readonly external: readonly { readonly location: string; readonly path: string }[]
}

/** The name of a node in the copy: `@12`, in a body `@12/then_branch/3`. */
const nameOf = (ref: NodeRef): string => `@${ref}`

/** The node that a name in the copy means, also where the runtime has made a node anew; null for others. */
export function refOf(name: string): NodeRef | null {
  const ref = /^@(\d+(?:\/\w+\/\d+)*)(?:_token_\d+)?$/.exec(name)?.[1]
  if (ref === undefined) return null
  return /^\d+$/.test(ref) ? Number(ref) : ref
}

/** Names of the copy in a message of the runtime, as `replace` writes the nodes. */
export const withNodes = (message: string, replace: (ref: NodeRef) => string): string =>
  message.replace(/@\d+(?:\/\w+\/\d+)*(?:_token_\d+)?/g, (name) => {
    const ref = refOf(name)
    return ref === null ? name : replace(ref)
  })

/** Two nodes beside the model, of which the runtime keeps one on the CPU: else it may give a number and no names. */
export const keptOnCpu = '@cpu'

/**
 * Writes the copy of the model at `source` into `folder`.
 * @throws Problem where it cannot be read
 */
export async function copyModel(source: string, folder: string): Promise<ModelCopy> {
  const file = await readOnnx(new FileSource(source, source))
  const { model } = file
  const tensors: TensorProto[] = []
  if (model.graph) {
    rename(model.graph, '', tensors)
    addProbes(model)
  }
  const path = join(folder, 'model.onnx')
  // Also ends the reading of the source.
  await writeModel(file, path, model)
  return { path, external: copyExternal(tensors, dirname(resolve(source)), folder) }
}

/** Gives every node the name of its place, and finds all tensors. No recursion: bodies can lie deep. */
function rename(main: GraphProto, prefix: string, tensors: TensorProto[]): void {
  const open: [GraphProto, string][] = [[main, prefix]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [graph, scope] = next
    tensors.push(...(graph.initializer ?? []))
    graph.node?.forEach((node, index) => {
      const ref = scope === '' ? String(index) : `${scope}/${index}`
      node.name = nameOf(ref)
      for (const attribute of node.attribute ?? []) {
        if (attribute.t) tensors.push(attribute.t)
        tensors.push(...(attribute.tensors ?? []))
        if (attribute.g) open.push([attribute.g, `${ref}/${attribute.name}`])
      }
    })
  }
}

/** A TypeProto as it stands in a file: a tensor of one float32. */
const oneFloat = Uint8Array.of(0x0a, 8, 8, 1, 0x12, 4, 0x0a, 2, 8, 1)

function addProbes({ graph, opset_import }: ModelProto): void {
  const opset = opset_import?.find(({ domain }) => !domain)?.version ?? 0
  // No provider has a kernel for the first Abs.
  if (!graph || Number(opset) < 6) return
  const names = ['@gpu', keptOnCpu]
  const values = (end: string) => names.map((name) => ({ name: `${name}.${end}`, type: oneFloat }) as ValueInfoProto)
  const nodes = names.map((name) => ({ name, op_type: 'Abs', input: [`${name}.in`], output: [`${name}.out`] }))
  // A list that the file does not have is one that all messages share.
  graph.input = [...(graph.input ?? []), ...values('in')]
  graph.output = [...(graph.output ?? []), ...values('out')]
  graph.node = [...(graph.node ?? []), ...(nodes as unknown as NodeProto[])]
}

/** Payloads up to here are copied: shapes and axes, which constants are folded from. */
const copiedBytes = 64 * 1024

function copyExternal(tensors: readonly TensorProto[], from: string, folder: string): ModelCopy['external'] {
  const files = new ExternalFiles(from)
  const made = new Map<string, string>()
  for (const { external_data } of tensors) {
    if (!external_data?.length) continue
    const entry = parseEntries(external_data)
    if (typeof entry === 'string') continue
    const { location, offset, length } = entry
    const source = files.at(location)
    if (source.state === 'refused') continue
    const path = made.get(location) ?? emptyFile(folder, location)
    made.set(location, path)
    const bytes = length ?? (source.state === 'found' ? source.size - offset : 0)
    if (statSync(path).size < offset + bytes) truncateSync(path, offset + bytes)
    if (source.state === 'found' && bytes <= copiedBytes) copyRange(source.path, path, offset, bytes)
  }
  return [...made].map(([location, path]) => ({ location, path }))
}

function emptyFile(folder: string, location: string): string {
  const path = join(folder, location)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
  return path
}

function copyRange(from: string, to: string, offset: number, length: number): void {
  const [source, target] = [openSync(from, 'r'), openSync(to, 'r+')]
  try {
    const bytes = Buffer.alloc(length)
    writeSync(target, bytes, 0, readSync(source, bytes, 0, length, offset), offset)
  } finally {
    closeSync(source)
    closeSync(target)
  }
}
