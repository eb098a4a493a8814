/** A decoded file → Model. */
import type { ExternalFiles } from '../onnx/external.ts'
import type { FunctionProto, GraphProto, OnnxFile } from '../onnx/read.ts'
import { reading } from '../result/catalogue/reading.ts'
import { structure } from '../result/catalogue/structure.ts'
import { report } from '../result/finding.ts'
import { buildGraph, domainOf, type GraphContext } from './build-graph.ts'
import { Findings } from './findings.ts'
import { buildFunctions, checkCalls } from './functions.ts'
import type { Model } from './model.ts'
import { NameCheck } from './names.ts'
import { Tensors } from './tensors.ts'
import { Types } from './types.ts'
import { checkUnused } from './unused.ts'
import type { BuiltGraph } from './values.ts'

/** The newest versions that this tool knows (onnx 1.23). */
const newestIr = 14
const newestOpsets = new Map([
  ['', 28],
  ['ai.onnx.ml', 5],
])

const emptyGraph: GraphProto = {
  node: [],
  initializer: [],
  input: [],
  output: [],
  value_info: [],
  sparse_initializer: [],
}

export interface BuildOptions {
  readonly path: string
  readonly digest: string
  readonly withoutWeights: boolean
}

export function buildModel(file: OnnxFile, files: ExternalFiles, options: BuildOptions): Model {
  const { model } = file
  const findings = new Findings()
  const names = new NameCheck()
  const tensors = new Tensors(file, files, findings, options.withoutWeights)
  const irVersion = checkIr(model.ir_version, findings)
  const ids = { values: 0, nodes: 0 }
  const context: GraphContext = {
    file,
    findings,
    tensors,
    names,
    types: new Types(),
    ids,
    irVersion: irVersion ?? newestIr,
  }
  const opsets = importsOf(model.opset_import, findings)
  if (opsets.size === 0 && (irVersion === null || irVersion >= 3))
    findings.add(report(reading, 'model/no-opset-import', { function: null }))
  const metadata = metadataOf(model.metadata_props, findings)
  const graph = buildGraph(model.graph ?? emptyGraph, '', null, null, context)
  checkGraph(model.graph ?? null, graph, findings)
  const functions = buildFunctions(file, context, (imports) => importsOf(imports, findings))
  checkCalls(graph, functions, findings)
  tensors.reportMissing()
  names.check(graph.name)
  names.check(model.producer_name ?? '')
  reportNames(names, file, findings)
  checkUnused(graph, findings)
  return {
    path: options.path,
    bytes: file.size,
    weightBytes: tensors.weightBytes,
    digest: options.digest,
    irVersion,
    opsets,
    producer: [model.producer_name, model.producer_version].filter(Boolean).join(' '),
    metadata,
    graph,
    functions,
    free: { ...ids },
    findings: findings.list,
  }
}

function checkIr(version: number | bigint | null | undefined, findings: Findings): number | null {
  if (version == null) findings.add(report(reading, 'model/no-ir-version', {}))
  else if (version < 1) findings.add(report(reading, 'model/unknown-ir-version', { version: String(version) }))
  else if (version < 3) findings.add(report(reading, 'model/old-ir-version', { version: String(version) }))
  else if (version > newestIr)
    findings.add(report(reading, 'model/newer-ir-version', { version: String(version), newest: newestIr }))
  return version == null ? null : Number(version)
}

function importsOf(imports: FunctionProto['opset_import'], findings: Findings): Map<string, number> {
  const opsets = new Map<string, number>()
  for (const { domain: written, version: number } of imports) {
    const domain = domainOf(written)
    const version = Number(number ?? 0)
    const name = domain || 'ai.onnx'
    const before = opsets.get(domain)
    const newest = newestOpsets.get(domain) ?? null
    if (before !== undefined && before === version)
      findings.add(report(reading, 'model/duplicate-opset-import', { domain: name, version: String(version) }))
    else if (before !== undefined) {
      const versions = `${before} and ${version}`
      findings.add(report(reading, 'model/conflicting-opset-import', { domain: name, versions }))
    } else if (version < 1 || version > (newest ?? Number.POSITIVE_INFINITY))
      findings.add(report(reading, 'model/unknown-opset', { domain: name, version: String(version), newest }))
    opsets.set(domain, Math.max(before ?? version, version))
  }
  return opsets
}

function metadataOf(
  entries: readonly { key?: string | null; value?: string | null }[],
  findings: Findings,
): Map<string, string> {
  const metadata = new Map<string, string>()
  const twice = new Set<string>()
  for (const { key, value } of entries) {
    if (metadata.has(key ?? '')) twice.add(key ?? '')
    metadata.set(key ?? '', value ?? '')
  }
  for (const key of twice) findings.add(report(reading, 'model/duplicate-metadata', { key: key.slice(0, 120) }))
  return metadata
}

function checkGraph(proto: GraphProto | null, graph: BuiltGraph, findings: Findings): void {
  if (!proto) {
    findings.add(report(reading, 'model/no-graph', {}))
    return
  }
  if (graph.nodes.length === 0 && graph.outputs.length === 0) findings.add(report(structure, 'model/empty-graph', {}))
  else if (graph.outputs.length === 0) findings.add(report(structure, 'model/no-outputs', {}))
  if (graph.name === '') findings.add(report(structure, 'model/unnamed-graph', {}))
  const counts = new Map<string, number>()
  for (const { name } of graph.nodes) if (name) counts.set(name, (counts.get(name) ?? 0) + 1)
  const repeated = new Set([...counts].filter(([, count]) => count > 1).map(([name]) => name))
  if (repeated.size > 0) {
    const nodes = graph.nodes.filter(({ name }) => repeated.has(name)).map(({ index }) => index)
    findings.add(
      report(structure, 'model/duplicate-node-name', { names: [...repeated] }, { nodes: nodes.slice(0, 100) }),
    )
  }
}

function reportNames(names: NameCheck, file: OnnxFile, findings: Findings): void {
  for (const [danger, { count, examples }] of names.unsafe)
    findings.add(report(reading, 'model/unsafe-name', { danger, count }, { values: examples }))
  if (names.long.length > 0)
    findings.add(report(reading, 'model/long-name', { count: names.long.length, longest: names.longest }))
  const { invalidTexts } = file
  if (invalidTexts.length > 0)
    findings.add(
      report(
        reading,
        'model/text-not-utf8',
        { count: invalidTexts.length },
        { values: [...new Set(invalidTexts)].slice(0, 20) },
      ),
    )
}
