/**
 * Writes src/operators/bodies.json from the function bodies of the ONNX specification (schemas/ops.json.gz of the
 * data folder): which operators an operator is made of. Run: `npx tsx dev/function-bodies.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { CompactBodies, CompactBody } from '../src/operators/bodies.ts'

interface Published {
  domain: string
  name: string
  since: number
  function?: Record<string, { ops: string[] }>
  contextFunction?: { opsets: number[]; opsSeen?: string[] }
}

const data = process.env.DEPLOYCHECK_DATA ?? '../shared'
const { source, opset, ops } = JSON.parse(gunzipSync(readFileSync(`${data}/schemas/ops.json.gz`)).toString('utf8')) as {
  source: string
  opset: number
  ops: Published[]
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort()

/** What some version was seen to be made of; older versions of the same operator are made alike. */
function seenOf(name: string): readonly string[] {
  const versions = ops.filter((op) => op.name === name && op.domain === '')
  const bodies = versions.flatMap((op) => [
    ...Object.values(op.function ?? {}).map((body) => body.ops),
    ...(op.contextFunction?.opsSeen ? [op.contextFunction.opsSeen] : []),
  ])
  return bodies.at(-1) ?? []
}

const operators: Record<string, CompactBody[]> = {}
// ONNX Runtime knows no other domain of the specification that has bodies.
for (const op of ops.filter(({ domain }) => domain === '')) {
  const bodies: CompactBody[] = Object.entries(op.function ?? {}).map(([from, body]) => [
    op.since,
    Number(from),
    0,
    sorted(body.ops),
  ])
  const seen = sorted(op.contextFunction?.opsSeen ?? seenOf(op.name))
  for (const from of op.contextFunction?.opsets ?? []) bodies.push([op.since, from, 1, seen])
  if (bodies.length > 0) operators[op.name] = [...(operators[op.name] ?? []), ...bodies]
}

const lines = Object.entries(operators).flatMap(([name, bodies]) => {
  const rows = bodies.map((body) => `      ${JSON.stringify(body)}`).join(',\n')
  return `    ${JSON.stringify(name)}: [\n${rows}\n    ]`
})
const made: CompactBodies = { source: `${source}, opset ${opset}`, operators: {} }
writeFileSync(
  'src/operators/bodies.json',
  `{\n  "source": ${JSON.stringify(made.source)},\n  "operators": {\n${lines.join(',\n')}\n  }\n}\n`,
)
