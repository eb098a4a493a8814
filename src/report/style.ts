/** Colour, or none: decided once, from flags, environment and the kind of output. */

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

type Colour = keyof typeof codes
export type Style = Readonly<Record<Colour, (text: string) => string>>

const paint =
  (code: number) =>
  (text: string): string =>
    text === '' ? '' : `\u001b[${code}m${text}\u001b[${code <= 2 ? 22 : 39}m`

const entries = Object.entries(codes) as [Colour, number][]
const styleOf = (make: (code: number) => (text: string) => string): Style =>
  Object.fromEntries(entries.map(([colour, code]) => [colour, make(code)])) as Style

export const coloured: Style = styleOf(paint)
export const plain: Style = styleOf(() => (text) => text)

/**
 * `--no-color` beats everything; then `NO_COLOR` (any value but empty), then `FORCE_COLOR` (`0` and `false`: off);
 * otherwise colour in a terminal that is not dumb.
 */
export function wantsColour(
  flag: boolean,
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (!flag || environment.NO_COLOR) return false
  const force = environment.FORCE_COLOR
  if (force !== undefined) return force !== '0' && force !== 'false'
  return isTerminal && environment.TERM !== 'dumb'
}
