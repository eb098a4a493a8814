/** What ONNX Runtime's own shape inference keeps and loses, and where. */
import { describe, expect, it } from 'vitest'
import { Builder, int64, int64Scalar } from '../../models/builder.ts'
import { dimText } from '../../src/graph/dim.ts'
import { readModel } from '../../src/graph/read.ts'
import type { InferOptions } from '../../src/infer/facts.ts'
import { inferModel, runtimeView } from '../../src/infer/infer.ts'

interface Seen {
  readonly exact: readonly (number | string | null)[] | null
  readonly runtime: readonly (number | string | null)[] | null
  /** Name of the node at which it was lost. */
  readonly lostAt: string | null
}

/** The value `y`: as it follows, and as the runtime has it (`folds`: when constants have been folded). */
async function see(build: (b: Builder) => void, folds = false, options: InferOptions = {}, opset = 17): Promise<Seen> {
  const builder = new Builder({ name: 'lost', description: '', opset }, 1)
  build(builder)
  const model = await readModel(builder.encode())
  const y = model.graph.values.get('y')
  if (!y) throw new Error('no y')
  const exact = inferModel(model, options)
  const runtime = runtimeView(exact, folds)
  const shapeIn = ({ facts }: typeof exact, of = exact) => {
    const { type } = facts.call(of, y)
    return type?.kind === 'tensor' ? (type.shape?.map(dimText) ?? null) : null
  }
  return { exact: shapeIn(exact), runtime: shapeIn(runtime, runtime), lostAt: runtime.lostAt(y)?.name ?? null }
}

const y = { outputs: ['y'] }
const shapeOf = (b: Builder, x: string) => b.node('Shape', [x])
const sizeAt = (b: Builder, x: string, axis: number) =>
  b.node('Unsqueeze', [b.node('Gather', [shapeOf(b, x), b.constant(int64Scalar(axis))]), b.constant(int64(0))])

describe('shape computations', () => {
  it('are followed as long as only sizes are in them', async () => {
    const build = (b: Builder) => {
      const x = b.input('x', 'float32', [2, 3, 4])
      const shape = b.node('Concat', [sizeAt(b, x, 2), sizeAt(b, x, 0), sizeAt(b, x, 1)], { axis: 0 })
      b.node('Reshape', [x, shape], {}, y)
    }
    expect(await see(build)).toEqual({ exact: [4, 2, 3], runtime: [4, 2, 3], lostAt: null })
  })

  const withConstant = (b: Builder) => {
    const x = b.input('x', 'float32', [2, 3, 4])
    const shape = b.node('Concat', [sizeAt(b, x, 0), b.constant(int64(12))], { axis: 0 })
    b.node('Reshape', [x, shape], {}, { ...y, name: 'flatten' })
  }
  it('end at a constant, until constants are folded', async () => {
    expect(await see(withConstant)).toEqual({ exact: [2, 12], runtime: [null, null], lostAt: 'flatten' })
    expect(await see(withConstant, true)).toEqual({ exact: [2, 12], runtime: [2, 12], lostAt: null })
  })
  it('lose even the rank before opset 14', async () => {
    expect(await see(withConstant, false, {}, 13)).toEqual({ exact: [2, 12], runtime: null, lostAt: 'flatten' })
  })

  it('are not followed when one dimension is open', async () => {
    const build = (b: Builder) => {
      const x = b.input('x', 'float32', ['N', 3, 4])
      b.node('ConstantOfShape', [sizeAt(b, x, 1)], {}, { ...y, name: 'zeros' })
    }
    expect(await see(build)).toEqual({ exact: [3], runtime: [null], lostAt: 'zeros' })
    expect(await see(build, false, { dims: new Map([['N', 1]]) })).toMatchObject({ runtime: [3], lostAt: null })
  })

  it('a Reshape that copies sizes of its data has a constant shape in a session', async () => {
    const build = (b: Builder) => {
      const x = b.input('x', 'float32', ['N', 'S', 32])
      const parts = [sizeAt(b, x, 0), sizeAt(b, x, 1), b.constant(int64(4)), b.constant(int64(8))]
      b.node('Reshape', [x, b.node('Concat', parts, { axis: 0 })], {}, { ...y, name: 'heads' })
    }
    expect(await see(build)).toEqual({ exact: ['N', 'S', 4, 8], runtime: ['N', 'S', null, null], lostAt: 'heads' })
    expect(await see(build, true)).toEqual({ exact: ['N', 'S', 4, 8], runtime: ['N', 'S', 4, 8], lostAt: null })
  })
})

describe('what is kept', () => {
  it('what the file declares of a value', async () => {
    const build = (b: Builder) => {
      const x = b.input('x', 'float32', [2, 3, 4])
      const shape = b.node('Concat', [sizeAt(b, x, 0), b.constant(int64(12))], { axis: 0 })
      b.output(b.node('Reshape', [x, shape], {}, y), 'float32', [2, 12])
    }
    expect(await see(build)).toEqual({ exact: [2, 12], runtime: [2, 12], lostAt: null })
  })
  it('sizes that are open for us, too, as they are', async () => {
    const build = (b: Builder) => {
      const x = b.input('x', 'float32', ['N', 3, 'H', 8])
      b.node('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] }, y)
    }
    expect(await see(build)).toEqual({
      exact: ['N', 3, 'floor(H/2)', 4],
      runtime: ['N', 3, 'floor(H/2)', 4],
      lostAt: null,
    })
  })
  it('the place of the loss, for everything behind it', async () => {
    const build = (b: Builder) => {
      const x = b.input('x', 'float32', [2, 8])
      const ends = b.node('Mul', [sizeAt(b, x, 1), b.constant(int64(1))])
      const axes = [b.constant(int64(0)), ends, b.constant(int64(1))]
      const cut = b.node('Slice', [x, ...axes], {}, { name: 'cut' })
      b.node('Relu', [b.node('Exp', [cut])], {}, y)
    }
    expect(await see(build)).toEqual({ exact: [2, 8], runtime: [null, null], lostAt: 'cut' })
  })
})
