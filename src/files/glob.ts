/**
 * File patterns, for shells that do not expand them: `*`, `?`, `[a-z]`, `{a,b}` inside a name, `**` for any folders.
 * On Windows a backslash separates folders and case does not matter; elsewhere a backslash takes the next character
 * as it stands.
 */
import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'

export const isGlob = (text: string): boolean => /[*?[{]/.test(text)

/** Every file and folder that the pattern matches, sorted, spelled with the pattern's own beginning. */
export function glob(pattern: string, windows: boolean = process.platform === 'win32'): string[] {
  const parts = split(pattern, windows)
  const fixed = parts.findIndex((part) => part === '**' || isGlob(part))
  const base = parts.slice(0, fixed).map((part) => unescaped(part, windows))
  const start = base.length === 0 ? '' : base.join('/') || '/'
  const steps = parts
    .slice(fixed)
    .filter((part) => part !== '')
    .map((part) => (part === '**' ? part : nameMatcher(part, windows)))
  const found = new Set<string>()
  walk(start, steps, found)
  return [...found].sort()
}

const split = (pattern: string, windows: boolean): string[] => {
  const parts = (windows ? pattern.replaceAll('\\', '/') : pattern).split('/')
  // A trailing slash asks for folders; those are taken anyway.
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts
}

const unescaped = (part: string, windows: boolean): string => (windows ? part : part.replace(/\\(.)/g, '$1'))

type Step = '**' | RegExp

function walk(folder: string, steps: readonly Step[], found: Set<string>): void {
  const [step, ...rest] = steps
  if (step === undefined) return
  const last = rest.length === 0
  if (step === '**' && !last) walk(folder, rest, found)
  for (const entry of entriesOf(folder)) {
    const hidden = entry.name.startsWith('.')
    const path = folder === '' ? entry.name : join(folder, entry.name)
    if (step === '**') {
      if (hidden) continue
      if (entry.isDirectory()) walk(path, steps, found)
      else if (last) found.add(path)
    } else if (step.test(entry.name) && (!hidden || step.source.startsWith('^\\.'))) {
      if (last) found.add(path)
      else if (entry.isDirectory() || entry.isSymbolicLink()) walk(path, rest, found)
    }
  }
}

/** An unreadable folder matches nothing. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** One name of a path as an expression. An unclosed bracket stands for itself. */
function nameMatcher(part: string, windows: boolean): RegExp {
  const source = translate(part, windows)
  return new RegExp(`^${source}$`, windows ? 'isu' : 'su')
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

function translate(part: string, windows: boolean): string {
  let source = ''
  let depth = 0
  for (let i = 0; i < part.length; i++) {
    const char = String.fromCodePoint(part.codePointAt(i) ?? 0)
    const close = char === '[' ? part.indexOf(']', i + 2) : char === '{' ? part.indexOf('}', i + 1) : -1
    if (char === '\\' && !windows && i + 1 < part.length) source += literal(part[++i] ?? '')
    else if (char === '*') source += '.*'
    else if (char === '?') source += '.'
    else if (char === '[' && close > 0) {
      const inside = part.slice(i + 1, close)
      source += `[${inside.replace(/^[!^]/, '^').replace(/[\\\][&~]/g, '\\$&')}]`
      i = close
    } else if (char === '{' && close > 0) {
      source += '(?:'
      depth++
    } else if (char === '}' && depth > 0) {
      source += ')'
      depth--
    } else if (char === ',' && depth > 0) source += '|'
    else source += literal(char)
    if (char.length > 1) i++
  }
  return source
}
