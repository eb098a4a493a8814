/** Einsum: products and sums over labelled axes. */
import { type Dim, Unknown } from '../graph/dim.ts'
import type { Shape } from '../graph/type.ts'
import { macsOf } from './cost.ts'
import { type Context, family } from './operator.ts'
import { broadcastDims, broadcastShapes, shapeText } from './shapes.ts'

/** One side of the equation: labels in order; `...` stands for any number of axes. */
type Labels = readonly string[]

interface Equation {
  readonly terms: readonly Labels[]
  /** Null: not written, so that it follows from the terms. */
  readonly output: Labels | null
}

function labelsOf(c: Context, term: string): Labels {
  const labels: Labels = term.match(/\.\.\.|\S/g) ?? []
  const wrong = labels.find((label) => !/^(\.\.\.|[A-Za-z])$/.test(label))
  if (wrong !== undefined) c.mismatch(`the equation has '${wrong}', and labels are letters and '...'`)
  if (labels.indexOf('...') !== labels.lastIndexOf('...')) c.mismatch(`the equation has '...' twice in '${term}'`)
  return labels
}

function parse(c: Context): Equation {
  const equation = c.string('equation', '')
  const [left = '', right, ...rest] = equation.split('->')
  if (rest.length > 0) c.mismatch(`the equation '${equation}' has '->' more than once`)
  const terms = left.split(',').map((term) => labelsOf(c, term))
  if (terms.length !== c.inputCount)
    c.mismatch(`the equation '${equation}' has ${terms.length} terms, and there are ${c.inputCount} inputs`)
  return { terms, output: right === undefined ? null : labelsOf(c, right) }
}

interface Sizes {
  /** Label → size that all its axes broadcast to. */
  readonly labels: ReadonlyMap<string, Dim>
  /** What `...` stands for; unknown where its number of axes is not known. */
  readonly ellipsis: Shape | Unknown
}

function sizesOf(c: Context, terms: readonly Labels[]): Sizes {
  const dims = new Map<string, Dim[]>()
  const ellipses: Shape[] = []
  let unknown: Unknown | null = null
  terms.forEach((labels, input) => {
    const shape = c.shape(input)
    const at = labels.indexOf('...')
    if (!shape) {
      const why = new Unknown(c.why(input))
      if (at >= 0) unknown = why
      for (const label of labels) if (label !== '...') put(dims, label, why)
      return
    }
    const open = shape.length - labels.length + (at >= 0 ? 1 : 0)
    if (open < 0 || (at < 0 && open !== 0))
      c.mismatch(`input ${input} has the shape ${shapeText(shape)}, and its term is '${labels.join('')}'`, [input])
    if (at >= 0) ellipses.push(shape.slice(at, at + open))
    labels.forEach((label, i) => {
      if (label !== '...') put(dims, label, shape[at >= 0 && i > at ? i + open - 1 : i] ?? 1)
    })
  })
  const ranks = new Set(ellipses.map((ellipsis) => ellipsis.length))
  if (ranks.size > 1) c.mismatch(`'...' stands for ${[...ranks].join(' and for ')} axes, and it has to be one number`)
  const labels = new Map<string, Dim>()
  for (const [label, sizes] of dims) {
    const size = broadcastDims(sizes)
    if (size === null) c.mismatch(`the sizes of label '${label}' differ: ${sizes.map(String).join(' and ')}`)
    labels.set(label, size ?? 1)
  }
  return { labels, ellipsis: unknown && ellipses.length === 0 ? unknown : broadcastShapes(c, ellipses) }
}

function put(dims: Map<string, Dim[]>, label: string, dim: Dim): void {
  const sizes = dims.get(label)
  if (sizes) sizes.push(dim)
  else dims.set(label, [dim])
}

/** Without a written output: `...`, then each label that stands once, by its code (`Z` before `a`). */
function implicitOutput(terms: readonly Labels[]): Labels {
  const counts = new Map<string, number>()
  for (const label of terms.flat()) counts.set(label, (counts.get(label) ?? 0) + 1)
  const once = [...counts].flatMap(([label, count]) => (label !== '...' && count === 1 ? [label] : [])).sort()
  return counts.has('...') ? ['...', ...once] : once
}

export const einsum = family({
  Einsum: {
    infer(c) {
      const { terms, output } = parse(c)
      const { labels, ellipsis } = sizesOf(c, terms)
      const shape: Dim[] = []
      const seen = new Set<string>()
      for (const label of output ?? implicitOutput(terms)) {
        if (seen.has(label)) c.mismatch(`the output has '${label}' twice`)
        seen.add(label)
        if (label === '...') {
          if (ellipsis instanceof Unknown) return c.output(0, ellipsis)
          shape.push(...ellipsis)
          continue
        }
        const size = labels.get(label)
        if (size === undefined) c.mismatch(`the output has '${label}', and no input has it`)
        else shape.push(size)
      }
      return c.output(0, shape)
    },
    /** Every combination of all labels, once for each product of two factors. */
    macs(c) {
      const { terms } = parse(c)
      const { labels, ellipsis } = sizesOf(c, terms)
      if (ellipsis instanceof Unknown) return null
      return macsOf(terms.length - 1, ...labels.values(), ...ellipsis)
    },
  },
})
