/**
 * Values inside a model: a copy of it in memory has them as outputs, too. That may change what a runtime fuses, and
 * with it the last digits.
 */
import { dirname } from 'node:path'
import { FileSource } from '../../onnx/file-source.ts'
import { readOnnx, type ValueInfoProto } from '../../onnx/read.ts'
import { modelToBytes } from '../../onnx/write.ts'
import type { ModelSource, Runtime } from '../../runtimes/runtime.ts'
import type { Tensors } from '../../tensors/tensor.ts'

/** The model at `path` with more outputs. */
async function tappedModel(path: string, taps: readonly string[]): Promise<ModelSource> {
  const file = await readOnnx(new FileSource(path, path))
  try {
    const outputs = file.model.graph?.output ?? []
    const known = new Set(outputs.map(({ name }) => name))
    // Without a type: the runtime infers it.
    for (const name of taps) if (!known.has(name)) outputs.push({ name } as ValueInfoProto)
    return { bytes: await modelToBytes(file), folder: dirname(path) }
  } finally {
    file.source.close()
  }
}

/**
 * The values named, and the model's own outputs, of one run.
 * @throws Problem where the runtime does not take the model with these outputs
 */
export async function valuesInside(
  runtime: Runtime,
  path: string,
  taps: readonly string[],
  feeds: Tensors,
): Promise<Tensors> {
  const session = await runtime.open(await tappedModel(path, taps))
  try {
    return (await session.run(feeds)).outputs
  } finally {
    await session.close()
  }
}
