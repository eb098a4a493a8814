/** Files by name: with as many of their folders as tell them apart, and no more, for folders differ between machines. */
import { portablePath } from './fingerprint.ts'

/** `a/model.onnx`, `b/model.onnx` and `kws.onnx` of paths that end so, in their order. */
export function distinctTails(paths: readonly string[]): string[] {
  const all = paths.map((path) => portablePath(path).split('/'))
  return all.map((own) => {
    for (let depth = 1; depth < own.length; depth++) {
      const tail = own.slice(-depth).join('/')
      if (all.filter((other) => other.slice(-depth).join('/') === tail).length === 1) return tail
    }
    return own.join('/')
  })
}

/** Whether `path` ends with `tail`, folder by folder. */
export const endsWith = (path: string, tail: string): boolean => `/${portablePath(path)}`.endsWith(`/${tail}`)
