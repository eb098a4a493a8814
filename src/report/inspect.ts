/** The report of `inspect` for people: what a model is, what it costs and where, what is odd about it. */
import {
  type DimText,
  type Hotspot,
  isFailure,
  type ModelResult,
  type NodeCost,
  type Result,
  type ValueInfo,
} from '../result/result.ts'
import { gateLines } from './check.ts'
import { failureLines } from './failure.ts'
import { findingLines } from './model.ts'
import { bytes, count, percent, quantity } from './numbers.ts'
import type { ReportOptions } from './options.ts'
import { labelled, table } from './table.ts'
import { name, safe, wrap } from './text.ts'

export function inspectReport(result: Result, options: ReportOptions): string {
  const blocks = result.models.map((model) =>
    isFailure(model) ? failureLines(model, options) : options.quiet ? [] : modelLines(model, options),
  )
  const lines = blocks.flatMap((block, i) => (i > 0 && block.length > 0 ? ['', ...block] : block))
  lines.push(...gateLines(result, options))
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function modelLines(model: ModelResult, options: ReportOptions): string[] {
  const { style, columns } = options
  const lines = [style.bold(name(model.path, columns)), ...facts(model, options)]
  const section = (title: string, content: readonly string[]) => {
    if (content.length > 0) lines.push('', style.bold(title), ...content)
  }
  section('Inputs', valueLines(model.inputs, options))
  section('Outputs', valueLines(model.outputs, options))
  section('Most work', workLines(model, options))
  section('Most memory', memoryLines(model, options))
  section('Operators', operatorLines(model.nodes ?? [], options))
  section('Not known', unknownLines(model, options))
  section('Findings', findingLines(model.findings, ['error', 'warning', 'note'], 12, options))
  return lines
}

function facts(model: ModelResult, { columns, style }: ReportOptions): string[] {
  const { nodes, macs, params, peakActivationBytes } = model.totals
  const opsets = Object.entries(model.opsets).map(([domain, version]) => `${safe(domain || 'ai.onnx', 60)} ${version}`)
  const rows: [string, string][] = [
    ['made by', safe(model.producer, 100) || 'not said'],
    ['opsets', `${opsets.join(', ') || 'none'} (IR ${model.irVersion ?? '?'})`],
    ['nodes', count(nodes)],
    ['MACs', macs === null ? unknownMacs(model) : `${quantity(macs)} (${count(macs)})`],
    ['parameters', params === null ? '?' : `${quantity(params)} (${count(params)})`],
    ['weights', `${bytes(model.weightBytes)}, file ${bytes(model.bytes)}`],
    ['activations', peakActivationBytes === null ? '?' : `${bytes(peakActivationBytes)} at the peak`],
    ['digest', model.digest.slice(0, 16)],
  ]
  if (model.sha256) rows.push(['sha256', model.sha256])
  const layout = { width: columns, indent: 2, labelWidth: 13, paint: style.dim }
  return rows.flatMap(([label, text]) => labelled(label, text, layout))
}

/** Names a flag that helps, from the first symbolic size of an input. */
function unknownMacs({ inputs }: ModelResult): string {
  const symbols = inputs.flatMap(({ shape }) => shape?.filter((dim) => typeof dim === 'string') ?? [])
  const [symbol] = symbols
  const shown = symbol === undefined ? null : safe(String(symbol), 40)
  return `? (sizes are symbolic or unknown${shown === null ? '' : `; for example --dim ${/\s/.test(shown) ? `"${shown}=1"` : `${shown}=1`}`})`
}

/** `float32 [N, 3, 224, 224]` */
export const typeText = (dtype: string | null, shape: readonly DimText[] | null): string => {
  const dims = shape?.map((dim) => (dim === null ? '?' : safe(String(dim), 40)))
  const shown = dims && dims.length > 12 ? [...dims.slice(0, 12), `${dims.length - 12} more`] : dims
  return `${dtype === null ? '?' : safe(dtype, 60)}${shown ? ` [${shown.join(', ')}]` : ''}`
}

function valueLines(values: readonly ValueInfo[], { columns, style }: ReportOptions): string[] {
  const shown = values.slice(0, 12)
  const rows = shown.map((value) => [
    { text: `  ${name(value.name, 60)}` },
    { text: typeText(value.dtype, value.shape) },
  ])
  const head = [
    { title: '  NAME', max: Math.floor(columns * 0.45) },
    { title: 'TYPE', max: Math.floor(columns * 0.5) },
  ]
  const lines = shown.length > 0 ? table(head, rows, style.dim) : []
  if (values.length > shown.length) lines.push(style.dim(`  and ${count(values.length - shown.length)} more`))
  return lines
}

const nodeLabel = ({ index, name: own }: NodeCost): string => `  #${index} ${own}`

/** The nodes with the most MACs. */
function workLines(model: ModelResult, { columns, style }: ReportOptions): string[] {
  const costs = (model.nodes ?? []).filter(({ macs }) => macs !== null && macs > 0)
  const total = model.totals.macs ?? costs.reduce((sum, { macs }) => sum + (macs ?? 0), 0)
  const top = costs.sort((a, b) => (b.macs ?? 0) - (a.macs ?? 0) || a.index - b.index).slice(0, 8)
  if (top.length === 0) return []
  const head = [
    { title: '  NODE', max: Math.max(20, columns - 50) },
    { title: 'OP', max: 24 },
    { title: 'MACS', align: 'right' as const },
    { title: 'SHARE', align: 'right' as const },
    { title: 'PARAMETERS', align: 'right' as const },
  ]
  const rows = top.map((node) => [
    { text: name(nodeLabel(node), 120) },
    { text: name(node.op, 24) },
    { text: quantity(node.macs) },
    { text: percent((node.macs ?? 0) / total) },
    { text: quantity(node.params) },
  ])
  return table(head, rows, style.dim)
}

const nameOf = ({ node, name: own, op }: Hotspot): string => `  ${node === null ? op : `#${node}`} ${own}`

/** Layers with the most parameters, values of the activations' peak, and the ceilings that are known. */
function memoryLines({ hotspots, memory = [] }: ModelResult, { columns, style }: ReportOptions): string[] {
  const rows = (spots: readonly Hotspot[], what: string, show: (amount: number) => string) =>
    spots
      .slice(0, 3)
      .map((spot) => [
        { text: name(nameOf(spot), 120) },
        { text: name(spot.op, 24) },
        { text: what },
        { text: show(spot.amount) },
        { text: percent(spot.share) },
      ])
  const head = [
    { title: '  WHERE', max: Math.max(20, columns - 52) },
    { title: 'OP', max: 24 },
    { title: 'WHAT' },
    { title: 'AMOUNT', align: 'right' as const },
    { title: 'SHARE', align: 'right' as const },
  ]
  const spots = [
    ...rows(hotspots?.params ?? [], 'parameters', quantity),
    ...rows(hotspots?.activations ?? [], 'at the peak', bytes),
  ]
  const layout = { width: Math.min(columns, 120), indent: 2, labelWidth: 16 }
  const ceilings = memory.flatMap(({ id, title, limit, needed, fits }) =>
    labelled(id, `${fits === null ? 'at least ' : ''}${bytes(needed)} of ${bytes(limit)}, ${title}`, {
      ...layout,
      paint: fits === false ? style.yellow : style.dim,
    }),
  )
  const lines = spots.length > 0 ? table(head, spots, style.dim) : []
  return lines.length > 0 && ceilings.length > 0 ? [...lines, '', ...ceilings] : [...lines, ...ceilings]
}

/** `Conv 52, Add 10, …` */
function operatorLines(nodes: readonly NodeCost[], { columns }: ReportOptions): string[] {
  const times = new Map<string, number>()
  for (const { op, domain } of nodes) {
    const key = domain === '' ? op : `${domain}::${op}`
    times.set(key, (times.get(key) ?? 0) + 1)
  }
  const sorted = [...times].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  const shown = sorted.slice(0, 40).map(([op, n]) => `${name(op, 40)} ${count(n)}`)
  if (sorted.length > shown.length) shown.push(`and ${count(sorted.length - shown.length)} more`)
  return shown.length === 0 ? [] : wrap(shown.join(', '), Math.min(columns, 120) - 2).map((line) => `  ${line}`)
}

/** Values whose type or shape is unknown, by reason. */
function unknownLines(model: ModelResult, { columns, style }: ReportOptions): string[] {
  const reasons = new Map<string, { times: number; example: string }>()
  for (const [value, { why }] of Object.entries(model.values ?? {})) {
    if (why === null) continue
    const seen = reasons.get(why)
    if (seen) seen.times++
    else reasons.set(why, { times: 1, example: value })
  }
  const sorted = [...reasons].sort(([, a], [, b]) => b.times - a.times)
  const lines = sorted.slice(0, 6).flatMap(([why, { times, example }]) => {
    const where = times === 1 ? name(example, 40) : `${count(times)} values, such as ${name(example, 40)}`
    return wrap(`${safe(why, 200)} (${where})`, Math.min(columns, 120) - 2).map((line) => `  ${line}`)
  })
  if (sorted.length > 6) lines.push(style.dim(`  and ${count(sorted.length - 6)} more reasons`))
  return lines
}
