/** `runtimes`: which are there, on what, and what to do about the others. */
import type { RuntimeInfo, RuntimeList } from '../result/answers.ts'
import type { ReportOptions } from './options.ts'
import { padEnd, safe, wrap } from './text.ts'

const idWidth = 16
const stateWidth = 11

export function runtimesReport({ runtimes, missing }: RuntimeList, options: ReportOptions): string {
  const { columns, style, quiet } = options
  const shown = quiet ? runtimes.filter(({ id }) => missing.includes(id)) : runtimes
  const width = Math.min(columns, 120)
  const lines = shown.flatMap((info) => runtimeLines(info, width, options))
  const notes: string[] = []
  if (shown.some(({ available, software }) => available && software))
    notes.push('software: a GPU made of software. It computes as a GPU does; its speed says nothing about a device.')
  if (missing.length > 0) lines.push(style.red(safe(`required and not available: ${missing.join(', ')}`)))
  if (notes.length > 0) lines.push('', ...notes.flatMap((note) => wrap(note, width)).map(style.dim))
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function runtimeLines(info: RuntimeInfo, width: number, { style }: ReportOptions): string[] {
  const { id, available, reason, fix, versions, software } = info
  const room = Math.max(20, width - idWidth - stateWidth)
  const parts = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const details = available ? [parts.join(', '), adapterText(info)] : [reason ?? '', fix === null ? '' : `fix: ${fix}`]
  const [state, paint] = !available
    ? ['missing', style.red]
    : software
      ? ['software', style.yellow]
      : ['available', style.green]
  const lines = details.filter(Boolean).flatMap((text) => wrap(safe(text), room))
  const indent = ' '.repeat(idWidth + stateWidth)
  const name = safe(id, 60)
  const head = name.length < idWidth ? [] : [style.bold(name)]
  const first = head.length > 0 ? ' '.repeat(idWidth) : style.bold(padEnd(name, idWidth))
  return [
    ...head,
    ...lines.map((line, i) => (i === 0 ? `${first}${paint(padEnd(state, stateWidth))}${line}` : indent + line)),
  ]
}

/** `SwiftShader driver 5.0.0, without float16` */
function adapterText({ kind, adapter, float16 }: RuntimeInfo): string {
  if (kind === 'cpu' || (adapter === null && float16 === null)) return ''
  return `${adapter ?? 'an adapter that gives no name'}${float16 === false ? ', without float16' : ''}`
}
