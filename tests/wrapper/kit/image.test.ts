/** Images decoded and resized, against what Pillow, OpenCV and TensorFlow made of the same bytes (dev/image-vectors.py). */
import { describe, expect, test } from 'vitest'
import type { Image } from '../../../src/wrapper/kit/image/image.ts'
import { kit } from '../../../src/wrapper/kit/kit.ts'
import type { Library } from '../../../src/wrapper/kit/resize/resize.ts'
import type { Filter } from '../../../src/wrapper/kit/resize/weights.ts'
import vectors from './image-vectors.json' with { type: 'json' }

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))
const floats = (base64: string): Float32Array => new Float32Array(bytes(base64).buffer)
const rgb = (width: number, height: number, base64: string): Image => kit.image(width, height, 3, bytes(base64))

/** Largest difference. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length ? Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] as number)))) : Number.NaN

describe('decode', () => {
  test.each(vectors.jpegs)('JPEG $name is what Pillow reads, bit by bit', ({ file, size, mode, pixels }) => {
    const color = mode === 'L' ? 'gray' : 'RGB'
    const { width, height, data } = kit.decode(bytes(file), { orientation: 'ignore', color })
    expect([width, height]).toEqual(size)
    expect(apart(data, bytes(pixels))).toBe(0)
  })

  test.each(vectors.pngs)('PNG $name is what Pillow reads, bit by bit', ({ file, size, pixels }) => {
    const { width, height, data } = kit.decode(bytes(file), { orientation: 'ignore' })
    expect([width, height]).toEqual(size)
    expect(apart(data, bytes(pixels))).toBe(0)
  })

  test.each(vectors.turned)('orientation $orientation is applied where asked', ({ file, size, pixels }) => {
    const upright = kit.decode(bytes(file), { orientation: 'apply' })
    expect([upright.width, upright.height]).toEqual(size)
    expect(apart(upright.data, bytes(pixels))).toBe(0)
    const asStored = kit.decode(bytes(file), { orientation: 'ignore' })
    expect([asStored.width, asStored.height]).toEqual([16, 8])
  })

  test('alpha is dropped, kept, or laid on a colour', () => {
    const file = bytes(vectors.pngs.find(({ name }) => name === 'RGBA')?.file ?? '')
    const rgba = kit.decode(file, { orientation: 'ignore', color: 'RGBA' })
    const dropped = kit.decode(file, { orientation: 'ignore' })
    const onWhite = kit.decode(file, { orientation: 'ignore', alpha: [255, 255, 255] })
    expect([rgba.channels, dropped.channels, onWhite.channels]).toEqual([4, 3, 3])
    const [red = 0, , , alpha = 0] = rgba.data
    expect(dropped.data[0]).toBe(red)
    expect(onWhite.data[0]).toBe(Math.round((red * alpha + 255 * (255 - alpha)) / 255))
    const hole = kit.decode(bytes(vectors.pngs.find(({ name }) => name.startsWith('a transp'))?.file ?? ''), {
      orientation: 'ignore',
      color: 'RGBA',
    })
    expect(hole.data[(3 * 11 + 3) * 4 + 3]).toBe(0)
    expect(hole.data[3]).toBe(255)
  })

  test.each([
    ['RIFF\0\0\0\0WEBPVP8 ', 'the image is WebP'],
    ['GIF89a', 'the image is GIF'],
    ['BM....', 'the image is BMP'],
    ['\0\0\0\x1cftypavif', 'the image is AVIF'],
    ['hello', 'the file is no known image'],
    ['', 'the file is empty'],
    ['\x89PNG\r\n\x1a\n....', 'the PNG is damaged'],
    ['\xff\xd8\xff\xd9', 'the JPEG is damaged: it has no image'],
    ['\xff\xd8\xff\xc9\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0', 'the JPEG is coded arithmetically'],
  ])('%j is refused by name', (text, message) => {
    expect(() => kit.decode(Buffer.from(text, 'latin1'), { orientation: 'ignore' })).toThrow(
      expect.objectContaining({ code: 'bad-image', message: expect.stringContaining(message) }),
    )
  })

  test('what a file does not hold, and what was not said, are said', () => {
    expect(() => kit.decode({ id: 'a.png' }, { orientation: 'ignore' })).toThrow('sample a.png has no bytes to decode')
    expect(() => kit.decode(bytes(vectors.jpegs[0]?.file ?? ''), {} as never)).toThrow('orientation of photos')
  })

  test('a JPEG cut anywhere gives an image or a Problem, soon', () => {
    for (const { file } of vectors.jpegs.slice(0, 3)) {
      const whole = bytes(file)
      for (let length = 0; length < whole.length; length += 7)
        try {
          kit.decode(whole.subarray(0, length), { orientation: 'apply' })
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-image' })
        }
    }
  })

  test('bytes changed anywhere give an image or a Problem', () => {
    let state = 1
    const random = (limit: number) => {
      state = (state * 1103515245 + 12345) & 0x7fffffff
      return state % limit
    }
    for (const { file } of [...vectors.jpegs, ...vectors.pngs, ...vectors.turned])
      for (let i = 0; i < 10; i++) {
        const damaged = bytes(file)
        for (let k = 0; k < 3; k++) damaged[random(damaged.length)] = random(256)
        try {
          kit.decode(damaged, { orientation: 'apply' })
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-image' })
        }
      }
  })
})

describe('resize', () => {
  const cases = vectors.resized.flatMap(({ from, to, source, results }) =>
    results.map((result) => ({ ...result, from, to, source, name: `${from.join('×')} → ${to.join('×')}` })),
  )
  /** Where OpenCV’s own code for one and the same processor differs by one. */
  const roundsOtherwise = (like: string, filter: string) => like === 'opencv' && filter === 'bicubic'

  test.each(cases)('$like $filter $name', ({ like, filter, antialias, from, to, source, pixels, floats: exact }) => {
    const [width = 0, height = 0] = from
    const size = { width: to[0] ?? 0, height: to[1] ?? 0 }
    const options = { like: like as Library, filter: filter as Filter, ...(antialias ? { antialias } : {}) }
    const { data } = kit.resize(rgb(width, height, source), size, options)
    if (exact) expect(apart(data, floats(exact))).toBeLessThan(0.002)
    else expect(apart(data, bytes(pixels ?? ''))).toBeLessThanOrEqual(roundsOtherwise(like, filter) ? 1 : 0)
  })

  test('with alpha, colours are weighed by it, as Pillow does', () => {
    const { from, to, source, pixels } = vectors.withAlpha
    const image = kit.image(from[0] ?? 0, from[1] ?? 0, 4, bytes(source))
    const out = kit.resize(image, { width: to[0] ?? 0, height: to[1] ?? 0 }, { like: 'pil', filter: 'bicubic' })
    expect(apart(out.data, bytes(pixels))).toBe(0)
  })

  const row = kit.image(4, 1, 1, Uint8Array.of(0, 100, 200, 40))
  test.each([
    ['half_pixel', [0, 25, 75, 125, 175, 160, 80, 40]],
    ['align_corners', [0, 43, 86, 129, 171, 177, 109, 40]],
    ['asymmetric', [0, 50, 100, 150, 200, 120, 40, 40]],
  ] as const)('coordinates %s', (coordinates, expected) => {
    const options = { filter: 'bilinear', antialias: false, coordinates } as const
    expect([...kit.resize(row, { width: 8, height: 1 }, options).data]).toEqual(expected)
  })

  test('antialias averages over all that is covered, without it pixels are skipped', () => {
    const stripes = kit.image(8, 1, 1, Uint8Array.of(0, 255, 0, 255, 0, 255, 0, 255))
    const with_ = { filter: 'bilinear', coordinates: 'asymmetric' } as const
    expect([...kit.resize(stripes, { width: 4, height: 1 }, { ...with_, antialias: false }).data]).toEqual([0, 0, 0, 0])
    const smooth = kit.resize(
      stripes,
      { width: 2, height: 1 },
      { ...with_, antialias: true, coordinates: 'half_pixel' },
    )
    for (const value of smooth.data) expect(Math.abs(value - 127.5)).toBeLessThan(10)
  })

  test.each([
    [{ filter: 'bilinear' }, 'resize: antialias was not said'],
    [{ filter: 'bilinear', antialias: true }, 'resize: coordinates were not said'],
    [{ filter: 'linear', like: 'pil' }, 'resize: filter is linear'],
    [{ filter: 'bilinear', like: 'torch' }, 'resize: like is torch'],
    [
      { filter: 'bilinear', like: 'pil', antialias: false },
      'resize: antialias is false, but pil averages with bilinear',
    ],
    [{ filter: 'bilinear', like: 'opencv', antialias: true }, 'but opencv does not average with bilinear'],
    [{ filter: 'lanczos3', like: 'opencv' }, 'OpenCV has no lanczos3'],
  ])('%j is not enough, or not what the library does', (options, message) => {
    expect(() => kit.resize(row, { width: 2, height: 1 }, options as never)).toThrow(message)
  })
})

describe('parts and margins', () => {
  const image = kit.image(
    5,
    3,
    1,
    Uint8Array.from({ length: 15 }, (_, i) => i),
  )

  test('crop takes what lies inside and nothing else', () => {
    expect([...kit.crop(image, { left: 1, top: 1, width: 2, height: 2 }).data]).toEqual([6, 7, 11, 12])
    for (const box of [{ left: 4 }, { left: -1 }, { top: 2 }, { left: 0.5 }])
      expect(() => kit.crop(image, { left: 0, top: 0, width: 2, height: 2, ...box })).toThrow(
        'does not lie in the image',
      )
  })

  test('the middle of an odd margin is a choice', () => {
    const wide = kit.image(7, 1, 1, Uint8Array.of(0, 1, 2, 3, 4, 5, 6))
    expect([...kit.centerCrop(wide, 4, 1, 'floor').data]).toEqual([1, 2, 3, 4])
    expect([...kit.centerCrop(wide, 4, 1, 'half-even').data]).toEqual([2, 3, 4, 5])
    expect([...kit.centerCrop(image, 3, 1, 'floor').data]).toEqual([6, 7, 8])
  })

  test('letterbox keeps the proportion and says where things went', () => {
    const options = { like: 'opencv', filter: 'bilinear', fill: 114, place: 'center' } as const
    const {
      image: boxed,
      scale,
      left,
      top,
    } = kit.letterbox(kit.image(5, 3, 1, new Uint8Array(15)), { width: 10, height: 9 }, options)
    expect([boxed.width, boxed.height, scale, left, top]).toEqual([10, 9, 2, 0, 1])
    expect([...boxed.data].filter((value) => value === 114)).toHaveLength(30)
    const corner = kit.letterbox(image, { width: 5, height: 4 }, { ...options, place: 'top-left' })
    expect([...corner.image.data]).toEqual([...image.data, 114, 114, 114, 114, 114])
  })

  test('the shorter side is set, the longer follows rounded down', () => {
    const { width, height } = kit.resizeShorter(kit.image(5, 3, 1, new Uint8Array(15)), 4, {
      like: 'pil',
      filter: 'bilinear',
    })
    expect([width, height]).toEqual([6, 4])
  })

  test.each(['pil', 'opencv'] as const)('grey as %s makes it', (like) => {
    expect(apart(kit.grayscale(rgb(16, 16, vectors.grey.source), like).data, bytes(vectors.grey[like]))).toBe(0)
  })
})

describe('toTensor', () => {
  const image = kit.image(2, 1, 3, Uint8Array.of(10, 20, 30, 40, 50, 60))
  test.each([
    ['NCHW', 'RGB', [1, 3, 1, 2], [10, 40, 20, 50, 30, 60]],
    ['NHWC', 'RGB', [1, 1, 2, 3], [10, 20, 30, 40, 50, 60]],
    ['CHW', 'BGR', [3, 1, 2], [30, 60, 20, 50, 10, 40]],
    ['HWC', 'BGR', [1, 2, 3], [30, 20, 10, 60, 50, 40]],
  ] as const)('%s %s', (layout, order, dims, data) => {
    expect(kit.toTensor(image, { layout, order, scale: 1 })).toEqual({
      dtype: 'float32',
      dims,
      data: Float32Array.from(data),
    })
  })

  test('scales first, then takes the mean off, then divides', () => {
    const { data } = kit.toTensor(image, {
      layout: 'NHWC',
      order: 'RGB',
      scale: 0.1,
      mean: [1, 2, 3],
      std: [1, 2, 0.5],
    })
    expect([...(data as Float32Array)]).toEqual([0, 0, 0, 3, 1.5, 6])
  })

  test('bytes are rounded to even and kept in range, float16 are bits', () => {
    const make = (dtype: 'uint8' | 'float16' | 'int64', scale: number) =>
      Array.from(kit.toTensor(image, { layout: 'HWC', order: 'RGB', scale, dtype }).data as ArrayLike<number>)
    expect(make('uint8', 0.25)).toEqual([2, 5, 8, 10, 12, 15])
    expect(make('uint8', 10)).toEqual([100, 200, 255, 255, 255, 255])
    expect(make('int64', 1)).toEqual([10n, 20n, 30n, 40n, 50n, 60n])
    expect(make('float16', 0.1)[0]).toBe(0x3c00)
  })

  test('what was not said is asked for', () => {
    for (const left of ['layout', 'order', 'scale'])
      expect(() => kit.toTensor(image, { layout: 'NCHW', order: 'RGB', scale: 1, [left]: undefined } as never)).toThrow(
        `toTensor: ${left} is undefined`,
      )
  })
})
