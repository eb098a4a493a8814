/** Samples of a run, named now and read when they are needed: a folder of photos does not fit into memory. */
import { dirname, resolve } from 'node:path'
import type { WrapperClient } from '../load.ts'
import type { InputSpec } from '../outputs.ts'
import type { Sample, SampleFiles, SampleInput } from '../wrapper.ts'
import { completed, fileSamples } from './files.ts'
import { randomSamples } from './random.ts'

export interface SampleRef {
  readonly id: string
  /** @throws Problem where it cannot be read */
  load(): Promise<Sample>
}

export interface SampleSet {
  /** As `RunResult.source` has it: `random`, `wrapper`, or the path that was asked for. */
  readonly source: string
  readonly samples: readonly SampleRef[]
}

/** What test data is held against: inputs by their order, outputs likewise. */
export interface ModelValues {
  readonly inputs: readonly InputSpec[]
  readonly outputs: readonly { readonly name: string }[]
}

/**
 * The samples that a wrapper names, or random ones where it names none.
 * @param path of the wrapper: its patterns start in its folder
 * @param limit no more than so many; a generator is asked no further
 */
export async function wrapperSamples(
  wrapper: WrapperClient,
  path: string,
  model: ModelValues,
  limit: number = Number.POSITIVE_INFINITY,
): Promise<SampleSet> {
  const folder = dirname(resolve(path))
  const { samples: given } = await wrapper.describe()
  if (given === 'none') return { source: 'random', samples: randomSamples(model.inputs).slice(0, limit) }
  const samples = given === 'generator' ? await generated(wrapper, folder, limit) : listed(given, folder, model)
  return { source: 'wrapper', samples: unique(samples.slice(0, limit)) }
}

function listed(
  given: readonly (string | SampleFiles | SampleInput)[],
  folder: string,
  model: ModelValues,
): SampleRef[] {
  return given.flatMap((one, i) => {
    if (typeof one === 'string') return fileSamples(one, folder, model)
    return 'files' in one ? fileSamples(one.files, folder, model, one) : [ready(one, `sample-${i}`, folder)]
  })
}

async function generated(wrapper: WrapperClient, folder: string, limit: number): Promise<SampleRef[]> {
  const samples: SampleRef[] = []
  while (samples.length < limit) {
    const next = await wrapper.nextSample()
    if (next === null) break
    samples.push(ready(next, `sample-${samples.length}`, folder))
  }
  return samples
}

const ready = (sample: SampleInput, number: string, folder: string): SampleRef => {
  const id = sample.id ?? sample.path ?? number
  return { id, load: async () => completed({ ...sample, id }, folder) }
}

/** Two of one name could not be told apart in a report. */
function unique(samples: readonly SampleRef[]): SampleRef[] {
  const seen = new Map<string, number>()
  return samples.map(({ id, load }) => {
    const before = seen.get(id) ?? 0
    seen.set(id, before + 1)
    if (before === 0) return { id, load }
    const other = `${id} (${before + 1})`
    return { id: other, load: async () => ({ ...(await load()), id: other }) }
  })
}
