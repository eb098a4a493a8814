/** Where the samples of a run come from: what is asked for, the wrapper's own, or random ones. */
import { Problem } from '../result/problem.ts'
import type { WrapperClient } from '../wrapper/load.ts'
import { fileSamples } from '../wrapper/samples/files.ts'
import { randomSamples } from '../wrapper/samples/random.ts'
import { type ModelValues, type SampleSet, wrapperSamples } from '../wrapper/samples/sample-set.ts'
import type { RunOptions } from './options.ts'

const randomCount = 3

export async function samplesOf(
  wrapper: { readonly client: WrapperClient; readonly path: string } | null,
  model: ModelValues,
  { inputs, samples: limit, seed = 0, dims, inputShapes, inputValues, replay }: RunOptions,
): Promise<SampleSet> {
  if (inputs !== undefined) {
    const samples = fileSamples(inputs, process.cwd(), model)
    return { source: inputs, samples: samples.slice(0, limit) }
  }
  const own = (await wrapper?.client.describe())?.samples ?? 'none'
  if (replay !== undefined && own === 'none') {
    const samples = fileSamples(replay, process.cwd(), model)
    return { source: replay, samples: samples.slice(0, limit) }
  }
  if (wrapper && own !== 'none') {
    const set = await wrapperSamples(wrapper.client, wrapper.path, model, limit)
    if (set.samples.length > 0) return set
    throw new Problem('no-samples', 'the wrapper names samples, and there are none', { path: wrapper.path })
  }
  const shaped = model.inputs.map((input) => {
    const shape = inputShapes?.get(input.name)
    return shape ? { ...input, shape: [...shape] } : input
  })
  const random = randomSamples(shaped, {
    count: Math.max(limit ?? 0, randomCount),
    seed,
    ...(dims && { dims: Object.fromEntries(dims) }),
    ...(inputValues && { values: inputValues }),
  })
  return { source: 'random', samples: limit === undefined ? random : random.slice(0, limit) }
}
