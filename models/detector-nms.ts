/**
 * An anchor-free one-stage detector in the manner of FCOS and YOLOX with its post-processing inside: a small backbone,
 * a pyramid of two levels (nearest Resize, Concat), a decoupled head, boxes decoded on the grid, NonMaxSuppression and
 * the gathering of what survived. The number of detections hangs on the data.
 */
import { Builder, int64, int64Scalar } from './builder.ts'

const size = 256
const classes = 20
/** Stride and cells per side of each pyramid level. */
const levels = [
  { stride: 16, cells: size / 16 },
  { stride: 32, cells: size / 32 },
]
const anchors = levels.reduce((sum, { cells }) => sum + cells * cells, 0)

export function detectorNms(): Uint8Array {
  const b = new Builder(
    { name: 'detector-nms', description: 'One-stage object detector with NonMaxSuppression; random weights.' },
    2,
  )
  b.input('images', 'float32', [1, 3, size, size])

  const conv = (x: string, name: string, from: number, to: number, kernel: number, stride = 1): string =>
    b.module(name, () =>
      b.node(
        'Conv',
        [x, b.weight(`${name}.weight`, [to, from, kernel, kernel], from * kernel ** 2), b.bias(`${name}.bias`, to)],
        {
          dilations: [1, 1],
          group: 1,
          kernel_shape: [kernel, kernel],
          pads: Array.from({ length: 4 }, () => (kernel - 1) / 2),
          strides: [stride, stride],
        },
      ),
    )
  /** Convolution and SiLU, which exporters write as Sigmoid and Mul. */
  const block = (x: string, name: string, from: number, to: number, kernel: number, stride = 1): string => {
    const y = conv(x, `${name}.conv`, from, to, kernel, stride)
    return b.module(`${name}.act`, () => b.node('Mul', [y, b.node('Sigmoid', [y])]))
  }

  let x = block('images', 'backbone.0', 3, 16, 3, 2)
  x = block(x, 'backbone.1', 16, 32, 3, 2)
  x = block(x, 'backbone.2', 32, 48, 3, 2)
  const fine = block(x, 'backbone.3', 48, 64, 3, 2)
  const coarse = block(fine, 'backbone.4', 64, 96, 3, 2)
  const lateral = block(coarse, 'neck.lateral', 96, 64, 1)
  const upsampled = b.module('neck.upsample', () =>
    b.node(
      'Resize',
      [lateral, '', b.initializer('neck.upsample.scales', { dims: [4], data: Float32Array.of(1, 1, 2, 2) })],
      {
        coordinate_transformation_mode: 'asymmetric',
        mode: 'nearest',
        nearest_mode: 'floor',
      },
    ),
  )
  const merged = b.module('neck', () => b.node('Concat', [upsampled, fine], { axis: 1 }))
  const features = [block(merged, 'neck.fuse', 128, 64, 3), lateral]

  const distances: string[] = []
  const logits: string[] = []
  for (const [level, { cells }] of levels.entries()) {
    const feature = features[level] ?? ''
    const flat = (y: string, channels: number): string =>
      b.node('Reshape', [y, b.constant(int64(1, channels, cells * cells))], { allowzero: 0 })
    const boxes = conv(block(feature, `head.box.${level}.0`, 64, 32, 3), `head.box.${level}.1`, 32, 4, 1)
    const scores = conv(block(feature, `head.cls.${level}.0`, 64, 32, 3), `head.cls.${level}.1`, 32, classes, 1)
    b.module('head', () => {
      distances.push(flat(boxes, 4))
      logits.push(flat(scores, classes))
    })
  }

  const [boxes, scores] = b.module('decode', () => {
    const distance = b.node('Exp', [b.node('Concat', distances, { axis: 2 })])
    const [before, after] = ['/decode/Split_output_0', '/decode/Split_output_1']
    b.node('Split', [distance, b.constant(int64(2, 2))], { axis: 1 }, { outputs: [before, after] })
    const centers = b.initializer('decode.centers', { dims: [1, 2, anchors], data: gridCenters() })
    const strides = b.initializer('decode.strides', { dims: [1, 1, anchors], data: gridStrides() })
    const corners = [b.node('Sub', [centers, before]), b.node('Add', [centers, after])]
    const scaled = b.node('Mul', [b.node('Concat', corners, { axis: 1 }), strides])
    return [
      b.node('Transpose', [scaled], { perm: [0, 2, 1] }),
      b.node('Sigmoid', [b.node('Concat', logits, { axis: 2 })]),
    ] as const
  })

  b.module('nms', () => {
    const selected = b.node('NonMaxSuppression', [
      boxes,
      scores,
      b.initializer('nms.max_output_boxes_per_class', { dims: [1], data: BigInt64Array.of(20n) }),
      b.initializer('nms.iou_threshold', { dims: [1], data: Float32Array.of(0.5) }),
      b.initializer('nms.score_threshold', { dims: [1], data: Float32Array.of(0.6) }),
    ])
    const column = (index: number): string => b.node('Gather', [selected, b.constant(int64Scalar(index))], { axis: 1 })
    const label = column(1)
    const box = column(2)
    b.node('Gather', [b.node('Squeeze', [boxes, b.constant(int64(0))]), box], { axis: 0 }, { outputs: ['boxes'] })
    const flatScores = b.node('Reshape', [scores, b.constant(int64(-1))], { allowzero: 0 })
    const row = b.node('Mul', [label, b.constant(int64Scalar(anchors))])
    b.node('Gather', [flatScores, b.node('Add', [row, box])], { axis: 0 }, { outputs: ['scores'] })
    b.node('Identity', [label], {}, { outputs: ['labels'] })
  })
  b.output('boxes', 'float32', ['detections', 4])
  b.output('scores', 'float32', ['detections'])
  b.output('labels', 'int64', ['detections'])
  return b.encode()
}

/** x of every cell's centre in cells, then y: [2, anchors]. */
function gridCenters(): Float32Array {
  const xs: number[] = []
  const ys: number[] = []
  for (const { cells } of levels)
    for (let cell = 0; cell < cells * cells; cell++) {
      xs.push((cell % cells) + 0.5)
      ys.push(Math.floor(cell / cells) + 0.5)
    }
  return Float32Array.from([...xs, ...ys])
}

const gridStrides = (): Float32Array =>
  Float32Array.from(levels.flatMap(({ stride, cells }) => Array.from({ length: cells * cells }, () => stride)))
