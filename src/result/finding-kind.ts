/** The kind of a finding by its id, where the id is made from a pattern such as `<target>/<Op>/<condition>`. */
import { catalogue } from './catalogue/index.ts'
import type { Catalogue, FindingKind } from './finding.ts'

const known: Catalogue = catalogue

/** Null for kinds that a target of one's own has thought up. */
export function kindOfId(id: string): FindingKind<never> | null {
  const [, ...rest] = id.split('/')
  const last = rest.at(-1)
  const patterns = [
    id,
    `<target>/${rest.join('/')}`,
    ...(rest.length === 2 ? [`<target>/<Op>/${last}`, '<target>/<Op>/<condition>'] : []),
  ]
  for (const pattern of patterns) if (Object.hasOwn(known, pattern)) return known[pattern] ?? null
  return null
}
