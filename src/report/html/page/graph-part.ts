/** One model's graph on the page: the controls above, the picture, what stands beside it. */
import type { Colouring } from './boxes.ts'
import { Canvas } from './canvas.ts'
import type { PageModel, PlacementLetter } from './data.ts'
import { button, el } from './dom.ts'
import { Answers } from './model.ts'
import { details, results, type SideEvents } from './side.ts'
import { type Item, View } from './view.ts'
import { placementWords } from './words.ts'

export class GraphPart {
  private graphAt = 0
  private targetAt = 0
  private view: View
  private answers: Answers
  private chosen: Item | null = null
  private readonly canvas: Canvas
  private readonly views = new Map<number, View>()
  private readonly search = el('input', { type: 'search', placeholder: 'name or operator' })
  private readonly filter: HTMLSelectElement
  private readonly colouring: HTMLSelectElement
  private readonly details = el('div', { 'aria-live': 'polite' })
  private readonly list = el('div')
  private readonly events: SideEvents = {
    go: (node) => this.go(node),
    expand: (item) => this.activate(item),
    leave: (item) => this.leave(item),
  }

  constructor(
    place: HTMLElement,
    title: string,
    private readonly model: PageModel,
  ) {
    const holder = el('div', { class: 'canvas' })
    this.filter = select([['', 'all nodes'], ...Object.entries(placementWords)], () => this.find())
    this.colouring = select(
      [
        ['verdict', 'verdict'],
        ['partition', 'partition'],
      ],
      () => this.repaint(),
    )
    const side = el(
      'div',
      { class: 'side', role: 'region', 'aria-label': 'Details and search', tabindex: 0 },
      this.details,
      this.list,
    )
    place.replaceChildren(this.tools(), el('div', { class: 'stage' }, holder, side), keys())
    this.canvas = new Canvas(holder, title, {
      choose: (item) => this.choose(item),
      activate: (item) => this.activate(item),
      leave: (item) => this.leave(item),
    })
    this.answers = new Answers(model, 0, 0)
    this.view = this.viewOf(0)
    this.search.addEventListener('input', () => this.find())
    this.show()
  }

  private viewOf(graphAt: number): View {
    const known = this.views.get(graphAt)
    if (known) return known
    const graph = this.model.graphs[graphAt]
    if (!graph) throw new Error('there is no such graph')
    const view = new View(graph)
    this.views.set(graphAt, view)
    return view
  }

  private tools(): HTMLElement {
    const { targets, graphs } = this.model
    const targetSelect = select(
      targets.map(({ label, verdict }, i) => [String(i), `${label}: ${verdict}`]),
      (value) => {
        this.targetAt = Number(value)
        this.repaint()
      },
    )
    const graphSelect = select(
      graphs.map(({ scope }, i) => [String(i), scope || 'main graph']),
      (value) => {
        this.graphAt = Number(value)
        this.answers = new Answers(this.model, this.graphAt, this.targetAt)
        this.view = this.viewOf(this.graphAt)
        this.show()
      },
    )
    const labelled = (text: string, control: HTMLElement, grow = '') => el('label', { class: grow }, text, control)
    return el(
      'div',
      { class: 'tools' },
      targets.length > 0 && labelled('target', targetSelect),
      targets.length > 0 && labelled('coloured by', this.colouring),
      graphs.length > 1 && labelled('graph', graphSelect),
      labelled('search', this.search, 'grow'),
      targets.length > 0 && labelled('show', this.filter),
      button('+', () => this.canvas.zoom(1.25), { 'aria-label': 'Larger' }),
      button('−', () => this.canvas.zoom(0.8), { 'aria-label': 'Smaller' }),
      button('Whole graph', () => this.canvas.fit(true)),
      button('Open groups', () => this.change(() => this.view.expandAll())),
      button('Close groups', () => this.change(() => this.view.collapseAll())),
    )
  }

  private show(keep: Item | null = null): void {
    const colouring = this.colouring.value as Colouring
    this.canvas.show({ items: this.view.items, arrows: this.view.arrows, answers: this.answers, colouring }, keep)
    this.find()
  }

  private change(act: () => void): void {
    act()
    this.show()
  }

  private repaint(): void {
    this.answers = new Answers(this.model, this.graphAt, this.targetAt)
    this.canvas.recolour(this.answers, this.colouring.value as Colouring)
    if (this.chosen) this.choose(this.chosen)
    this.find()
  }

  private choose(item: Item): void {
    this.chosen = item
    const others = this.model.targets.map((_, i) => new Answers(this.model, this.graphAt, i))
    const [mine, ...rest] = [others[this.targetAt] ?? this.answers, ...others.filter((_, i) => i !== this.targetAt)]
    this.details.replaceChildren(...details(item, this.answers, [mine, ...rest], this.events))
  }

  private activate(item: Item): void {
    if (item.kind !== 'group') return
    const first = item.group.nodes[0] ?? 0
    if (!this.view.expand(item.group)) {
      this.details.replaceChildren(el('p', {}, 'Too many boxes are open: close some groups first.'))
      return
    }
    this.show(item)
    this.canvas.choose(this.view.boxOf[first] ?? 0, true)
  }

  private leave(item: Item): void {
    const group = this.view.collapseAround(item)
    if (!group) return
    this.show()
    this.canvas.chooseItem({ kind: 'group', group }, true)
  }

  private go(node: number): void {
    const shown = this.view.items[this.view.boxOf[node] ?? -1]
    if (shown?.kind !== 'node') {
      this.view.reveal(node)
      this.show()
    }
    this.canvas.choose(this.view.boxOf[node] ?? 0, false)
  }

  /** Nodes whose name or operator has the words, at the placement that is asked for. */
  private find(): void {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean)
    const wanted = this.filter.value as PlacementLetter | ''
    const asked = words.length > 0 || wanted !== ''
    const nodes = this.answers.graph.nodes.flatMap(({ name, op }, node) => {
      const text = `${op} ${name} #${node}`.toLowerCase()
      const fits =
        words.every((word) => text.includes(word)) && (wanted === '' || this.answers.placement(node) === wanted)
      return fits ? [node] : []
    })
    this.canvas.mark(new Set(asked ? nodes.map((node) => this.view.boxOf[node] ?? -1) : []))
    this.list.replaceChildren(...results(nodes, this.answers, this.events))
  }
}

function select(options: readonly (readonly [string, string])[], act: (value: string) => void): HTMLSelectElement {
  const element = el('select', {}, ...options.map(([value, label]) => el('option', { value }, label)))
  element.addEventListener('change', () => act(element.value))
  return element
}

/** What the colours mean, and how the keyboard moves. */
function keys(): HTMLElement {
  const colours = Object.entries(placementWords).map(([letter, word]) =>
    el('span', {}, el('span', { class: `swatch ${letter}`, 'aria-hidden': true }), word),
  )
  const help =
    'Keys on a box: arrows follow the graph, Enter opens a group, Escape closes it, + − 0 zoom; or Ctrl and wheel'
  return el('div', { class: 'keys' }, ...colours, el('span', {}, help))
}
