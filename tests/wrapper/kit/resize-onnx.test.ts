/**
 * Resizing by semantics, without antialias, against the operator Resize as onnxruntime computes it on the CPU. (With
 * antialias it is held against Pillow and TensorFlow, which agree.)
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Builder, int64 } from '../../../models/builder.ts'
import { createRuntime } from '../../../src/runtimes/registry.ts'
import type { Runtime } from '../../../src/runtimes/runtime.ts'
import { kit } from '../../../src/wrapper/kit/kit.ts'
import type { ResizeOptions, Size } from '../../../src/wrapper/kit/resize/resize.ts'

let runtime: Runtime
beforeAll(() => {
  runtime = createRuntime('cpu', { timeLimit: 20_000 })
})
afterAll(() => runtime.close())

interface Case {
  readonly filter: 'bilinear' | 'bicubic' | 'nearest'
  readonly coordinates: 'half_pixel' | 'align_corners' | 'asymmetric'
}

const modes = { bilinear: 'linear', bicubic: 'cubic', nearest: 'nearest' } as const

/** One Resize of one grey image. */
function model(from: Size, to: Size, { filter, coordinates }: Case): Uint8Array {
  const builder = new Builder({ name: 'resize', description: '', opset: 18 }, 1)
  const x = builder.input('x', 'float32', [1, 1, from.height, from.width])
  const sizes = builder.initializer('sizes', int64(1, 1, to.height, to.width))
  const attributes = {
    mode: modes[filter],
    coordinate_transformation_mode: coordinates,
    nearest_mode: coordinates === 'asymmetric' ? 'floor' : 'round_prefer_ceil',
  }
  builder.node('Resize', [x, '', '', sizes], attributes, { name: 'n', outputs: ['y'] })
  builder.output('y', 'float32', [1, 1, to.height, to.width])
  return builder.encode()
}

const sizes: readonly (readonly [Size, Size])[] = [
  [
    { width: 12, height: 9 },
    { width: 5, height: 4 },
  ],
  [
    { width: 7, height: 5 },
    { width: 16, height: 11 },
  ],
  [
    { width: 8, height: 6 },
    { width: 3, height: 13 },
  ],
]

const cases: readonly Case[] = (['half_pixel', 'align_corners', 'asymmetric'] as const).flatMap((coordinates) =>
  (['bilinear', 'bicubic', 'nearest'] as const).map((filter) => ({ filter, coordinates })),
)

test.each(cases)('$filter, $coordinates', async (semantics) => {
  for (const [from, to] of sizes) {
    const data = Float32Array.from({ length: from.width * from.height }, (_, i) => (i * 73) % 251)
    const session = await runtime.open({ bytes: model(from, to, semantics) })
    const x = kit.tensor('float32', [1, 1, from.height, from.width], data)
    const { y } = (await session.run({ x })).outputs
    await session.close()
    const expected = (y?.data ?? []) as ArrayLike<number>
    const options: ResizeOptions = { ...semantics, antialias: false }
    const resized = kit.resize(kit.image(from.width, from.height, 1, data), to, options)
    const apart = Array.from(resized.data, (value, i) => Math.abs(value - (expected[i] ?? Number.NaN)))
    expect(Math.max(...apart)).toBeLessThan(0.001)
  }
})
