/**
 * A small U-Net: three levels down by MaxPool, up again by ConvTranspose, with the skips concatenated. Its large
 * activations live long, which makes memory interesting.
 */
import { Builder } from './builder.ts'

const size = 128
const widths = [12, 24, 48]
const bottom = 96

export function unet(): Uint8Array {
  const b = new Builder({ name: 'unet', description: 'Small U-Net for segmentation; random weights.' }, 5)
  b.input('image', 'float32', [1, 3, size, size])

  const conv = (x: string, name: string, from: number, to: number, kernel: number): string =>
    b.node(
      'Conv',
      [x, b.weight(`${name}.weight`, [to, from, kernel, kernel], from * kernel ** 2), b.bias(`${name}.bias`, to)],
      {
        dilations: [1, 1],
        group: 1,
        kernel_shape: [kernel, kernel],
        pads: Array.from({ length: 4 }, () => (kernel - 1) / 2),
        strides: [1, 1],
      },
    )
  const double = (x: string, name: string, from: number, to: number): string =>
    b.module(name, () => {
      const y = b.node('Relu', [conv(x, `${name}.0`, from, to, 3)])
      return b.node('Relu', [conv(y, `${name}.1`, to, to, 3)])
    })

  const skips: { value: string; width: number }[] = []
  let x = 'image'
  let width = 3
  for (const [level, to] of widths.entries()) {
    x = double(x, `down.${level}`, width, to)
    width = to
    skips.push({ value: x, width })
    x = b.module(`down.${level}`, () =>
      b.node('MaxPool', [x], {
        ceil_mode: 0,
        dilations: [1, 1],
        kernel_shape: [2, 2],
        pads: [0, 0, 0, 0],
        strides: [2, 2],
      }),
    )
  }
  x = double(x, 'bottom', width, bottom)
  width = bottom
  for (const [level, skip] of skips.reverse().entries()) {
    const name = `up.${level}`
    const joined = b.module(name, () => {
      const weight = b.weight(`${name}.upsample.weight`, [width, skip.width, 2, 2], width * 4)
      const raised = b.node('ConvTranspose', [x, weight, b.bias(`${name}.upsample.bias`, skip.width)], {
        dilations: [1, 1],
        group: 1,
        kernel_shape: [2, 2],
        pads: [0, 0, 0, 0],
        strides: [2, 2],
      })
      return b.node('Concat', [skip.value, raised], { axis: 1 })
    })
    x = double(joined, name, 2 * skip.width, skip.width)
    width = skip.width
  }
  b.module('head', () => {
    b.node('Sigmoid', [conv(x, 'head', width, 1, 1)], {}, { outputs: ['mask'] })
  })
  b.output('mask', 'float32', [1, 1, size, size])
  return b.encode()
}
