/** The reference as a runtime: each sample is run on it before all others. Also sees what is odd about its outputs. */
import { oddity } from '../compare/tensors.ts'
import type { Stage } from '../result/run.ts'
import type { Tensor, Tensors } from '../tensors/tensor.ts'
import type { Sample } from '../wrapper/wrapper.ts'
import type { Failures } from './failures.ts'
import type { Lane } from './lane.ts'
import { fieldsOf, isIdentical, type Passed, type Reference } from './passed.ts'

export class LiveReference implements Reference {
  readonly id: string
  readonly isAccelerated: boolean
  passed = 0

  constructor(
    readonly lane: Lane,
    private readonly hasPost: boolean,
    private readonly failures: Failures,
  ) {
    this.id = lane.id
    this.isAccelerated = lane.isAccelerated
  }

  async pass(sample: Sample): Promise<Passed> {
    const { lane } = this
    const attempt = <T>(stage: Stage, work: () => Promise<T>) => this.failures.attempt(lane.id, stage, sample.id, work)
    const pre = await attempt('pre', () => lane.preprocess(sample))
    const outputs = pre && (await attempt('model', () => lane.run(pre.tensors)))
    const { context = {} } = pre ?? {}
    const result =
      (this.hasPost && outputs && (await attempt('post', () => lane.postprocess(outputs, sample, context)))) ||
      undefined
    const fields = fieldsOf(result)
    if (this.hasPost ? fields : outputs) this.passed++
    return { feeds: pre?.tensors ?? null, context, outputs, fields, result }
  }
}

export type OutputOddity = 'constant' | 'zero' | 'not-finite' | 'same'

/** What all outputs have in common that no useful output has. */
export class Oddities {
  private readonly seen = new Map<
    string,
    { first: Tensor; samples: number; kinds: Map<string, number>; same: boolean }
  >()

  add(outputs: Tensors): void {
    for (const [name, tensor] of Object.entries(outputs)) {
      const found = this.seen.get(name) ?? { first: tensor, samples: 0, kinds: new Map<string, number>(), same: true }
      this.seen.set(name, found)
      found.samples++
      const kind = oddity(tensor)
      if (kind) found.kinds.set(kind, (found.kinds.get(kind) ?? 0) + 1)
      found.same &&= isIdentical(found.first, tensor)
    }
  }

  /** Output → what is odd about it: in every sample, but for what is not finite, which once is enough of. */
  found(): Map<string, OutputOddity> {
    const odd = new Map<string, OutputOddity>()
    for (const [name, { first, samples, kinds, same }] of this.seen) {
      if (kinds.has('not-finite')) odd.set(name, 'not-finite')
      else if (kinds.get('zero') === samples) odd.set(name, 'zero')
      else if ((kinds.get('constant') ?? 0) + (kinds.get('zero') ?? 0) === samples) odd.set(name, 'constant')
      else if (same && samples > 1 && first.dtype.startsWith('float')) odd.set(name, 'same')
    }
    return odd
  }
}
