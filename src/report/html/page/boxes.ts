/** One box of the picture: a node, a closed group, or an input or output of the graph. */
import { svg } from './dom.ts'
import type { Size } from './layout.ts'
import type { Answers } from './model.ts'
import type { Item } from './view.ts'
import { countText, placementMarks, placementWords, shortText } from './words.ts'

export type Colouring = 'verdict' | 'partition'

export const sizeOf = (item: Item): Size =>
  item.kind === 'group'
    ? { width: 206, height: 58 }
    : item.kind === 'node'
      ? { width: 176, height: 42 }
      : { width: 150, height: 30 }

function describe(item: Item, answers: Answers): string {
  const { graph } = answers
  if (item.kind === 'value') return `${item.input ? 'an input' : 'an output'}, ${graph.values[item.value]?.type ?? ''}`
  if (item.kind === 'node') {
    const placement = answers.placement(item.node)
    const { name = '', op = '' } = graph.nodes[item.node] ?? {}
    return `${op} ${name || `number ${item.node}`}${placement ? `, ${placementWords[placement]}` : ''}`
  }
  const { group } = item
  const tally = answers.tally(group.nodes).map(([letter, count]) => `${countText(count)} ${placementWords[letter]}`)
  return `a group, ${group.label}, ${countText(group.nodes.length)} nodes${tally.length > 0 ? `: ${tally.join(', ')}` : ''}`
}

/** Drawn about its centre. */
export function drawBox(item: Item, answers: Answers, colouring: Colouring): SVGGElement {
  const { width, height } = sizeOf(item)
  const nodes = item.kind === 'group' ? item.group.nodes : item.kind === 'node' ? [item.node] : []
  const tally = answers.tally(nodes)
  const worst = tally[0]?.[0]
  const partition = colouring === 'partition' ? answers.onePartition(nodes) : null
  const look = item.kind === 'value' ? 'io' : partition === null ? (worst ?? '') : 'p'
  const box = svg('g', {
    class: `box ${item.kind} ${look}`,
    role: 'button',
    tabindex: -1,
    // The name is what is written in the box; what is cut off or shown by colour is said beside it.
    'aria-description': describe(item, answers),
  })
  if (partition !== null) box.style.setProperty('--hue', String((partition * 137.5) % 360))
  const radius = item.kind === 'value' ? height / 2 : item.kind === 'group' ? 4 : 8
  if (item.kind === 'group')
    box.append(svg('rect', { class: 'body', x: -width / 2 + 4, y: -height / 2 - 4, width, height, rx: radius }))
  box.append(svg('rect', { class: 'body', x: -width / 2, y: -height / 2, width, height, rx: radius }))
  const text = (content: string, y: number, kind = '') =>
    box.append(svg('text', { class: kind, x: -width / 2 + 10, y }, content), ' ')
  if (item.kind === 'value') text(shortText(answers.graph.values[item.value]?.name ?? '', 20), 4)
  if (item.kind === 'node') {
    const { name = '', op = '' } = answers.graph.nodes[item.node] ?? {}
    text(shortText(op, 17), -3)
    text(shortText(name || `#${item.node}`, 27), 13, 'sub')
    const mark = partition === null ? (worst ? placementMarks[worst] : '') : `#${partition}`
    if (mark) box.append(svg('text', { class: 'mark', x: width / 2 - 9, y: -3, 'text-anchor': 'end' }, mark))
  }
  if (item.kind === 'group') {
    text(shortText(item.group.label || 'group', 26), -10)
    text(`${countText(item.group.nodes.length)} nodes`, 7, 'sub')
    box.append(...shares(tally, item.group.nodes.length, width - 20, -width / 2 + 10, height / 2 - 13))
  }
  return box
}

/** What share of a group's nodes is where. */
function shares(
  tally: ReturnType<Answers['tally']>,
  all: number,
  width: number,
  x: number,
  y: number,
): SVGRectElement[] {
  let at = x
  return tally.map(([letter, count]) => {
    const part = svg('rect', {
      class: `part ${letter}`,
      x: at,
      y,
      width: Math.max(1, (width * count) / all),
      height: 6,
    })
    at += (width * count) / all
    return part
  })
}
