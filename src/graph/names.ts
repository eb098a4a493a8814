/** Looks at the names of a model for what is dangerous to print or handle. Ordinary exporter names pass at a glance. */

/** Text that no name of a real exporter holds, and who would act upon it. */
const dangers: readonly (readonly [danger: string, pattern: RegExp])[] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  ['control characters', /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/],
  ['invisible characters or direction overrides', /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/],
  [
    'markup',
    /<(\/?(script|img|svg|iframe|object|embed|style|link|meta|html|body|form|input|a)\b|!--|\?php)|javascript:/i,
  ],
  ['Markdown', /\]\(|`/],
  ['a spreadsheet formula', /^[=@]|^[+-][A-Za-z(].*[(|!]/],
  ['a command of a CI system', /^::[a-z-]+[ :]|^##(\[|vso)/],
  ['a template or shell expression', /\$\{|\{\{|\$\(|<%|%n/],
  ['a path out of its folder', /(^|[/\\])\.\.([/\\]|$)/],
]

const ordinary = /^(?![.:-])[\w./:\- ]*$/

/** Beyond this a name is long. */
const longName = 4096

/** Collects what is wrong with the names of a model. */
export class NameCheck {
  /** Danger → how many names, and the first few. */
  readonly unsafe = new Map<string, { count: number; examples: string[] }>()
  readonly long: string[] = []
  longest = 0

  check(name: string): void {
    if (name.length > longName) {
      this.long.push(name)
      this.longest = Math.max(this.longest, name.length)
    }
    if (ordinary.test(name) && !name.includes('..')) return
    const looked = name.length > longName ? name.slice(0, longName) : name
    for (const [danger, pattern] of dangers) {
      if (!pattern.test(looked)) continue
      const found = this.unsafe.get(danger) ?? { count: 0, examples: [] }
      found.count++
      if (found.examples.length < 10 && !found.examples.includes(name)) found.examples.push(name)
      this.unsafe.set(danger, found)
    }
  }
}
