/** Placements in words, and numbers as people read them. */
import type { PlacementLetter } from './data.ts'

export const placementWords: Record<PlacementLetter, string> = {
  t: 'on the target',
  h: 'on the CPU',
  f: 'folded away',
  b: 'cannot run',
  u: 'unknown',
}

/** Seen on a box beside its colour. */
export const placementMarks: Record<PlacementLetter, string> = { t: '', h: 'CPU', f: 'folded', b: '✕', u: '?' }

/** The worst first: what a group is coloured by. */
export const placementOrder: readonly PlacementLetter[] = ['b', 'u', 'h', 't', 'f']

export const isPlacement = (letter: string | undefined): letter is PlacementLetter =>
  letter !== undefined && Object.hasOwn(placementWords, letter)

export const countText = (value: number): string => value.toLocaleString('en')

const units = ['', ' k', ' M', ' G', ' T']

/** `301 M` */
export function quantityText(value: number): string {
  let unit = 0
  let rest = value
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000
    unit++
  }
  return `${unit === 0 ? rest : rest.toPrecision(3)}${units[unit]}`
}

/** Cut in the middle: both ends of a name tell where it is. */
export function shortText(text: string, length: number): string {
  if (text.length <= length) return text
  const head = Math.ceil((length - 1) / 2)
  return `${text.slice(0, head)}…${text.slice(text.length - (length - 1 - head))}`
}
