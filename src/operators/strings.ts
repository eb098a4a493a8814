/** Text: joined, split, matched, counted. */
import { Unknown } from '../graph/dim.ts'
import { isOpen } from './arithmetic.ts'
import { combine, give } from './elements.ts'
import { sameShape } from './elementwise.ts'
import { family, type Operator } from './operator.ts'
import { broadcast, gives, shapeOf, shapeText } from './shapes.ts'

const concat: Operator = {
  infer: gives((c) => broadcast(c, [0, 1])),
  value(c) {
    const [a, b] = [c.value(0), c.value(1)]
    if (!a || !b || [...a.elements, ...b.elements].some(isOpen)) return
    give(
      c,
      combine('string', [a, b], ([x, y]) => `${String(x)}${String(y)}`),
    )
  },
}

/** The pieces along a new last axis, and how many there are of each. */
const split: Operator = {
  infer(c) {
    const shape = shapeOf(c)
    const pieces = new Unknown('the number of pieces is known only when it runs')
    c.output(0, shape instanceof Unknown ? shape : [...shape, pieces], 'string')
    c.output(1, shape, 'int64')
  },
}

/** Words may go away: then the number of those that stay is not known. */
const normalize: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    if (shape instanceof Unknown) return shape
    const batch = shape[0]
    if (shape.length < 1 || shape.length > 2 || (shape.length === 2 && typeof batch === 'number' && batch !== 1))
      c.mismatch(`the input has the shape ${shapeText(shape)}, and it takes [C] or [1, C]`, [0])
    if ((c.strings('stopwords') ?? []).length === 0) return shape
    return [...shape.slice(0, -1), new Unknown('the number of words that are kept is known only when it runs')]
  }),
}

/** One column for each index that the n-grams have. */
const tfIdf: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    if (shape instanceof Unknown) return shape
    if (shape.length > 2) c.mismatch(`the input has the shape ${shapeText(shape)}, and it takes [C] or [N, C]`, [0])
    const columns = Math.max(-1, ...(c.ints('ngram_indexes') ?? [])) + 1
    return shape.length === 2 ? [shape[0] ?? 1, columns] : [columns]
  }),
}

const tokenizer: Operator = {
  infer: gives((c) => {
    const shape = shapeOf(c)
    return shape instanceof Unknown ? shape : [...shape, new Unknown('the number of tokens is known only when it runs')]
  }),
}

export const strings = family({
  StringConcat: concat,
  StringSplit: split,
  StringNormalizer: normalize,
  RegexFullMatch: { infer: sameShape },
  TfIdfVectorizer: tfIdf,
  'com.microsoft::Tokenizer': tokenizer,
})
