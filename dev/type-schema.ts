/** JSON schemas from TypeScript types: what programs are promised is what the types say. */
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('..', import.meta.url))

type Schema = { [key: string]: unknown }

export interface Asked {
  /** File under the root, and the type that it exports. */
  readonly file: string
  readonly type: string
  readonly title: string
  readonly description: string
  /** Objects hold nothing that the schema does not name: for files that people write. */
  readonly closed?: boolean
}

/** The text of a schema as the types stand now. */
export function typeSchema({ file, type, title, description, closed = false }: Asked): string {
  const program = ts.createProgram([root + file], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    types: [],
  })
  const source = program.getSourceFile(root + file)
  const checker = program.getTypeChecker()
  const exported = source && checker.getSymbolAtLocation(source)?.exports?.get(type as ts.__String)
  if (!exported) throw new Error(`${file} exports no ${type}`)
  const writer = new SchemaWriter(checker, closed)
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    description,
    ...writer.schemaOf(checker.getDeclaredTypeOfSymbol(exported)),
    definitions: Object.fromEntries([...writer.definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}

class SchemaWriter {
  readonly definitions = new Map<string, Schema>()

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly closed: boolean,
  ) {}

  schemaOf(type: ts.Type): Schema {
    const symbol = type.aliasSymbol ?? (type.flags & ts.TypeFlags.Object ? type.getSymbol() : undefined)
    const named = symbol?.declarations?.some(
      (node) =>
        (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) &&
        node.getSourceFile().fileName.startsWith(`${root}src/`),
    )
    if (!symbol || !named || type.aliasTypeArguments?.length) return this.inline(type)
    const { name } = symbol
    if (!this.definitions.has(name)) {
      // Set before it is worked out, so that a type may contain itself.
      this.definitions.set(name, {})
      this.definitions.set(name, { ...describe(symbol, this.checker), ...this.inline(type) })
    }
    return { $ref: `#/definitions/${name}` }
  }

  private inline(type: ts.Type): Schema {
    const { flags } = type
    if (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {}
    if (flags & ts.TypeFlags.Null) return { type: 'null' }
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value }
    if (flags & ts.TypeFlags.BooleanLiteral) return { const: this.checker.typeToString(type) === 'true' }
    if (flags & ts.TypeFlags.String) return { type: 'string' }
    if (flags & ts.TypeFlags.Number) return { type: 'number' }
    if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' }
    if (type.isUnion()) return this.union(type.types)
    if (this.checker.isArrayType(type)) {
      const [element] = this.checker.getTypeArguments(type as ts.TypeReference)
      return { type: 'array', items: element ? this.schemaOf(element) : {} }
    }
    if (this.checker.isTupleType(type)) {
      const items = this.checker.getTypeArguments(type as ts.TypeReference).map((element) => this.schemaOf(element))
      return { type: 'array', items, minItems: items.length, maxItems: items.length }
    }
    if (flags & ts.TypeFlags.Object) return this.object(type)
    throw new Error(`no schema for the type ${this.checker.typeToString(type)}`)
  }

  /** Words become one enum, plain types one list; only what remains needs `anyOf`. */
  private union(types: readonly ts.Type[]): Schema {
    const members = types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined))
    const words = members.filter((member) => member.isStringLiteral()).map(({ value }) => value)
    const booleans = members.filter(({ flags }) => flags & ts.TypeFlags.BooleanLiteral)
    const rest = members.filter((member) => !member.isStringLiteral() && !booleans.includes(member))
    const schemas = rest.map((member) => this.schemaOf(member))
    if (words.length > 0) schemas.push({ type: 'string', enum: words })
    if (booleans.length === 2) schemas.push({ type: 'boolean' })
    else if (booleans[0]) schemas.push(this.inline(booleans[0]))
    const [only] = schemas
    if (only && schemas.length === 1) return only
    if (schemas.every((schema) => Object.keys(schema).length === 1 && typeof schema.type === 'string'))
      return { type: schemas.map(({ type }) => type) }
    return { anyOf: schemas }
  }

  private object(type: ts.Type): Schema {
    const entries = this.checker.getIndexInfoOfType(type, ts.IndexKind.String)
    const properties = this.checker.getPropertiesOfType(type)
    const required = properties.filter(({ flags }) => !(flags & ts.SymbolFlags.Optional)).map(({ name }) => name)
    const schema: Schema = { type: 'object' }
    if (properties.length > 0)
      schema.properties = Object.fromEntries(
        properties.map((property) => [
          property.name,
          { ...describe(property, this.checker), ...this.schemaOf(this.checker.getTypeOfSymbol(property)) },
        ]),
      )
    if (required.length > 0) schema.required = required
    if (entries) schema.additionalProperties = this.schemaOf(entries.type)
    else if (this.closed) schema.additionalProperties = false
    return schema
  }
}

/** Its comment, and the tags that a type cannot express: `@pattern`, `@minLength`, `@minimum`, `@maximum`. */
function describe(symbol: ts.Symbol, checker: ts.TypeChecker): Schema {
  const description = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, ' ').trim()
  const schema: Schema = description === '' ? {} : { description }
  for (const { name, text } of symbol.getJsDocTags(checker)) {
    const value = ts.displayPartsToString(text)
    if (name === 'pattern') schema.pattern = value
    if (name === 'minLength' || name === 'minimum' || name === 'maximum') schema[name] = Number(value)
  }
  return schema
}
