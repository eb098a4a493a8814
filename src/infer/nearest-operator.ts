/** "Did you mean …" for operator names of one domain. */
import { allOperators } from '../operators/schema.ts'
import { nearest } from '../result/nearest.ts'

export const nearestOperator = (domain: string, name: string): string | null =>
  nearest(
    name,
    allOperators().flatMap(([of, known]) => (of === domain && known !== name ? [known] : [])),
  )
