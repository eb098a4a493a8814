/** Layers that slide a window, and those that move data. Source: convert_to_hw_layers.py, move_reshape.py of FINN. */

import { scalarConstant, sizeOf } from '../constant.ts'
import { bipolar, isInteger, isSigned, rangeOf } from '../datatype.ts'
import { constantTensor, like, type Network, Operation, Tensor, type Window } from '../network.ts'
import { isPerm, permuted, toChannelsFirst, toChannelsLast, transposeTo } from '../streamline/transposes.ts'
import { isWholeStream } from './elements.ts'
import { becomes, lastOf, turnToChannelsLast } from './layer.ts'

/** Im2Col: padding and a generator of windows; FINN 0.10 has a layer of its own for pointwise strides. */
export function inferGenerators(network: Network, development: boolean): void {
  for (const im2col of network.of('Im2Col')) {
    const { window, input } = im2col
    if (!window || !isInteger(input.type)) continue
    const [, height = 0, width = 0, channels = 0] = input.shape ?? []
    const [top = 0, left = 0, bottom = 0, right = 0] = window.pads
    const [padHeight, padWidth] = [top + bottom, left + right]
    const pads = padHeight > 0 || padWidth > 0
    if (pads && window.padValue !== 0)
      network.stop('MaxPool/signed-padding', im2col, `it pads with ${window.padValue}, the smallest value of its type`)
    const pointwise = sizeOf(window.kernel) === 1 && sizeOf(window.strides) > 1
    const oneDimensional = height === 1 || width === 1
    const square = height + padHeight === width + padWidth && window.strides[0] === window.strides[1]
    if (!development && pointwise && !oneDimensional && !square) continue
    if (pads) pad(network, im2col, [height + padHeight, width + padWidth])
    const op = !development && pointwise ? 'DownSampler' : 'ConvolutionInputGenerator'
    becomes(im2col, { op, figures: { IFMChannels: channels }, outType: input.type })
  }
}

function pad(network: Network, im2col: Operation, [height, width]: readonly [number, number]): void {
  const { input } = im2col
  const padded = new Tensor([1, height, width, lastOf(input)])
  padded.type = input.type
  padded.layout = input.layout
  const node = new Operation('FMPadding', [input], [padded], new Set(im2col.origins))
  becomes(node, { op: 'FMPadding', figures: { NumChannels: lastOf(input) }, outType: input.type })
  network.setInput(im2col, 0, padded)
  network.insert(node, im2col.previous)
}

/** FINN 0.10, default steps. */
export function inferStreamingMaxPool(network: Network): void {
  for (const pool of network.of('MaxPoolNHWC')) {
    const [kh = 1, kw = 1] = pool.ints('kernel_shape') ?? []
    const [sh = 1, sw = 1] = pool.ints('strides') ?? []
    if (kh !== sh || kw !== sw) continue
    const [, height = 0, width = 0] = pool.input.shape ?? []
    const line = (height === 1 && kh === 1) || (width === 1 && kw === 1)
    const fits = line ? pool.input.type !== bipolar : height % kh === 0 || width % kw === 0
    if (!fits) continue
    becomes(pool, { op: 'StreamingMaxPool', figures: { NumChannels: lastOf(pool.input) }, outType: pool.input.type })
  }
}

/** Any pool of integers: windows, then one result per window. */
export function inferPools(network: Network): void {
  for (const pool of network.of('MaxPool', 'QuantAvgPool2d', 'MaxPoolNHWC')) {
    const { input, output } = pool
    if (input.shape?.length !== 4) continue
    const window = poolWindow(network, pool)
    const [kh, kw] = window.kernel
    if (!isInteger(input.type) || kh < window.strides[0] || kw < window.strides[1]) continue
    const first = pool.op !== 'MaxPoolNHWC'
    const source = first ? permuted(input, toChannelsLast) : input
    const result = first ? permuted(output, toChannelsLast) : output
    const [, outHeight = 0, outWidth = 0] = result.shape ?? []
    const channels = lastOf(source)
    const columns = new Tensor([1, outHeight, outWidth, channels * kh * kw])
    for (const tensor of [source, columns]) tensor.type = input.type
    const im2col = new Operation('Im2Col', [source], [columns], new Set(pool.origins))
    im2col.window = window
    const outType = pool.op === 'QuantAvgPool2d' ? output.type : input.type
    network.insert(im2col, pool.previous)
    if (first) {
      network.insert(transposeTo(input, source, toChannelsLast, pool.origins), im2col.previous)
      network.setOutput(pool, 0, result)
      result.type = outType
      network.insert(transposeTo(result, output, toChannelsFirst, pool.origins), pool)
    }
    network.setInput(pool, 0, columns)
    becomes(pool, { op: 'Pool', figures: { Channels: channels, kernel: kh * kw }, outType })
  }
}

function poolWindow(network: Network, pool: Operation): Window {
  if (pool.op === 'QuantAvgPool2d' && pool.window) return pool.window
  const [kh = 1, kw = 1] = pool.ints('kernel_shape') ?? []
  const strides = pool.ints('strides')
  if (!strides) network.stop('MaxPool/strides', pool, 'strides is not written')
  const [sh = 1, sw = 1] = strides ?? []
  const { type } = pool.input
  return {
    kernel: [kh, kw],
    strides: [sh, sw],
    pads: pool.ints('pads') ?? [0, 0, 0, 0],
    dilations: [1, 1],
    padValue: isSigned(type) ? rangeOf(type)[0] : 0,
    depthwise: true,
  }
}

/** The mean becomes a sum in hardware, and a factor that stays behind it. */
export function inferGlobalPools(network: Network): void {
  for (const pool of network.of('GlobalAveragePool')) {
    if (!isInteger(pool.input.type)) continue
    turnToChannelsLast(network, pool)
    const { input, output } = pool
    const [, height = 1, width = 1] = input.shape ?? []
    const sum = like(output)
    sum.layout = output.layout
    network.setOutput(pool, 0, sum)
    const factor = constantTensor({ ...scalarConstant(Math.fround(1 / (height * width))), shape: [] })
    network.insert(new Operation('Mul', [sum, factor], [output], new Set(pool.origins)), pool)
    becomes(pool, { op: 'GlobalAccPool', figures: { NumChannels: lastOf(input) }, outType: 'INT32' })
  }
}

/** A Flatten between two layers is gone; a Transpose before it goes into the weights behind it. */
export function removeFlattens(network: Network): void {
  for (const flatten of network.of('Flatten', 'Reshape')) {
    const { input, output } = flatten
    if (output.shape?.length !== 2 || input.shape?.[0] !== output.shape[0]) continue
    const maker = network.maker(input)
    const consumer = network.consumer(output)
    if (!maker) network.stop('Flatten/input', flatten, 'it reads an input of the model')
    else if (maker.hardware) {
      if (!consumer?.hardware) continue
      consumer.absorb(flatten)
      network.bypass(flatten)
    } else if (isPerm(maker, toChannelsFirst) && network.maker(maker.input)?.hardware) {
      if (!consumer) network.stop('Flatten/output', flatten, 'it gives an output of the model')
      else if (consumer.op === 'MVAU') {
        consumer.absorb(maker)
        consumer.absorb(flatten)
        network.setInput(consumer, 0, maker.input)
        network.remove(flatten)
        if (network.consumers(maker.output).length === 0) network.remove(maker)
      }
    }
  }
}

/** Along the last axis, integers only. */
export function inferConcats(network: Network): void {
  for (const concat of network.of('Concat')) {
    const axis = concat.int('axis')
    if ((axis !== -1 && axis !== (concat.input.shape?.length ?? 0) - 1) || !isWholeStream(concat)) continue
    becomes(concat, { op: 'StreamingConcat', figures: { NumChannels: lastOf(concat.output) } })
  }
}
export function inferSplits(network: Network): void {
  for (const split of network.of('Split')) {
    const sizes = split.inputs[1]
    if (!sizes) {
      network.stop('Split/sizes', split, 'the sizes of its parts are no input')
      continue
    }
    const axis = split.int('axis')
    if (!sizes.constant || split.input.constant || !isInteger(split.input.type)) continue
    if (axis !== -1 && axis !== (split.input.shape?.length ?? 0) - 1) continue
    becomes(split, { op: 'StreamingSplit', figures: { NumChannels: lastOf(split.input) }, outType: split.input.type })
  }
}

/** A table of constants, looked up by unsigned integers. */
export function inferLookups(network: Network): void {
  for (const gather of network.of('Gather')) {
    const [table, indices] = gather.inputs
    if (!table?.constant || !indices || (gather.int('axis') ?? 0) !== 0) continue
    if (!isInteger(indices.type) || isSigned(indices.type)) continue
    becomes(gather, { op: 'Lookup', figures: { EmbeddingDim: lastOf(table) }, outType: table.type })
  }
}

/** Nearest neighbours on channels last. */
export function inferUpsamples(network: Network, development: boolean): void {
  for (const resize of network.of('Upsample', 'Resize')) {
    const { input, op } = resize
    const scales = resize.inputs[op === 'Upsample' ? 1 : 2]?.constant?.values
    if (!isInteger(input.type) || input.layout !== 'NHWC') continue
    const refused = upsampleFault(resize, scales ?? [], development)
    if (refused) {
      network.stop('Resize/upsample', resize, refused)
      continue
    }
    becomes(resize, { op: 'UpsampleNearestNeighbour', figures: { NumChannels: lastOf(input) }, outType: input.type })
  }
}

function upsampleFault(resize: Operation, scales: readonly number[], development: boolean): string | null {
  const [batch = 0, height = 0, width = 0, channels = 0] = scales
  const mode = resize.text('mode') ?? 'not written'
  if (mode !== 'nearest') return `mode is ${mode}`
  if (scales.length !== 4 || scales.some((scale) => scale < 1)) return `scales is [${scales.join(', ')}]`
  if (batch !== 1 || channels !== 1) return `scales is [${scales.join(', ')}]: batch or channels are scaled`
  if (development) return null
  const [, rows = 0, columns = 0] = resize.input.shape ?? []
  if (height !== width && !(height > 1 && width === 1))
    return `scales is [${scales.join(', ')}], neither square nor of the height only`
  if (!Number.isInteger(height)) return `scales is [${scales.join(', ')}], no whole numbers`
  return rows === columns || (rows > 1 && columns === 1) ? null : `the image has ${rows} by ${columns} points`
}

/** Transposes, with a Reshape on either side. The first node of the network stays in software. */
export function inferShuffles(network: Network): void {
  for (const transpose of network.of('Transpose')) {
    if (transpose === network.head || !transpose.perm) continue
    const before = network.maker(transpose.input)
    const after = network.consumer(transpose.output)
    if (before?.op === 'Reshape') {
      transpose.absorb(before)
      network.setInput(transpose, 0, before.input)
      if (network.consumers(before.output).length === 0) network.remove(before)
    }
    if (after?.op === 'Reshape' && network.consumers(transpose.output).length === 1) {
      transpose.absorb(after)
      const { output } = after
      network.remove(after)
      network.setOutput(transpose, 0, output)
    }
    becomes(transpose, {
      op: 'Shuffle',
      figures: { NumChannels: lastOf(transpose.input) },
      outType: transpose.input.type,
    })
  }
}
