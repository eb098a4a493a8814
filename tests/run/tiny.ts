/** Small models in files, for runs that take no time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { Builder } from '../../models/builder.ts'
import type { Result } from '../../src/result/result.ts'
import type { RunResult, RuntimeRun } from '../../src/result/run.ts'

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'deploycheck-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function write(folder: string, name: string, content: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

export interface ClassifierChange {
  /** Multiplies one weight. */
  readonly weight?: number
  /** Along which axis the scores are normalised. */
  readonly axis?: number
  /** Multiplies what goes into the exponentials. */
  readonly scale?: number
  /** Computes in float16 inside. */
  readonly half?: boolean
}

/** `x` [N, 8] → dense → relu → dense → softmax → `scores` [N, 5]; two models differ in what `change` says only. */
export function classifier({ weight = 1, axis = 1, scale = 1, half = false }: ClassifierChange = {}): Uint8Array {
  const builder = new Builder({ name: 'classifier', description: '', opset: 17 }, 7)
  const dense = (name: string, x: string, from: number, to: number) => {
    const data = builder.random.normals(from * to, Math.sqrt(2 / from))
    if (name === 'second') data[7] = (data[7] ?? 0) * weight
    builder.initializer(`${name}.weight`, { dims: [from, to], data })
    return builder.node('MatMul', [x, `${name}.weight`], {}, { name, outputs: [`${name}.out`] })
  }
  let x = builder.input('x', 'float32', ['N', 8])
  x = builder.node('Relu', [dense('first', x, 8, 16)], {}, { name: 'relu' })
  if (half) {
    x = builder.node('Cast', [x], { to: 10 }, { name: 'down' })
    x = builder.node('Cast', [x], { to: 1 }, { name: 'up' })
  }
  x = dense('second', x, 16, 5)
  builder.initializer('scale', { dims: [], data: Float32Array.of(scale) })
  x = builder.node('Mul', [x, 'scale'], {}, { name: 'sharpen' })
  builder.node('Softmax', [x], { axis }, { name: 'softmax', outputs: ['scores'] })
  builder.output('scores', 'float32', ['N', 5])
  return builder.encode()
}

export function onlyRun({ runs }: Result): RunResult {
  const [run] = runs ?? []
  if (!run) throw new Error('there is no run')
  return run
}

export function runtimeOf(result: Result, id: string): RuntimeRun {
  const found = onlyRun(result).runtimes.find((one) => one.id === id)
  if (!found) throw new Error(`there is no ${id}`)
  return found
}

/** Ids of the findings of a severity, `run/model-mismatch`. */
export const idsOf = (result: Result, severity: 'error' | 'warning' | 'note'): string[] =>
  onlyRun(result)
    .findings.filter((finding) => finding.severity === severity)
    .map(({ id }) => id)
