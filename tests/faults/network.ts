/** A small image classifier, in one place other than the usual one where `fault` says so. */
import { Builder, floatScalar, int64 } from '../../models/builder.ts'

export type NetworkFault =
  | 'weight'
  | 'transposed-weight'
  | 'padding'
  | 'softmax-axis'
  | 'float16-overflow'
  | 'nan'
  | 'resize-mode'
  | 'epsilon'
  | 'leaky'
  | 'gelu'
  | 'reduce-axis'
  | 'quantisation-scale'
  | 'clip'
  // The same in other words: no fault.
  | 'same-identity'
  | 'same-gemm'
  | 'same-order'

/** `image` [1, 3, 16, 16] → `scores` [1, 5] and `features` [1, 8]. */
export function network(fault: NetworkFault | null = null): Uint8Array {
  const builder = new Builder({ name: 'network', description: '', opset: 20, irVersion: 9 }, 11)
  const is = (one: NetworkFault) => fault === one
  const node = (op: string, name: string, inputs: string[], attributes: Parameters<Builder['node']>[2] = {}) =>
    builder.node(op, inputs, attributes, { name, outputs: [`${name}.out`] })
  const constant = (name: string, dims: number[], values: number[]) =>
    builder.initializer(name, { dims, data: Float32Array.from(values) })

  let x = builder.input('image', 'float32', [1, 3, 16, 16])
  if (is('same-identity')) x = node('Identity', 'nothing', [x])
  const kernel = builder.random.normals(8 * 27, 0.3)
  if (is('weight')) kernel[40] = (kernel[40] ?? 0) + 0.5
  builder.initializer('conv.weight', { dims: [8, 3, 3, 3], data: kernel })
  const pads = is('padding') ? [0, 0, 2, 2] : [1, 1, 1, 1]
  x = node('Conv', 'conv', [x, 'conv.weight', builder.bias('conv.bias', 8)], { pads })
  x = is('leaky') ? node('LeakyRelu', 'activation', [x]) : node('Relu', 'activation', [x])
  builder.initializer('sizes', int64(1, 8, 12, 12))
  x = node('Resize', 'resize', [x, '', '', 'sizes'], {
    mode: is('resize-mode') ? 'nearest' : 'linear',
    coordinate_transformation_mode: 'half_pixel',
  })
  const channels = (name: string, value: number) => constant(name, [8], Array<number>(8).fill(value))
  const [mean, variance] = [channels('norm.mean', 0.2), channels('norm.variance', is('epsilon') ? 1.1e-4 : 1e-4)]
  x = builder.node(
    'BatchNormalization',
    [x, channels('norm.scale', 0.01), channels('norm.shift', 0.1), mean, variance],
    {},
    {
      name: 'norm',
      outputs: ['norm.out'],
    },
  )
  x = node('Gelu', 'gelu', [x], is('gelu') ? { approximate: 'tanh' } : {})
  builder.initializer('axes', int64(...(is('reduce-axis') ? [2] : [2, 3])))
  x = node('ReduceMean', 'pool', [x, 'axes'])
  if (is('reduce-axis')) x = node('ReduceMax', 'pool.rest', [x, builder.initializer('axis3', int64(3))])
  x = node('Flatten', 'flat', [x])
  x = node('Clip', 'limit', [x, '', builder.initializer('most', floatScalar(is('clip') ? 0.05 : 10))])
  // A million has no place in float16.
  x = node('Cast', 'narrow', [node('Mul', 'large', [x, constant('up', [1], [1e6])])], {
    to: is('float16-overflow') ? 10 : 1,
  })
  x = node('Mul', 'small', [node('Cast', 'wide', [x], { to: 1 }), constant('down', [1], [1e-6])])
  // 0 / 0 where a guard is missing.
  const zero = node('Sub', 'zero', [x, x])
  const guard = node('Add', 'guard', [zero, constant('one', [1], [1])])
  const ratio = node('Div', 'ratio', is('nan') ? [zero, zero] : [guard, guard])
  x = node('Mul', 'guarded', [x, ratio])
  builder.node('Identity', [x], {}, { name: 'features', outputs: ['features'] })
  const dense = builder.random.normals(40, 3)
  const turned = Float32Array.from({ length: 40 }, (_, i) => dense[(i % 8) * 5 + Math.floor(i / 8)] ?? 0)
  const logits = denseLayer(builder, x, is('transposed-weight') ? turned : dense, is('same-gemm'))
  const shifted = is('same-order')
    ? node('Add', 'shift', [builder.bias('shift.bias', 5), logits])
    : node('Add', 'shift', [logits, builder.bias('shift.bias', 5)])
  builder.initializer('zero-point', { dims: [], data: Int8Array.of(0) })
  const scale = constant('q.scale', [], [is('quantisation-scale') ? 0.15 : 0.1])
  const quantised = node('QuantizeLinear', 'quantise', [shifted, scale, 'zero-point'])
  const back = node('DequantizeLinear', 'dequantise', [quantised, constant('dq.scale', [], [0.1]), 'zero-point'])
  builder.node('Softmax', [back], { axis: is('softmax-axis') ? 0 : 1 }, { name: 'softmax', outputs: ['scores'] })
  builder.output('scores', 'float32', [1, 5])
  builder.output('features', 'float32', [1, 8])
  return builder.encode()
}

function denseLayer(builder: Builder, x: string, weight: Float32Array, asGemm: boolean): string {
  builder.initializer('dense.weight', { dims: [8, 5], data: weight })
  const op = asGemm ? 'Gemm' : 'MatMul'
  return builder.node(op, [x, 'dense.weight'], {}, { name: 'dense', outputs: ['dense.out'] })
}
