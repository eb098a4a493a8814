/** What stands beside the picture: everything about the chosen box, and what a search has found. */
import type { PageReason } from './data.ts'
import { button, el } from './dom.ts'
import type { Answers } from './model.ts'
import type { Item } from './view.ts'
import { countText, placementWords, quantityText } from './words.ts'

export interface SideEvents {
  /** A node was asked for by its number. */
  go(node: number): void
  expand(item: Item): void
  leave(item: Item): void
}

const heading = (text: string): HTMLElement => el('h5', {}, text)

/** Details of a box. */
export function details(item: Item, answers: Answers, all: readonly Answers[], events: SideEvents): HTMLElement[] {
  if (item.kind === 'value') return valueDetails(item.value, item.input, answers, events)
  return item.kind === 'node' ? nodeDetails(item, answers, all, events) : groupDetails(item, answers, events)
}

function nodeDetails(item: Item & { kind: 'node' }, answers: Answers, all: readonly Answers[], events: SideEvents) {
  const { node } = item
  const { graph } = answers
  const { name = '', op = '', inputs = [], outputs = [], attributes = {}, macs } = graph.nodes[node] ?? {}
  const facts = [`#${node}`, macs === undefined ? '' : `${quantityText(macs)} MACs`].filter(Boolean).join(' · ')
  const parts: HTMLElement[] = [el('h4', {}, op), el('p', {}, name || '(no name)'), el('p', {}, facts)]
  for (const other of all) parts.push(...verdict(node, other))
  parts.push(heading('Inputs'), values(inputs, answers, events), heading('Outputs'), values(outputs, answers, events))
  const settings = Object.entries(attributes)
  if (settings.length > 0)
    parts.push(
      heading('Attributes'),
      el('ul', {}, ...settings.map(([key, value]) => el('li', {}, el('code', {}, `${key} = ${value}`)))),
    )
  parts.push(button('Close its group', () => events.leave(item)))
  return parts
}

/** Where the node runs on one target, and why. */
function verdict(node: number, answers: Answers): HTMLElement[] {
  const placement = answers.placement(node)
  if (!answers.target || !placement) return []
  const partition = answers.partition(node)
  const why = answers.why(node)
  const where = partition === null ? '' : `, in partition ${partition}`
  const swatch = el('span', { class: `swatch ${placement}`, 'aria-hidden': true })
  return [
    heading(answers.target.label),
    el('p', {}, swatch, `${placementWords[placement]}${where}`),
    ...(why ? [el('p', {}, why)] : []),
    ...answers.reasonsOf(node).map(reasonPart),
  ]
}

const reasonPart = ({ severity, message, id, lines }: PageReason): HTMLElement =>
  el(
    'div',
    { class: `reason ${severity}` },
    el('p', {}, el('span', { class: `tag ${severity}` }, severity), ` ${message}`),
    ...lines.map(([label, text]) => el('p', {}, el('small', {}, `${label}: `), text)),
    el('p', {}, el('small', {}, 'rule: '), el('code', {}, id)),
  )

/** Each value with its type, and a way to who makes and who reads it. */
function values(positions: readonly number[], answers: Answers, events: SideEvents): HTMLElement {
  const { graph } = answers
  const items = positions.map((position) => {
    const value = graph.values[position]
    const item = el(
      'li',
      {},
      el('code', {}, `${value?.name ?? ''} ${value?.type ?? ''}`),
      value?.kind ? ` (${value.kind})` : '',
    )
    const maker = graph.nodes.findIndex(({ outputs }) => outputs.includes(position))
    const readers = graph.nodes.flatMap(({ inputs }, node) => (inputs.includes(position) ? [node] : []))
    const link = (node: number, word: string) => button(`${word} ${answers.nameOf(node)}`, () => events.go(node))
    if (maker >= 0 && !positions.every((one) => graph.nodes[maker]?.outputs.includes(one)))
      item.append(' ', link(maker, 'from'))
    else for (const reader of readers.slice(0, 4)) item.append(' ', link(reader, 'to'))
    return item
  })
  return el('ul', {}, ...(items.length > 0 ? items : [el('li', {}, 'none')]))
}

function groupDetails(item: Item & { kind: 'group' }, answers: Answers, events: SideEvents): HTMLElement[] {
  const { group } = item
  const ops = new Map<string, number>()
  for (const node of group.nodes) {
    const op = answers.graph.nodes[node]?.op ?? ''
    ops.set(op, (ops.get(op) ?? 0) + 1)
  }
  const frequent = [...ops].sort((a, b) => b[1] - a[1]).slice(0, 12)
  const macs = answers.macs(group.nodes)
  const path: string[] = []
  for (let at = group.parent; at?.parent; at = at.parent) path.unshift(at.label)
  return [
    el('h4', {}, group.label || 'group'),
    ...(path.length > 0 ? [el('p', {}, `in ${path.join(' › ')}`)] : []),
    el('p', {}, `${countText(group.nodes.length)} nodes${macs > 0 ? ` · ${quantityText(macs)} MACs` : ''}`),
    button('Open this group', () => events.expand(item)),
    ...(answers.target ? [heading(answers.target.label)] : []),
    el(
      'ul',
      {},
      ...answers
        .tally(group.nodes)
        .map(([letter, count]) =>
          el(
            'li',
            {},
            el('span', { class: `swatch ${letter}`, 'aria-hidden': true }),
            `${countText(count)} ${placementWords[letter]}`,
          ),
        ),
    ),
    heading('Operators'),
    el('ul', {}, ...frequent.map(([op, count]) => el('li', {}, `${countText(count)} × ${op}`))),
  ]
}

function valueDetails(position: number, input: boolean, answers: Answers, events: SideEvents): HTMLElement[] {
  const value = answers.graph.values[position]
  const ends = answers.graph.nodes.flatMap((node, i) =>
    (input ? node.inputs : node.outputs).includes(position) ? [i] : [],
  )
  return [
    el('h4', {}, value?.name ?? ''),
    el('p', {}, `${input ? 'Input' : 'Output'} of the graph: `, el('code', {}, value?.type ?? '')),
    el(
      'ul',
      {},
      ...ends.slice(0, 50).map((node) =>
        el(
          'li',
          {},
          button(answers.nameOf(node), () => events.go(node)),
        ),
      ),
    ),
  ]
}

const shownResults = 200

/** Nodes as a list: the way through the graph without a picture. */
export function results(nodes: readonly number[], answers: Answers, events: SideEvents): HTMLElement[] {
  const items = nodes.slice(0, shownResults).map((node) => {
    const { op = '' } = answers.graph.nodes[node] ?? {}
    const placement = answers.placement(node)
    const label = `#${node} ${op} ${answers.graph.nodes[node]?.name ?? ''}${placement ? `, ${placementWords[placement]}` : ''}`
    const line = button(label, () => events.go(node))
    if (placement) line.prepend(el('span', { class: `swatch ${placement}`, 'aria-hidden': true }))
    return el('li', {}, line)
  })
  const more = nodes.length > shownResults ? `, of which the first ${shownResults}` : ''
  return [
    el('h4', {}, `${countText(nodes.length)} ${nodes.length === 1 ? 'node' : 'nodes'}${more}`),
    el('ul', { class: 'results' }, ...items),
  ]
}
