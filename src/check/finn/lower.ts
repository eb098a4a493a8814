/** Convolutions become Im2Col and MatMul on channels last. Source: transformation/lower_convs_to_matmul.py of qonnx. */
import { sizeOf } from './constant.ts'
import { extractBiases } from './dialect.ts'
import { like, type Network, Operation, Tensor, type Window } from './network.ts'
import { toChannelsFirst, toChannelsLast, transposeTo } from './streamline/transposes.ts'

export function lowerConvolutions(network: Network, development: boolean): void {
  extractBiases(network, development)
  for (const conv of network.of('Conv')) if (!conv.inputs[2]) lower(network, conv, development)
}

function lower(network: Network, conv: Operation, development: boolean): void {
  const { input, output } = conv
  const weight = conv.inputs[1]
  const shape = input.shape
  const window = windowOf(network, conv)
  if (shape?.length !== 4) {
    network.stop('Conv/rank', conv, `its input has ${shape ? `${shape.length} dimensions` : 'no known shape'}`)
    return
  }
  if (!weight?.constant) {
    if (!development) network.stop('Conv/constant-weight', conv, 'its weight is computed', [weight])
    return
  }
  const [, channels = 0, height = 0, width = 0] = shape
  const [, outChannels = 0, outHeight = 0, outWidth = 0] = output.shape ?? []
  const group = conv.int('group') ?? 1
  const depthwise = group === channels && outChannels === channels
  if (group !== 1 && !depthwise) {
    const why = `group is ${group} with ${channels} channels in and ${outChannels} out`
    network.stop('Conv/group', conv, why)
  }
  const { kernel, strides, pads } = window
  const turned = new Tensor([1, height, width, channels])
  turned.type = input.type
  const columns = new Tensor([1, outHeight, outWidth, channels * sizeOf(kernel)])
  columns.type = input.type
  const product = new Tensor([1, outHeight, outWidth, outChannels])
  const slides = sizeOf(kernel) !== 1 || sizeOf(strides) !== 1 || pads.some((pad) => pad !== 0)
  weight.constant = { shape: [channels * sizeOf(kernel), outChannels], values: null }
  weight.shape = weight.constant.shape
  // One channel counts as depthwise, too.
  if (depthwise) weight.depthwise = kernel
  let last = network.insert(transposeTo(input, turned, toChannelsLast, conv.origins), conv)
  if (slides) {
    const im2col = new Operation('Im2Col', [turned], [columns], new Set(conv.origins))
    im2col.window = { ...window, depthwise }
    last = network.insert(im2col, last)
  }
  const matmul = new Operation('MatMul', [slides ? columns : turned, weight], [product], new Set(conv.origins))
  last = network.insert(matmul, last)
  network.insert(transposeTo(product, output, toChannelsFirst, conv.origins), last)
  network.remove(conv)
}

/** Attributes as written; where one is missing FINN stops, and here its default takes its place. */
function windowOf(network: Network, conv: Operation): Window {
  const written = (name: string, rule: string, fallback: readonly number[]): readonly number[] => {
    const list = conv.ints(name)
    if (!list) network.stop(`Conv/${rule}`, conv, `${name} is not written`)
    return list ?? fallback
  }
  const kernelShape = conv.inputs[1]?.shape?.slice(2) ?? [1, 1]
  const kernel = written('kernel_shape', 'kernel-shape', kernelShape)
  const strides = written('strides', 'strides', [1, 1])
  if (conv.int('group') === null) network.stop('Conv/group-written', conv, 'group is not written')
  const [h = 1, w = 1] = kernel
  const [sh = 1, sw = 1] = strides
  const auto = conv.text('auto_pad') ?? 'NOTSET'
  const pads = auto === 'NOTSET' ? written('pads', 'pads', [0, 0, 0, 0]) : autoPads(auto, conv, [h, w], [sh, sw])
  const [dh = 1, dw = 1] = conv.ints('dilations') ?? []
  if (pads.length === 2 && conv.input.shape?.[2] !== 1 && conv.input.shape?.[3] !== 1)
    network.stop('Conv/pads', conv, 'pads has two values for a two-dimensional image')
  return { kernel: [h, w], strides: [sh, sw], pads, dilations: [dh, dw], padValue: 0, depthwise: false }
}

function autoPads(auto: string, conv: Operation, kernel: readonly number[], strides: readonly number[]): number[] {
  if (auto === 'VALID') return [0, 0, 0, 0]
  const totals = kernel.map((size, i) => {
    const stride = strides[i] ?? 1
    return (stride - 1) * (conv.input.shape?.[i + 2] ?? 0) - stride + size
  })
  const small = totals.map((total) => Math.trunc(total / 2))
  const large = totals.map((total, i) => total - (small[i] ?? 0))
  return auto === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small]
}

/** Products of -1 and 1 become counts of equal bits, with a factor and a summand behind. Source: bipolar_to_xnor.py. */
export function bipolarToXnor(network: Network): boolean {
  let changed = false
  for (const matmul of network.of('MatMul')) {
    const weight = matmul.inputs[1]
    if (matmul.input.type !== 'BIPOLAR' || weight?.type !== 'BIPOLAR' || !weight.constant) continue
    const source = bipolarSource(network, matmul)
    if (!source && matmul.input !== network.inputs[0]) {
      network.stop('MatMul/bipolar', matmul, 'no quantiser before it gives its values of -1 and 1')
      continue
    }
    if (source?.thresholds) {
      const { thresholds } = source
      if (thresholds.scale !== 2 || thresholds.bias !== -1) {
        const why = `the thresholds before it have the factor ${thresholds.scale} and the summand ${thresholds.bias}`
        network.stop('MatMul/bipolar', matmul, why)
      }
      source.thresholds = { ...thresholds, outType: 'BINARY', scale: 1, bias: 0 }
    }
    matmul.input.type = 'BINARY'
    matmul.op = 'XnorPopcountMatMul'
    weight.type = 'BINARY'
    correct(network, matmul, weight.constant.shape[0] ?? 0)
    changed = true
  }
  return changed
}

function correct(network: Network, matmul: Operation, length: number): void {
  const { output } = matmul
  const count = like(output)
  const scaled = like(output)
  network.setOutput(matmul, 0, count)
  const parameter = (value: number): Tensor => {
    const tensor = new Tensor([1])
    tensor.constant = { shape: [1], values: [value] }
    return tensor
  }
  const mul = new Operation('Mul', [count, parameter(2)], [scaled], new Set(matmul.origins))
  const add = new Operation('Add', [scaled, parameter(-length)], [output], new Set(matmul.origins))
  network.insert(mul, matmul)
  network.insert(add, mul)
}

function bipolarSource(network: Network, matmul: Operation): Operation | null {
  for (let at = network.maker(matmul.input); at; at = network.maker(at.inputs[0]))
    if (at.thresholds?.outType === 'BIPOLAR') return at
  return null
}
