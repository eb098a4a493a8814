/** Arrays by name in one file, as numpy.savez and numpy.savez_compressed write them: a zip of .npy files. */
import { unzipSync, zipSync } from 'fflate'
import { Problem } from '../result/problem.ts'
import { readNpy, writeNpy } from './npy.ts'
import type { Tensor, Tensors } from './tensor.ts'

/** @throws Problem `bad-npz` or `bad-npy`, with the name of the array */
export function readNpz(bytes: Uint8Array, path = 'the file'): Tensors {
  return Object.fromEntries(
    Object.entries(unzip(bytes, path))
      .filter(([file]) => file.endsWith('.npy'))
      .map(([file, content]): [string, Tensor] => {
        const name = file.slice(0, -'.npy'.length)
        return [name, readNpy(content, `${JSON.stringify(name)} in ${path}`)]
      }),
  )
}

function unzip(bytes: Uint8Array, path: string): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes)
  } catch (cause) {
    throw new Problem('bad-npz', `${path} is no .npz file: ${cause instanceof Error ? cause.message : String(cause)}`, {
      expected: 'what numpy.savez writes',
      cause,
    })
  }
}

/** @param compress as numpy.savez_compressed; smaller and slower */
export function writeNpz(tensors: Tensors, compress = true): Uint8Array {
  const files = Object.entries(tensors).map(([name, tensor]) => [`${name}.npy`, writeNpy(tensor)] as const)
  // Always the same time, so that the same arrays give the same bytes.
  return zipSync(Object.fromEntries(files), { level: compress ? 6 : 0, mtime: new Date(1980, 0, 1) })
}
