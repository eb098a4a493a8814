/**
 * Strings from a model are untrusted: they may hold terminal escapes, newlines, characters that turn the direction of
 * writing, a megabyte of anything. Everything that a reporter prints for people goes through here.
 */

/** Control, format and direction characters, line ends, lone surrogates, and all that takes no space by design. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

const named = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

const escaped = (char: string): string => {
  const code = char.codePointAt(0) ?? 0
  const known = named.get(char)
  if (known) return known
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`
}

/** What the log of a CI system takes for a command: `::error::` at the start of a line, `##[error]` anywhere. */
const command = /^\s*:(?=:)|##(?=\w*\[)/g

/** The text in one harmless line: what does not print, or would change how the rest prints, is spelled out. */
const harmless = (text: string): string =>
  text.replace(unsafe, escaped).replace(command, (start) => start.replace(/[:#]/, escaped))

/** A sentence, made harmless and cut at the end beyond `max` characters. */
export function safe(text: string, max = 600): string {
  const shown = harmless(text.length > max * 2 ? text.slice(0, max * 2) : text)
  return shown.length > max || text.length > max * 2 ? `${cut(shown, max - 1)}…` : shown
}

/** A name, made harmless and shortened in the middle to `columns`: both ends of a node's name tell where it is. */
export function name(text: string, columns = 80): string {
  const half = columns * 2
  const raw = text.length > half * 2 + 1 ? `${text.slice(0, half)}…${text.slice(-half)}` : text
  return shorten(harmless(raw), columns)
}

/** Without half a surrogate pair at its end. */
const cut = (text: string, length: number): string => text.slice(0, length).replace(/[\ud800-\udbff]$/, '')

/** Combining marks take no column, East Asian wide characters and emoji two. */
const zeroWide = /\p{Mark}/u
const twoWide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const ascii = /^[\x00-\x7f]*$/

const columnsOf = (char: string): number => (twoWide.test(char) ? 2 : zeroWide.test(char) ? 0 : 1)

/** Columns that a text takes in a terminal. Colours are put on after measuring. */
export function columns(text: string): number {
  if (ascii.test(text)) return text.length
  let sum = 0
  for (const char of text) sum += columnsOf(char)
  return sum
}

/** Cuts the middle out of a text that is wider than `width`. */
export function shorten(text: string, width: number): string {
  if (columns(text) <= width) return text
  if (width <= 1) return '…'
  const chars = [...text]
  let left = 0
  let right = chars.length
  let head = 0
  let tail = 0
  const room = width - 1
  const at = (index: number): number => columnsOf(chars[index] ?? '')
  while (left < right) {
    const takeHead = head <= tail
    const next = takeHead ? at(left) : at(right - 1)
    if (head + tail + next > room) break
    if (takeHead) head += at(left++)
    else tail += at(--right)
  }
  // A mark without its letter would sit on the ellipsis.
  while (right < chars.length && at(right) === 0) right++
  return `${chars.slice(0, left).join('')}…${chars.slice(right).join('')}`
}

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - columns(text)))

/** Lines of at most `width` columns, broken between words; a longer word is broken inside. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (let word of text.split(' ')) {
    if (line !== '' && columns(line) + 1 + columns(word) <= width) {
      line += ` ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    while (columns(word) > width) {
      const [head, rest] = splitAt(word, width)
      lines.push(head)
      word = rest
    }
    line = word
  }
  if (line !== '' || lines.length === 0) lines.push(line)
  return lines.map(noCommand)
}

/** A word that a CI system's log takes for a command may come to stand at the start of a line. */
const noCommand = (line: string): string => line.replace(/^:(?=:)/, escaped)

function splitAt(text: string, width: number): [string, string] {
  let head = ''
  let used = 0
  for (const char of text) {
    const next = columnsOf(char)
    if (head !== '' && used + next > width) break
    head += char
    used += next
  }
  // `::` at the start of a line would be a command to the log of a CI system.
  if (text.startsWith('::', head.length) && head.length > 1) head = head.slice(0, -1)
  return [head, text.slice(head.length)]
}
