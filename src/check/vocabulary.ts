/** The operator schemas as the lint of profiles asks for them. */
import { allOperators, type OperatorSchema, schemasOf } from '../operators/schema.ts'
import type { OperatorVersion, Vocabulary } from '../profiles/vocabulary.ts'

const versionOf = ({ domain, since, inputs, outputs, attributes }: OperatorSchema): OperatorVersion => ({
  domain,
  since,
  formals: [...inputs, ...outputs],
  attributes: [...attributes].map(([name, { type, required, fallback }]) => ({
    name,
    type,
    always: required || fallback !== undefined,
  })),
})

/** Every known schema, by operator type. */
export function schemaVocabulary(): Vocabulary {
  const domains = new Map<string, string[]>()
  for (const [domain, name] of allOperators()) domains.set(name, [...(domains.get(name) ?? []), domain])
  return {
    operators: () => domains.keys(),
    versions: (op) =>
      (domains.get(op) ?? []).flatMap((domain) =>
        schemasOf(domain, op).flatMap((schema) => (schema.deprecated ? [] : [versionOf(schema)])),
      ),
  }
}
