/**
 * The limits of the DPU, each at its bound and beyond. The numbers stand here a second time, as the guides print them:
 * UG1414 3.5 (Currently Supported Operators), the target descriptions of Vitis AI, PG338, PG389.
 */
import { describe, expect, test } from 'vitest'
import { type OneNode, placed } from './dpu.ts'

/** `bank`: lines of a weight bank, `out`: banks' worth of output channels per cycle. */
const dpus = {
  B512: { par: 8, bank: 2048, out: 1 },
  B800: { par: 10, bank: 2048, out: 1 },
  B1600: { par: 10, bank: 2048, out: 1 },
  B3136: { par: 14, bank: 2048, out: 1 },
  B4096: { par: 16, bank: 2048, out: 1 },
  DPUCVDX8G: { par: 16, bank: 8192, out: 2 },
  'DPUCVDX8G-C64': { par: 16, bank: 8192, out: 4 },
  'DPUCAHX8H-DWC': { par: 16, bank: 2048, out: 1 },
} as const
type Dpu = keyof typeof dpus
const all = Object.keys(dpus) as Dpu[]

interface Window {
  ic?: number
  oc?: number
  kernel?: readonly [number, number]
  stride?: number
  pads?: readonly number[]
  dilation?: number
  size?: number
  output?: number
}

const window = ({ stride = 1, pads = [0, 0, 0, 0], dilation = 1, kernel = [3, 3] }: Window) => ({
  kernel_shape: kernel,
  strides: [stride, stride],
  pads,
  dilations: [dilation, dilation],
})

function conv(options: Window): OneNode {
  const { ic = 1, oc = 1, kernel = [3, 3], size = 300 } = options
  return { op: 'Conv', inputs: [[1, ic, size, size]], weights: [[oc, ic, ...kernel]], attributes: window(options) }
}
function depthwise(options: Window): OneNode {
  const { ic = 2, kernel = [3, 3], size = 600 } = options
  const attributes = { ...window(options), group: ic }
  return { op: 'Conv', inputs: [[1, ic, size, size]], weights: [[ic, 1, ...kernel]], attributes }
}
function transposed(options: Window): OneNode {
  const { ic = 1, oc = 1, kernel = [4, 4], output = 0, size = 20 } = options
  const attributes = { ...window({ kernel, ...options }), output_padding: [output, output] }
  return { op: 'ConvTranspose', inputs: [[1, ic, size, size]], weights: [[ic, oc, ...kernel]], attributes }
}
function pool(op: string, options: Window): OneNode {
  const { ic = 1, kernel = [2, 2], stride = 1, pads = [0, 0, 0, 0], size = 600 } = options
  const attributes = { kernel_shape: kernel, strides: [stride, stride], pads }
  return { op, inputs: [[1, ic, size, size]], attributes }
}

type Row = readonly [what: string, within: OneNode, beyond: OneNode, finding: string]

function check(arch: Dpu, rows: readonly Row[]) {
  test.each(rows)('%s', async (_, within, beyond, finding) => {
    expect(await placed(within, arch)).toBe('target')
    expect(await placed(beyond, arch)).toBe(finding)
  })
}

describe.each(all)('convolution on %s', (arch) => {
  const { par, bank, out } = dpus[arch]
  const most = 256 * par
  const stride = arch === 'DPUCAHX8H-DWC' ? 4 : 8
  /** Input channels that a kernel of k * k leaves room for. */
  const fits = (k: number) => Math.min(most, Math.floor(bank / (k * k * out)) * par)
  const area = arch.startsWith('DPUCVDX8G')
  const big = area ? 8 : 16
  check(arch, [
    ['kernel width', conv({ kernel: [1, 16] }), conv({ kernel: [1, 17] }), 'kernel'],
    ['kernel height', conv({ kernel: [16, 1] }), conv({ kernel: [17, 1] }), 'kernel'],
    ['stride', conv({ stride }), conv({ stride: stride + 1 }), 'stride'],
    [
      'stride where the kernel is the whole input',
      conv({ stride: 9, size: 3 }),
      conv({ stride: 9, size: 4 }),
      'stride',
    ],
    ['input channels', conv({ ic: most, kernel: [1, 1] }), conv({ ic: most + 1, kernel: [1, 1] }), 'channels-in'],
    ['output channels', conv({ oc: most }), conv({ oc: most + 1 }), 'channels-out'],
    ['dilation', conv({ ic: most / 4, dilation: 4 }), conv({ ic: most / 4 + 1, dilation: 4 }), 'dilation'],
    [
      'weight bank',
      conv({ ic: fits(big), kernel: [big, big] }),
      conv({ ic: fits(big) + 1, kernel: [big, big] }),
      'weight-bank',
    ],
    ['pads at the left', conv({ pads: [0, 2, 0, 0] }), conv({ pads: [0, 3, 0, 0] }), 'pads'],
    ['pads at the bottom', conv({ pads: [0, 0, 2, 0] }), conv({ pads: [0, 0, 3, 0] }), 'pads'],
    [
      'pads with a dilation',
      conv({ dilation: 2, pads: [4, 4, 4, 4] }),
      conv({ dilation: 2, pads: [5, 4, 4, 4] }),
      'pads',
    ],
    ...(area
      ? ([
          ['kernel area', conv({ kernel: [8, 8] }), conv({ kernel: [8, 9] }), 'kernel-area'],
          [
            'kernel area of many channels',
            conv({ ic: 2048, kernel: [1, 16] }),
            conv({ ic: 2049, kernel: [3, 11] }),
            'kernel-area',
          ],
        ] as const)
      : []),
  ])
})

describe.each(all)('depthwise convolution on %s', (arch) => {
  const { par, bank } = dpus[arch]
  const most = 256 * par
  const pads = (...list: number[]) => depthwise({ pads: list, kernel: arch === 'DPUCAHX8H-DWC' ? [3, 3] : [40, 40] })
  const channels: Row = ['channels', depthwise({ ic: most, size: 8 }), depthwise({ ic: most + 1, size: 8 }), 'channels']
  if (arch === 'DPUCAHX8H-DWC')
    check(arch, [
      channels,
      ['kernel', depthwise({ kernel: [5, 7] }), depthwise({ kernel: [5, 6] }), 'kernel'],
      ['largest kernel', depthwise({ kernel: [7, 7] }), depthwise({ kernel: [9, 9] }), 'kernel'],
      ['stride', depthwise({ kernel: [5, 5], stride: 4 }), depthwise({ kernel: [5, 5], stride: 5 }), 'stride'],
      ['stride within the kernel', depthwise({ stride: 3 }), depthwise({ stride: 4 }), 'stride-in-kernel'],
      ['pads', pads(3, 3, 3, 3), pads(0, 4, 0, 0), 'pads'],
    ])
  else
    check(arch, [
      channels,
      ['kernel', depthwise({ kernel: [1, 256] }), depthwise({ kernel: [1, 257] }), 'kernel'],
      ['stride', depthwise({ stride: 256 }), depthwise({ stride: 257 }), 'stride'],
      [
        'weight bank',
        depthwise({ kernel: [bank / 256, 256] }),
        depthwise({ kernel: [bank / 256 + 1, 256] }),
        'weight-bank',
      ],
      ['pads at the left', pads(0, 15, 0, 0), pads(0, 16, 0, 0), 'pads'],
      ['pads at the top', pads(15, 0, 0, 0), pads(16, 0, 0, 0), 'pads'],
      ['pads at the right', pads(0, 0, 0, 255), pads(0, 0, 0, 256), 'pads'],
      ['pads at the bottom', pads(0, 0, 255, 0), pads(0, 0, 256, 0), 'pads'],
    ])
})

describe.each(all)('transposed convolution on %s', (arch) => {
  const { par, bank, out } = dpus[arch]
  const most = 256 * par
  const deep = Math.floor(bank / (256 * out)) * par
  check(arch, [
    [
      'kernel per stride',
      transposed({ kernel: [2, 32], stride: 2 }),
      transposed({ kernel: [2, 33], stride: 2 }),
      'kernel-per-stride',
    ],
    [
      'kernel not below the stride',
      transposed({ kernel: [2, 2], stride: 2 }),
      transposed({ kernel: [2, 2], stride: 3 }),
      'kernel-per-stride',
    ],
    ['output padding', transposed({ stride: 2 }), transposed({ stride: 2, output: 1 }), 'output-padding'],
    [
      'input channels',
      transposed({ ic: most, kernel: [1, 1] }),
      transposed({ ic: most + 1, kernel: [1, 1] }),
      'channels',
    ],
    ['output channels', transposed({ oc: most }), transposed({ oc: most + 1 }), 'channels'],
    [
      'weight bank',
      transposed({ ic: deep, kernel: [16, 16] }),
      transposed({ ic: deep + 1, kernel: [16, 16] }),
      'weight-bank',
    ],
    ['pads', transposed({ pads: [3, 3, 3, 3] }), transposed({ pads: [4, 3, 3, 3] }), 'pads'],
  ])
})

describe.each(all)('pools on %s', (arch) => {
  const alu = arch !== 'DPUCAHX8H-DWC'
  const side = alu ? 256 : 8
  for (const op of ['MaxPool', 'AveragePool'])
    describe(op, () => {
      check(arch, [
        ['kernel', pool(op, { kernel: [side, side] }), pool(op, { kernel: [side + 1, side + 1] }), 'kernel'],
        ['stride', pool(op, { stride: side }), pool(op, { stride: side + 1 }), 'stride'],
        ...(alu
          ? ([
              [
                'pads at the top',
                pool(op, { kernel: [20, 20], pads: [15, 15, 19, 19] }),
                pool(op, { kernel: [20, 20], pads: [16, 0, 0, 0] }),
                'pads',
              ],
            ] as const)
          : []),
      ])
    })
  test('an average over a window that is not square', async () => {
    expect(await placed(pool('AveragePool', { kernel: [2, 3] }), arch)).toBe(alu ? 'target' : 'square')
  })
  const global = (op: string, size: number): OneNode => ({ op, inputs: [[1, 4, size, size]] })
  check(arch, [
    ['the whole map', global('GlobalAveragePool', side), global('GlobalAveragePool', side + 1), 'kernel'],
    ['the maximum of it', global('GlobalMaxPool', side), global('GlobalMaxPool', side + 1), 'kernel'],
  ])
})

describe.each(all)('channels of other operators on %s', (arch) => {
  const most = 256 * dpus[arch].par
  const resize = (ic: number): OneNode => ({
    op: 'Resize',
    inputs: [[1, ic, 4, 4]],
    values: [new Float32Array(0), Float32Array.of(1, 1, 2, 2)],
    attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  })
  const pad = (ic: number): OneNode => ({ op: 'Pad', inputs: [[1, ic, 4, 4]], values: [[0, 0, 1, 1, 0, 0, 1, 1]] })
  const add = (ic: number): OneNode => ({
    op: 'Add',
    inputs: [
      [1, ic, 4, 4],
      [1, ic, 4, 4],
    ],
  })
  const gemm = (outputs: number): OneNode => ({ op: 'Gemm', inputs: [[1, 4]], weights: [[4, outputs]] })
  const deep = Math.floor(dpus[arch].bank / dpus[arch].out) * dpus[arch].par
  const wide = (inputs: number): OneNode => ({ op: 'Gemm', inputs: [[1, inputs]], weights: [[inputs, 1]] })
  const toSpace = (ic: number): OneNode => ({
    op: 'DepthToSpace',
    inputs: [[1, ic, 4, 4]],
    attributes: { blocksize: 2 },
  })
  const toDepth = (ic: number): OneNode => ({
    op: 'SpaceToDepth',
    inputs: [[1, ic, 4, 4]],
    attributes: { blocksize: 2 },
  })
  check(arch, [
    ['Resize', resize(most), resize(most + 1), 'channels'],
    ['Pad', pad(most), pad(most + 1), 'channels'],
    ['Add', add(most), add(most + 1), 'channels'],
    ['outputs of a dense layer', gemm(most), gemm(most + 1), 'channels-out'],
    ['inputs of a dense layer', wide(deep), wide(deep + 1), 'weight-bank'],
    ['DepthToSpace', toSpace(most), toSpace(most + 4), 'channels'],
    ['SpaceToDepth', toDepth(most / 4), toDepth(most / 4 + 1), 'channels'],
  ])
})

describe('3-D convolution on DPUCVDX8G', () => {
  const conv3 = ({ ic = 1, oc = 1, kernel = [3, 3, 3], stride = 1, pads = 0, dilation = 1, size = 40 }): OneNode => ({
    op: 'Conv',
    inputs: [[1, ic, size, size, size]],
    weights: [[oc, ic, ...kernel]],
    attributes: {
      kernel_shape: kernel,
      strides: [stride, stride, stride],
      pads: [pads, pads, pads, pads, pads, pads],
      dilations: [dilation, dilation, dilation],
    },
  })
  check('DPUCVDX8G', [
    ['depth of the kernel', conv3({ kernel: [16, 1, 1] }), conv3({ kernel: [17, 1, 1] }), 'kernel'],
    ['area of the kernel', conv3({ kernel: [1, 8, 8] }), conv3({ kernel: [1, 8, 9] }), 'kernel'],
    ['stride', conv3({ stride: 8 }), conv3({ stride: 9 }), 'stride'],
    ['weights', conv3({ ic: 512, kernel: [1, 8, 8] }), conv3({ ic: 513, kernel: [1, 8, 8] }), 'weights'],
    ['output channels', conv3({ oc: 4096 }), conv3({ oc: 4097 }), 'channels'],
    ['pads', conv3({ pads: 2 }), conv3({ pads: 3 }), 'pads'],
    ['a dilation wants stride 1', conv3({ dilation: 2 }), conv3({ dilation: 2, stride: 2 }), 'dilation'],
  ])
  test('no other DPU has it', async () => {
    expect(await placed(conv3({}), 'B4096')).toBe('three-dimensional')
    expect(await placed(conv3({}), 'DPUCAHX8H-DWC')).toBe('three-dimensional')
  })
})

test('DPUCAHX8H has no engine for depthwise convolutions', async () => {
  expect(await placed(depthwise({}), 'DPUCAHX8H')).toBe('depthwise-engine')
  expect(await placed(conv({}), 'DPUCAHX8H')).toBe('target')
})
