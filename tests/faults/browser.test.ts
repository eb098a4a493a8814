import { expect, test } from 'vitest'
import { runtimeOf } from '../run/tiny.ts'
import { describeChromium } from '../runtimes/models.ts'
import { plantedRuns } from './planted.ts'

const run = plantedRuns()

/** The platform's own resize in a page, the kit's in Node. */
const canvas = `typeof OffscreenCanvas === 'undefined'
  ? kit.resize(picture, { width: 20, height: 20 }, { filter: 'bilinear', antialias: true, coordinates: 'half_pixel' })
  : (() => {
      const rgba = Uint8ClampedArray.from({ length: 4800 }, (_, i) => (i % 4 === 3 ? 255 : picture.data[Math.floor(i / 4) * 3 + (i % 4)]))
      const full = new OffscreenCanvas(40, 30)
      full.getContext('2d').putImageData(new ImageData(rgba, 40, 30), 0, 0)
      const context = new OffscreenCanvas(20, 20).getContext('2d')
      context.drawImage(full, 0, 0, 20, 20)
      const { data } = context.getImageData(0, 0, 20, 20)
      return kit.image(20, 20, 3, Uint8Array.from({ length: 1200 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)]))
    })()`

describeChromium('in a real browser', () => {
  test('the same code is clean; the resize of the canvas is found at the stage pre', async () => {
    const on = 'browser-wasm'
    const clean = await run({ on }, { samples: 1 })
    expect([clean.exitCode, runtimeOf(clean, on).attribution]).toEqual([0, null])
    const result = await run({ on, wrapper: { resize: canvas } }, { samples: 1 })
    expect(runtimeOf(result, on)).toMatchObject({ attribution: 'pre', stages: { model: { crossFed: 'match' } } })
  })
})
