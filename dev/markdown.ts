/** Markdown of generated pages: plain text, code and tables that read as they were meant. */

/** Plain text; what stands between backticks stays code. */
export const prose = (text: string): string =>
  oneLine(text)
    .split(/(`[^`]+`)/)
    .map((part, i) => (i % 2 === 1 ? code(part.slice(1, -1)) : part.replace(/[\\`*<>[\]|]|\b_|_\b/g, '\\$&')))
    .join('')

/** A code span, with as many backticks around it as it needs; pipes are escaped, as tables want it. */
export function code(text: string): string {
  const inner = oneLine(text).replaceAll('|', '\\|')
  if (!inner.includes('`')) return `\`${inner}\``
  const longest = Math.max(...(inner.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence} ${inner} ${fence}`
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Cells are Markdown already. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
