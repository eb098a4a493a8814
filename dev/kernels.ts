/**
 * Writes the `kernels` of target files from the kernel tables of the data folder; everything else in those files is
 * written by hand and stays. Run: `npx tsx dev/kernels.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { dtypeFromTypeString } from '../src/graph/dtype.ts'

const data = process.env.DEPLOYCHECK_DATA ?? '../shared'

export interface Row {
  op: string
  domain?: string
  since: [number, number | null]
  types?: Record<string, string[]>
  when?: string
  cpuInputs?: number[]
  cpuOutputs?: number[]
}

interface WebGpuKernel {
  op: string
  domain: string
  since: number
  until: number | null
  types: Record<string, string[]>
  typesWithInt64?: Record<string, string[]>
  onlyWhen?: string
  cpuInputs?: number[]
  cpuOutputs?: number[]
}

function webgpuRows(file: string, impl: string): Row[] {
  const { kernels } = JSON.parse(readFileSync(`${data}/schemas/${file}`, 'utf8')) as { kernels: WebGpuKernel[] }
  // The copies of the channels-last domain take the same types and versions as the operators they replace.
  return kernels
    .filter(({ domain }) => domain !== 'com.ms.internal.nhwc')
    .flatMap((kernel) => {
      const row = (types: Record<string, string[]>, when: string): Row => ({
        op: kernel.op,
        ...(kernel.domain && { domain: kernel.domain }),
        since: [kernel.since, kernel.until],
        ...(Object.keys(types).length > 0 && { types: named(types) }),
        when,
        ...(kernel.cpuInputs && { cpuInputs: kernel.cpuInputs }),
        ...(kernel.cpuOutputs && { cpuOutputs: kernel.cpuOutputs }),
      })
      const is = `impl == '${impl}'`
      const extra = kernel.typesWithInt64
      if (kernel.onlyWhen === 'enableInt64') return [row(kernel.types, `${is} and int64`)]
      if (!extra) return [row(kernel.types, is)]
      return [row(kernel.types, `${is} and not int64`), row(extra, `${is} and int64`)]
    })
}

interface CpuKernel {
  domain: string
  op: string
  from: number
  to: number | null
  types: Record<string, string[]>
}

function cpuRows(): Row[] {
  const text = gunzipSync(readFileSync(`${data}/schemas/cpu-kernels.json.gz`)).toString('utf8')
  const { kernels } = JSON.parse(text) as { kernels: CpuKernel[] }
  return merged(kernels.filter(({ domain }) => domain !== 'com.microsoft.nchwc')).map(
    ({ op, domain, from, to, types }) => ({
      op,
      ...(domain && { domain }),
      since: [from, to],
      ...(Object.keys(types).length > 0 && {
        types: Object.fromEntries(Object.entries(types).map(([name, list]) => [name, list.map(elementType)])),
      }),
    }),
  )
}

/** Kernels of one operator and range whose types differ in one parameter only become one. */
function merged(kernels: readonly CpuKernel[]): CpuKernel[] {
  const rows: CpuKernel[] = []
  const byRange = new Map<string, CpuKernel[]>()
  for (const kernel of kernels) {
    const { domain, op, from, to, types } = kernel
    const key = [domain, op, from, to, Object.keys(types)].join()
    const alike = byRange.get(key) ?? []
    byRange.set(key, alike)
    const differing = (other: CpuKernel): string[] =>
      Object.keys(types).filter((name) => String(other.types[name]) !== String(types[name]))
    const twin = alike.find((other) => differing(other).length <= 1)
    if (twin) {
      for (const name of differing(twin))
        twin.types[name] = [...new Set([...(twin.types[name] ?? []), ...(types[name] ?? [])])]
    } else {
      const row = { ...kernel, types: { ...types } }
      alike.push(row)
      rows.push(row)
    }
  }
  return rows
}

/** What the tables call "any fixed-size": the tensor types of ONNX Runtime's AllFixedSizeTensorTypes. */
const fixedSize = 'float32 float64 int64 uint64 int32 uint32 int16 uint16 int8 uint8 float16 bfloat16 bool'.split(' ')

const named = (types: Record<string, string[]>): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(types).map(([parameter, list]) => [
      parameter,
      list.flatMap((type) => (type === 'any fixed-size' ? fixedSize : type)),
    ]),
  )

const elementType = (text: string): string => dtypeFromTypeString(text) ?? text

/** One kernel a line: 1,500 rows that a person can still search and review. */
function write(id: string, rows: readonly Row[]): void {
  const path = `op-profiles/${id}.json`
  const text = readFileSync(path, 'utf8')
  const list = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  const kernels = `"kernels": [\n${list}\n  ]`
  const at = text.indexOf('"kernels": [')
  const next = at < 0 ? text.replace(/\n}\n$/, `,\n  ${kernels}\n}\n`) : `${text.slice(0, at)}${kernels}\n}\n`
  JSON.parse(next)
  writeFileSync(path, next)
}

write('webgpu', [...webgpuRows('webgpu-kernels.json', 'native'), ...webgpuRows('webgpu-jsep-kernels.json', 'jsep')])
write('cpu', cpuRows())
