/** Text in XML 1.0: control characters and lone surrogates do not exist there, not even escaped. */

/** What XML does not have is spelled out, as in a terminal: `\x1b`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot hold
const missing = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Cs}/gu

const spelled = (char: string): string => {
  const code = char.codePointAt(0) ?? 0
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

const xmlText = (text: string): string =>
  text
    .replace(missing, spelled)
    .replace(/[&<>"']/g, (char) => entities[char] ?? char)
    .replace(/##(?=\w*\[)/g, '&#35;#')

/** White space in an attribute is read as spaces unless it is written as numbers. */
const xmlAttribute = (text: string): string => xmlText(text).replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`)

export type XmlChild = string | XmlElement
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number | undefined>>
  /** Elements, or text alone. */
  readonly children: readonly XmlChild[]
}

export const element = (
  name: string,
  attributes: XmlElement['attributes'] = {},
  ...children: readonly XmlChild[]
): XmlElement => ({ name, attributes, children })

export function xmlDocument(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '')}`
}

function write({ name, attributes, children }: XmlElement, indent: string): string {
  const written = Object.entries(attributes).filter(([, value]) => value !== undefined)
  const start = `${indent}<${name}${written.map(([key, value]) => ` ${key}="${xmlAttribute(String(value))}"`).join('')}`
  if (children.length === 0) return `${start}/>\n`
  if (children.every((child) => typeof child === 'string'))
    return `${start}>${children.map(xmlText).join('')}</${name}>\n`
  const inner = children.map((child) => (typeof child === 'string' ? xmlText(child) : write(child, `${indent}  `)))
  return `${start}>\n${inner.join('')}${indent}</${name}>\n`
}
