/**
 * Text in GitHub's and GitLab's Markdown: what comes from a model stays text. No HTML, no links, no mentions of people
 * (`@name`) or issues (`#1`), no cell that ends a table.
 */
import { safe, name as shortName } from './text.ts'

/** Names and references that these sites make links of; only code is left alone by them. */
const linked = /@\w|#\d|!\d|:\/\/|\bwww\.|\bGH-\d/i

/** A sentence. */
export function prose(text: string, max = 400): string {
  const shown = safe(text, max)
  if (linked.test(shown)) return codeOf(shown)
  // Some marks mean something at the start of a line only.
  return shown.replace(/[\\`*_[\]<>|~&$]/g, '\\$&').replace(/^(\s*)([-+=#]|\d+(?=[.)]))/, '$1\\$2')
}

/** A name, as code. */
export const code = (text: string, columns = 80): string => codeOf(shortName(text, columns))

/** With as many backticks around it as it needs. A pipe would end the cell even inside code. */
function codeOf(text: string): string {
  const inner = text.replaceAll('|', '\\|')
  if (inner === '') return ''
  if (!inner.includes('`')) return `\`${inner}\``
  const longest = Math.max(...(inner.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence} ${inner} ${fence}`
}

/** A table; cells are Markdown already. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
