/** Samples in files: images and anything else by its bytes, .npz by its arrays, ONNX test data by its tensors. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { glob, isGlob } from '../../files/glob.ts'
import { Problem } from '../../result/problem.ts'
import { readNpy } from '../../tensors/npy.ts'
import { readNpz } from '../../tensors/npz.ts'
import type { Tensors } from '../../tensors/tensor.ts'
import { traceIdName, tracePlace } from '../../tensors/trace-names.ts'
import type { Sample } from '../wrapper.ts'
import type { ModelValues, SampleRef } from './sample-set.ts'
import { decodeTensor } from './tensor-proto.ts'

export type About = Pick<Sample, 'label' | 'tags'>

/**
 * The samples that a path or pattern stands for, in the order of their names.
 * @param folder in which a relative pattern starts
 * @throws Problem `no-samples` where it leads nowhere
 */
export function fileSamples(pattern: string, folder: string, model: ModelValues, about: About = {}): SampleRef[] {
  const { label, tags } = about
  const own = { ...(label === undefined ? {} : { label }), ...(tags === undefined ? {} : { tags }) }
  // A name that really holds a bracket is meant as it stands.
  const asItStands = existsSync(resolve(folder, pattern)) || !isGlob(pattern)
  const paths = asItStands ? [pattern] : glob(absolutePattern(folder, pattern)).sort(byNumber)
  const samples = paths.flatMap((path) => {
    const id = asItStands || isAbsolute(pattern) ? path : relative(folder, path)
    return atPath(resolve(folder, path), id, model, own)
  })
  if (samples.length > 0) return samples
  throw new Problem('no-samples', `no sample matches ${JSON.stringify(pattern)}`, {
    path: pattern,
    fix: `the pattern starts in ${folder}: check the folder and the ending`,
  })
}

/** The folder's own brackets and stars are no pattern; on Windows a backslash cannot say so. */
const absolutePattern = (folder: string, pattern: string): string =>
  isAbsolute(pattern) ? pattern : `${sep === '/' ? folder.replace(/[\\*?[\]{}]/g, '\\$&') : folder}/${pattern}`

const numeric = new Intl.Collator('en', { numeric: true })
/** `test_data_set_2` before `test_data_set_10`. */
const byNumber = (a: string, b: string): number => numeric.compare(a, b) || (a < b ? -1 : 1)

function atPath(path: string, id: string, model: ModelValues, about: About): SampleRef[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat)
    throw new Problem('no-samples', `there is no file or folder ${id}`, {
      path: id,
      fix: `it was looked for at ${path}`,
    })
  if (stat.isDirectory()) return inFolder(path, id, model, about)
  if (/\.npz$/i.test(path)) return inNpz(path, id, about)
  return [{ id, load: async () => completed({ id, path, ...about }, '') }]
}

/** A test data set, a folder of them, or a folder of samples. */
function inFolder(path: string, id: string, model: ModelValues, about: About): SampleRef[] {
  const names = readdirSync(path).sort(byNumber)
  const within = (name: string) => atPath(join(path, name), join(id, name), model, about)
  if (names.some((name) => /^input_\d+\.pb$/.test(name)))
    return [{ id, load: async () => ({ ...readTestData(path, id, names, model), ...about }) }]
  const sets = names.filter((name) => /^test_data_set_\d+$/.test(name))
  if (sets.length > 0) return sets.flatMap(within)
  return names.filter((name) => !name.startsWith('.') && statSync(join(path, name)).isFile()).flatMap(within)
}

/** Files by number stand for the model's inputs in their order, whatever name is written inside. */
function readTestData(path: string, id: string, names: readonly string[], model: ModelValues): Sample {
  const numbered = (what: 'input' | 'output', values: readonly { readonly name: string }[]): Tensors => {
    const files = names.filter((name) => new RegExp(`^${what}_\\d+\\.pb$`).test(name))
    return Object.fromEntries(
      files.map((file) => {
        const number = Number(/\d+/.exec(file)?.[0])
        const { name, tensor } = decodeTensor(readFileSync(join(path, file)), join(id, file))
        const value = values[number]?.name ?? name
        if (value !== '') return [value, tensor]
        throw new Problem('bad-test-data', `${join(id, file)} is ${what} number ${number}`, {
          expected: `a model with ${number + 1} ${what}s; it has ${values.length}`,
        })
      }),
    )
  }
  return { id, path, tensors: numbered('input', model.inputs), expected: numbered('output', model.outputs) }
}

/** All arrays are one sample; named as those of a recording, they are several, with what was recorded as expected. */
function inNpz(path: string, id: string, about: About): SampleRef[] {
  const arrays = readNpz(readFileSync(path), id)
  const places = Object.keys(arrays).map((name) => [name, tracePlace(name)] as const)
  const numbers = [...new Set(places.flatMap(([, place]) => place?.sample ?? []))].sort((a, b) => a - b)
  if (numbers.length === 0) return [{ id, load: async () => ({ id, path, tensors: arrays, ...about }) }]
  return numbers.map((number) => {
    const at = (stage: string): Tensors =>
      Object.fromEntries(
        places.flatMap(([name, place]) => {
          const tensor = arrays[name]
          return tensor && place?.sample === number && place.stage === stage ? [[place.name, tensor]] : []
        }),
      )
    const [recorded] = (arrays[traceIdName(number)]?.data ?? []) as readonly string[]
    const own = recorded ?? `${id} s${number}`
    return { id: own, load: async () => ({ id: own, path, tensors: at('pre'), expected: at('model'), ...about }) }
  })
}

/** With the content of its file, where it is one. */
export function completed(sample: Sample, folder: string): Sample {
  if (sample.path === undefined || sample.bytes !== undefined || sample.tensors !== undefined) return sample
  const path = resolve(folder, sample.path)
  let bytes: Uint8Array
  try {
    const content = readFileSync(path)
    bytes = new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
  } catch (cause) {
    throw new Problem('sample-not-read', `sample ${sample.id} cannot be read: ${(cause as Error).message}`, {
      path,
      fix: 'check the path, and whether this user may read it',
      cause,
    })
  }
  if (/\.npy$/i.test(path))
    return { ...sample, path, bytes, tensors: { [basename(path, '.npy')]: readNpy(bytes, path) } }
  return { ...sample, path, bytes }
}
