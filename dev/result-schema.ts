/**
 * Makes schema/result.json from the types of src/result/result.ts: `tsx dev/result-schema.ts`.
 * Objects may hold more than the schema names: readers ignore what they do not know.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = `${root}src/result/result.ts`
export const schemaPath = `${root}schema/result.json`

type Schema = { [key: string]: unknown }

/** The text of schema/result.json as the types stand now. */
export function resultSchema(): string {
  const program = ts.createProgram([source], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    types: [],
  })
  const file = program.getSourceFile(source)
  const checker = program.getTypeChecker()
  const exported = file && checker.getSymbolAtLocation(file)?.exports?.get('Result' as ts.__String)
  if (!exported) throw new Error(`${source} exports no Result`)
  const writer = new SchemaWriter(checker)
  const result = writer.schemaOf(checker.getDeclaredTypeOfSymbol(exported))
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'deploycheck result',
    description: 'What `deploycheck --format json` writes. Readers ignore what they do not know.',
    ...result,
    definitions: Object.fromEntries([...writer.definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}

class SchemaWriter {
  readonly definitions = new Map<string, Schema>()

  constructor(private readonly checker: ts.TypeChecker) {}

  schemaOf(type: ts.Type): Schema {
    const symbol = type.aliasSymbol ?? (type.flags & ts.TypeFlags.Object ? type.getSymbol() : undefined)
    const named = symbol?.declarations?.some(
      (node) =>
        (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) &&
        node.getSourceFile().fileName.includes('/src/result/'),
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
    return schema
  }
}

function describe(symbol: ts.Symbol, checker: ts.TypeChecker): Schema {
  const description = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, ' ').trim()
  return description === '' ? {} : { description }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  mkdirSync(`${root}schema`, { recursive: true })
  writeFileSync(schemaPath, resultSchema())
}
