/** A small model, and the same with something planted in it. */
import { Builder } from '../../models/builder.ts'

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
