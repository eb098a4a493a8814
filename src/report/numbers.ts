/** Numbers as people read them. Nothing is rounded across a line that matters: 99.96 % is never 100 %. */

/** `1,234,567`; `?` where unknown. */
export const count = (value: number | null): string =>
  value === null ? '?' : String(value).replace(/\B(?=(\d{3})+$)/g, ',')

/** `1 node`, `1,200 nodes`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** Three digits and a unit. */
function scaled(value: number, step: number, units: readonly string[]): string {
  let unit = 0
  let rest = value
  while (rest >= step && unit < units.length - 1) {
    rest /= step
    unit++
  }
  // 999,960 would round to "1000 k": the next unit says it better.
  if (unit > 0 && unit < units.length - 1 && Number(rest.toPrecision(3)) >= step) {
    rest /= step
    unit++
  }
  const digits =
    unit === 0 ? String(value) : rest >= 100 ? rest.toFixed(0) : rest >= 10 ? rest.toFixed(1) : rest.toFixed(2)
  return `${digits} ${units[unit]}`.trim()
}

/** `301 M`; `?` where unknown. */
export const quantity = (value: number | null): string =>
  value === null ? '?' : scaled(value, 1000, ['', 'k', 'M', 'G', 'T', 'P'])

/** `13.6 MB`, decimal as file managers and download pages show it; `?` where unknown. */
export const bytes = (value: number | null): string =>
  value === null ? '?' : scaled(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB'])

/** A share as percent: `100%` and `0%` only where exact; `?` where unknown. */
export function percent(share: number | null): string {
  if (share === null) return '?'
  if (share <= 0) return '0%'
  if (share >= 1) return '100%'
  if (share < 0.001) return '<0.1%'
  if (share > 0.999) return '>99.9%'
  const tenths = (share * 100).toFixed(1)
  return `${tenths.endsWith('.0') ? tenths.slice(0, -2) : tenths}%`
}
