/**
 * A wrapper where it runs: bundled with the user's module into code for a child process or a page. Everything that
 * passes in and out can be cloned, so that it can be asked from another process.
 */
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import type { Tensors } from '../tensors/tensor.ts'
import { kit } from './kit/kit.ts'
import { tensorsFrom } from './outputs.ts'
import type { Context, FieldTolerance, Sample, SampleFiles, SampleInput, Wrapper } from './wrapper.ts'

/** What `import … from 'deploycheck'` finds inside a wrapper. */
export { defineWrapper } from './wrapper.ts'

/** What a wrapper has, as plain data. */
export interface Description {
  readonly samples: 'none' | 'generator' | readonly (string | SampleFiles | SampleInput)[]
  readonly preprocess: boolean
  readonly postprocess: boolean
  readonly slices: boolean
  /** Per field; `comparer` where it is a function, asked with `compare`. */
  readonly compare: Readonly<Record<string, FieldTolerance | 'comparer'>>
  readonly metrics: readonly string[]
}

export interface Preprocessed {
  readonly tensors: Tensors
  readonly context: Context
}

/** The functions of the bundled module. */
export interface WrapperHost {
  describe(): Description | Promise<Description>
  /** Of a generator, one after the other; null at its end. */
  nextSample(): Promise<SampleInput | null>
  preprocess(sample: Sample): Promise<Preprocessed>
  postprocess(outputs: Tensors, sample: Sample, context: Context): Promise<unknown>
  /** Null where they agree, otherwise why not. */
  compare(field: string, expected: unknown, actual: unknown): Promise<string | null>
  metric(name: string, result: unknown, sample: Sample): Promise<number>
  slices(sample: Sample): readonly string[] | Promise<readonly string[]>
}

const fields = ['samples', 'preprocess', 'postprocess', 'compare', 'metrics', 'slices']

/**
 * @param module the user's, as `import * as` gives it
 * @param file its path, to name the line of an error
 */
export function hostWrapper(module: Readonly<Record<string, unknown>>, file = ''): WrapperHost {
  const wrapper = wrapperOf(module)
  const { samples, compare = {}, metrics = {} } = wrapper
  let generated: AsyncIterator<SampleInput> | Iterator<SampleInput> | null = null

  const host: WrapperHost = {
    describe: () => ({
      samples:
        typeof samples === 'function' ? 'generator' : typeof samples === 'string' ? [samples] : (samples ?? 'none'),
      preprocess: wrapper.preprocess !== undefined,
      postprocess: wrapper.postprocess !== undefined,
      slices: wrapper.slices !== undefined,
      compare: Object.fromEntries(
        Object.entries(compare).map(([field, how]) => [field, typeof how === 'function' ? 'comparer' : how]),
      ),
      metrics: Object.keys(metrics),
    }),

    async nextSample() {
      if (typeof samples !== 'function') return null
      generated ??= iterate(samples())
      const { done, value } = await generated.next()
      return done ? null : value
    },

    async preprocess(sample) {
      const context: Context = {}
      const returned = wrapper.preprocess ? await wrapper.preprocess(sample, kit, context) : (sample.tensors ?? {})
      return { tensors: tensorsFrom(returned, 'preprocess'), context }
    },

    postprocess: async (outputs, sample, context) => wrapper.postprocess?.(outputs, kit, sample, context),

    async compare(field, expected, actual) {
      const how = compare[field]
      const answer = typeof how === 'function' ? how(expected, actual) : true
      return answer === true ? null : answer === false ? "the wrapper's own comparer says so" : String(answer)
    },

    async metric(name, result, sample) {
      const value = await metrics[name]?.(result, sample)
      const number = typeof value === 'boolean' ? Number(value) : value
      if (typeof number === 'number' && Number.isFinite(number)) return number
      throw new Problem('wrapper-output', `metric ${JSON.stringify(name)} is ${String(value)}`, {
        expected: 'a finite number, or true and false',
      })
    },

    slices(sample) {
      const names: unknown = wrapper.slices ? wrapper.slices(sample) : (sample.tags ?? [])
      if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
      throw new Problem('wrapper-output', 'slices returned no list of names', {
        expected: "an array of texts, such as ['night', 'small']",
      })
    },
  }
  return placing(host, file)
}

/** The same functions, whose errors say the line of the user's code that they come from, where the stack tells. */
function placing(host: WrapperHost, file: string): WrapperHost {
  const functions = Object.entries(host).map(([name, call]: [string, (...args: never[]) => unknown]) => [
    name,
    async (...args: never[]) => {
      try {
        return await call(...args)
      } catch (error) {
        const place = error instanceof Error ? placeIn(error.stack ?? '', file) : ''
        // Defined anew: some errors, such as DOMException, have a message that cannot be set.
        if (place !== '') Object.defineProperty(error, 'message', { value: `${(error as Error).message}${place}` })
        throw error
      }
    },
  ])
  return Object.fromEntries(functions) as WrapperHost
}

/** ` (helper.ts:12:5)`: the innermost line in the folder of the user's module. */
function placeIn(stack: string, file: string): string {
  const folder = file.replace(/[^/\\]*$/, '')
  for (const line of folder === '' ? [] : stack.split('\n')) {
    const at = line.indexOf(folder)
    const place = /^(.*:\d+:\d+)\)?$/.exec(line.slice(at + folder.length))?.[1]
    if (at >= 0 && place !== undefined && !place.includes('node_modules')) return ` (${place})`
  }
  return ''
}

const iterate = (samples: AsyncIterable<SampleInput> | Iterable<SampleInput>) =>
  Symbol.asyncIterator in samples ? samples[Symbol.asyncIterator]() : samples[Symbol.iterator]()

/** @throws Problem `bad-wrapper` that says which field is wrong */
function wrapperOf(module: Readonly<Record<string, unknown>>): Wrapper {
  const wrapper = module.default
  if (typeof wrapper !== 'object' || wrapper === null || Array.isArray(wrapper))
    throw new Problem('bad-wrapper', 'the module has no wrapper as its default export', {
      expected: 'export default defineWrapper({ … })',
    })
  const given = wrapper as Readonly<Record<string, unknown>>
  for (const name of Object.keys(given)) {
    if (fields.includes(name)) continue
    const near = nearest(name, fields)
    throw new Problem('bad-wrapper', `a wrapper has no field ${JSON.stringify(name)}`, {
      expected: `some of ${fields.join(', ')}`,
      ...(near === null ? {} : { fix: `did you mean ${near}?` }),
    })
  }
  mustBeSamples(given.samples)
  for (const name of ['preprocess', 'postprocess', 'slices']) must(given, name, 'function')
  for (const name of ['compare', 'metrics']) must(given, name, 'object')
  for (const [name, metric] of Object.entries(given.metrics ?? {})) must({ [`metrics.${name}`]: metric })
  return wrapper
}

function mustBeSamples(samples: unknown): void {
  const list = Array.isArray(samples) ? samples : [samples ?? '']
  const wrong = list.find((one) => typeof one !== 'string' && (typeof one !== 'object' || one === null))
  if (wrong === undefined || typeof samples === 'function') return
  throw new Problem('bad-wrapper', `samples of the wrapper hold ${wrong === null ? 'null' : `a ${typeof wrong}`}`, {
    expected: "patterns such as 'samples/*.png', samples as objects, or a function that generates them",
  })
}

function must(given: Readonly<Record<string, unknown>>, name = Object.keys(given)[0] ?? '', type = 'function'): void {
  const value = given[name]
  if (value === undefined || (typeof value === type && value !== null)) return
  throw new Problem('bad-wrapper', `${name} of the wrapper is ${value === null ? 'null' : `a ${typeof value}`}`, {
    expected: type === 'function' ? 'a function' : 'an object with a field for each name',
  })
}
