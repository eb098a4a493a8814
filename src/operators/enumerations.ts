/** String attributes that are one of a few words, by operator of ai.onnx. Source: the ONNX operator specification. */

const autoPad = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID']
const padded = [
  'Conv',
  'ConvTranspose',
  'ConvInteger',
  'QLinearConv',
  'DeformConv',
  'MaxPool',
  'AveragePool',
  'LpPool',
] as const
const direction = ['forward', 'reverse', 'bidirectional']
const reduction = ['none', 'add', 'mul', 'max', 'min']
const lossReduction = ['none', 'sum', 'mean']

const words: Record<string, Record<string, readonly string[]>> = {
  ...Object.fromEntries(padded.map((name) => [name, { auto_pad: autoPad }])),
  RNN: { direction },
  LSTM: { direction },
  GRU: { direction },
  Pad: { mode: ['constant', 'reflect', 'edge', 'wrap'] },
  Resize: {
    mode: ['nearest', 'linear', 'cubic'],
    nearest_mode: ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'],
    coordinate_transformation_mode: [
      'half_pixel',
      'half_pixel_symmetric',
      'pytorch_half_pixel',
      'align_corners',
      'asymmetric',
      'tf_half_pixel_for_nn',
      'tf_crop_and_resize',
    ],
    keep_aspect_ratio_policy: ['stretch', 'not_larger', 'not_smaller'],
  },
  DepthToSpace: { mode: ['DCR', 'CRD'] },
  GridSample: {
    mode: ['bilinear', 'nearest', 'bicubic', 'linear', 'cubic'],
    padding_mode: ['zeros', 'border', 'reflection'],
  },
  RoiAlign: { mode: ['avg', 'max'], coordinate_transformation_mode: ['half_pixel', 'output_half_pixel'] },
  Gelu: { approximate: ['none', 'tanh'] },
  BitShift: { direction: ['LEFT', 'RIGHT'] },
  ScatterElements: { reduction },
  ScatterND: { reduction },
  NegativeLogLikelihoodLoss: { reduction: lossReduction },
  SoftmaxCrossEntropyLoss: { reduction: lossReduction },
  ImageDecoder: { pixel_format: ['RGB', 'BGR', 'Grayscale'] },
}

/** Operator → attribute → the words it may be. */
export const enumerations: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> = new Map(
  Object.entries(words).map(([op, attributes]) => [op, new Map(Object.entries(attributes))]),
)
