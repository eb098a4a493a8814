/**
 * A run in a file: what entered the model, its outputs and the fields of the results, sample by sample, as arrays of
 * NumPy with names (src/tensors/trace-names.ts). A phone app or a training pipeline can write the same, or a part of it.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { Problem } from '../result/problem.ts'
import type { Stage } from '../result/run.ts'
import { readNpz, writeNpz } from '../tensors/npz.ts'
import type { Tensor, Tensors } from '../tensors/tensor.ts'
import { traceIdName, traceName, tracePlace } from '../tensors/trace-names.ts'
import type { Sample } from '../wrapper/wrapper.ts'
import type { Passed, Reference } from './passed.ts'
import { fieldToTensor, tensorToField } from './recorded-field.ts'

export class Recorder {
  private readonly arrays: Record<string, Tensor> = {}
  private samples = 0

  add(sample: Sample, { feeds, outputs, fields }: Passed): void {
    const number = this.samples++
    this.arrays[traceIdName(number)] = { dtype: 'string', dims: [], data: [sample.id] }
    this.keep(number, 'pre', feeds ?? {})
    this.keep(number, 'model', outputs ?? {})
    const entries = Object.entries(fields ?? {}).map(([name, value]) => [name, fieldToTensor(value)] as const)
    this.keep(number, 'post', Object.fromEntries(entries))
  }

  private keep(number: number, stage: Stage, tensors: Tensors): void {
    for (const [name, tensor] of Object.entries(tensors)) this.arrays[traceName(number, stage, name)] = tensor
  }

  /** @throws Problem `not-written` */
  write(path: string): void {
    const partial = `${path}.${process.pid}.partial`
    try {
      writeFileSync(partial, writeNpz(this.arrays))
      renameSync(partial, path)
    } catch (cause) {
      rmSync(partial, { force: true })
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Problem('not-written', `the recording could not be written to ${path}: ${reason}`, { path, cause })
    }
  }
}

interface Recorded {
  readonly id: string | null
  readonly stages: Readonly<Record<Stage, Tensors>>
}

/** A recording in the place of the reference. */
export class RecordedReference implements Reference {
  readonly isAccelerated = false
  /** Samples of the run that it does not hold. */
  readonly missing: string[] = []

  private constructor(
    readonly id: string,
    private readonly samples: readonly Recorded[],
  ) {}

  /** @throws Problem where there is no recording in it */
  static read(path: string): RecordedReference {
    let bytes: Buffer
    try {
      bytes = readFileSync(path)
    } catch (cause) {
      throw new Problem('not-found', `there is no recording ${path}`, { path, fix: 'check the path', cause })
    }
    const samples = new Map<number, { id: string | null; stages: Record<Stage, Record<string, Tensor>> }>()
    const arrays = readNpz(bytes, path)
    for (const [name, tensor] of Object.entries(arrays)) {
      const place = tracePlace(name)
      if (!place) continue
      const recorded = samples.get(place.sample) ?? {
        id: idOf(arrays, place.sample),
        stages: { pre: {}, model: {}, post: {} },
      }
      samples.set(place.sample, recorded)
      recorded.stages[place.stage][place.name] = tensor
    }
    if (samples.size === 0)
      throw new Problem('bad-recording', `${path} holds no recording`, {
        path,
        expected: 'arrays named s0/pre/<input>, s0/model/<output>, s0/post/<field>',
        fix: 'docs/wrappers.md shows how to write one',
      })
    return new RecordedReference(
      path,
      [...samples].sort(([a], [b]) => a - b).map(([, recorded]) => recorded),
    )
  }

  /** By the sample's own name where it was recorded, or else by its position. */
  async pass({ id }: Sample, position: number): Promise<Passed> {
    const inOrder = this.samples[position]
    const found = this.samples.find((one) => one.id === id) ?? (inOrder?.id === null ? inOrder : undefined)
    if (!found) this.missing.push(id)
    const { stages } = found ?? nothing
    const post = filled(stages.post)
    const fields = post && Object.fromEntries(Object.entries(post).map(([name, one]) => [name, tensorToField(one)]))
    return {
      feeds: filled(stages.pre),
      context: null,
      outputs: filled(stages.model),
      fields,
      result: fields ?? undefined,
    }
  }
}

const nothing: Pick<Recorded, 'stages'> = { stages: { pre: {}, model: {}, post: {} } }

const filled = (tensors: Tensors): Tensors | null => (Object.keys(tensors).length === 0 ? null : tensors)

function idOf(arrays: Tensors, sample: number): string | null {
  const [id] = (arrays[traceIdName(sample)]?.data ?? []) as readonly string[]
  return typeof id === 'string' ? id : null
}
