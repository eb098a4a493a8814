/**
 * Writes src/check/cpu-kernels.json from the kernel definitions of ONNX Runtime's CPU provider
 * (schemas/cpu-kernels.json.gz of the data folder). Run: `npx tsx dev/cpu-kernels.ts`.
 *
 * Registrations that differ in one type only are merged, and type lists are kept once, in a table.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { CpuKernels } from '../src/check/host.ts'
import { dtypeFromTypeString } from '../src/graph/dtype.ts'

interface Kernel {
  domain: string
  op: string
  from: number
  to: number | null
  types: Record<string, string[]>
}

const data = process.env.DEPLOYCHECK_DATA ?? '../shared'
const { source, kernels } = JSON.parse(
  gunzipSync(readFileSync(`${data}/schemas/cpu-kernels.json.gz`)).toString('utf8'),
) as { source: string; kernels: Kernel[] }

const typeSets: string[][] = []
const typeSetIndex = new Map<string, number>()
function typeSet(types: readonly string[]): number {
  const names = [...new Set(types.map((type) => dtypeFromTypeString(type) ?? type))].sort()
  const key = names.join()
  const known = typeSetIndex.get(key)
  if (known !== undefined) return known
  typeSets.push(names)
  typeSetIndex.set(key, typeSets.length - 1)
  return typeSets.length - 1
}

/** Kernels of one operator and range whose types differ in at most one parameter become one. */
function merge(rows: readonly Kernel[]): Kernel[] {
  const merged: Kernel[] = []
  for (const row of rows) {
    const twin = merged.find((other) => other.from === row.from && other.to === row.to && differ(other, row) === 1)
    if (!twin) merged.push({ ...row, types: { ...row.types } })
    else
      for (const [name, types] of Object.entries(row.types)) twin.types[name] = [...(twin.types[name] ?? []), ...types]
  }
  return merged
}

function differ(a: Kernel, b: Kernel): number {
  const names = Object.keys(a.types)
  if (names.length !== Object.keys(b.types).length) return Number.POSITIVE_INFINITY
  return names.filter((name) => String(a.types[name]) !== String(b.types[name])).length
}

const byOperator = new Map<string, Kernel[]>()
for (const kernel of kernels) {
  const key = `${kernel.domain}::${kernel.op}`
  byOperator.set(key, [...(byOperator.get(key) ?? []), kernel])
}

const operators: CpuKernels['operators'] = {}
for (const [key, rows] of [...byOperator].sort(([a], [b]) => (a < b ? -1 : 1)))
  operators[key] = merge(rows).map(({ from, to, types }) => [
    from,
    to,
    Object.fromEntries(Object.entries(types).map(([name, list]) => [name, typeSet(list)])),
  ])

const lines = Object.entries(operators).map(([key, rows]) => `    ${JSON.stringify(key)}: ${JSON.stringify(rows)}`)
const sets = typeSets.map((set) => `    ${JSON.stringify(set)}`)
writeFileSync(
  'src/check/cpu-kernels.json',
  `{\n  "source": ${JSON.stringify(source)},\n  "typeSets": [\n${sets.join(',\n')}\n  ],\n  "operators": {\n${lines.join(',\n')}\n  }\n}\n`,
)
