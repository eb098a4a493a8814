import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { phoneBreaker } from '../../models/phone-breaker.ts'
import { sampleModels } from '../../models/samples.ts'

const folder = resolve(import.meta.dirname, '../../models')
const names = Object.keys(sampleModels)

/** Sizes for the symbolic dimensions of the inputs. */
const sizes: Readonly<Record<string, number>> = { batch: 2, sequence: 20, frames: 8, tokens: 7 }

test('every committed model has a script', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.onnx'))
  expect(files.sort()).toEqual(names.map((name) => `${name}.onnx`).sort())
})

describe.each(names)('%s', (name) => {
  const path = join(folder, `${name}.onnx`)

  test('the committed file is what its script builds: npm run models', () => {
    expect(existsSync(path)).toBe(true)
    expect(Buffer.compare(readFileSync(path), sampleModels[name]?.() ?? Buffer.alloc(0))).toBe(0)
  })

  test('is smaller than 3 MB', () => {
    expect(readFileSync(path).length).toBeLessThan(3e6)
  })
})

test.each(names.filter((name) => name !== 'phone-breaker'))('onnxruntime runs %s', async (name) => {
  const outputs = await run(readFileSync(join(folder, `${name}.onnx`)))
  for (const [output, values] of Object.entries(outputs)) {
    expect(values.length, output).toBeGreaterThan(0)
    expect(values.every(Number.isFinite), `${output} is finite`).toBe(true)
    expect(new Set(values).size, `${output} varies`).toBeGreaterThan(output === 'labels' ? 0 : 1)
  }
})

describe('phone-breaker', () => {
  test('onnxruntime refuses it for its custom operator', async () => {
    await expect(run(readFileSync(join(folder, 'phone-breaker.onnx')))).rejects.toThrow('com.example:GatedFusion')
  })

  test('onnxruntime runs it with that operator replaced', async () => {
    const { answer, best_frame: frames } = await run(phoneBreaker({ op: 'Add', domain: '' }))
    expect(answer).toHaveLength(16)
    expect(frames).toHaveLength(2 * 7)
  })
})

/** Runs a model on made-up inputs; gives the values of each output. */
async function run(model: Uint8Array): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(model)
  try {
    const feeds = session.inputMetadata.map((input): [string, Tensor] => {
      if (!input.isTensor) throw new Error(`${input.name} is no tensor`)
      const shape = input.shape.map((dim) => (typeof dim === 'number' ? dim : (sizes[dim] ?? 1)))
      return [input.name, made(input.name, input.type, shape)]
    })
    const outputs = await session.run(Object.fromEntries(feeds))
    return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data, Number)]))
  } finally {
    await session.release()
  }
}

function made(name: string, type: string, shape: number[]): Tensor {
  const length = shape.reduce((product, dim) => product * dim, 1)
  if (type === 'int64') {
    const value = (i: number): bigint => (name.includes('mask') ? 1n : BigInt((i * 7919) % 1000))
    return new Tensor(
      'int64',
      BigInt64Array.from({ length }, (_, i) => value(i)),
      shape,
    )
  }
  return new Tensor(
    'float32',
    Float32Array.from({ length }, (_, i) => ((i * 7919) % 1000) / 500 - 1),
    shape,
  )
}
