/** All operators by name: every family is registered here, once. */
import type { Family, Operator } from './operator.ts'

const families: readonly Family[] = []

const entries = new Map<string, Operator>(
  families.flatMap((family) =>
    Object.entries(family).map(([name, operator]) => [name.includes('::') ? name : `::${name}`, operator] as const),
  ),
)

export const operatorEntry = (domain: string, name: string): Operator | undefined => entries.get(`${domain}::${name}`)
