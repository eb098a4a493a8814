/** HTML that cannot be forgotten to be escaped: what goes into a template is text, unless it is markup itself. */
import { safe } from '../text.ts'

export class Markup {
  constructor(readonly text: string) {}
}

export type Part = Markup | string | number | null | undefined | false | readonly Part[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const longest = 2000

const textOf = (part: Part): string => {
  if (part instanceof Markup) return part.text
  if (typeof part === 'string') return safe(part, longest).replace(/[&<>"']/g, (char) => entities[char] ?? char)
  if (typeof part === 'number') return String(part)
  return Array.isArray(part) ? part.map(textOf).join('') : ''
}

/** The text of the template is ours; every `${}` is made harmless and escaped, for elements and quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? ''
  for (const [i, part] of parts.entries()) text += textOf(part) + (strings[i + 1] ?? '')
  return new Markup(text)
}

/** JSON inside a script element that nothing runs: no text in it can end the element. */
export const jsonData = (value: unknown): Markup =>
  new Markup(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  )
