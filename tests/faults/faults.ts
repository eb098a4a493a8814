/** What is planted, and where it must be found. Clean ones are other ways to write the same. */
import type { NetworkFault } from './network.ts'
import type { WrapperChange } from './wrappers.ts'

export const before: Readonly<Record<string, WrapperChange>> = {
  'BGR in place of RGB': {
    tensor:
      "kit.toTensor(cropped, { layout: 'NCHW', order: 'BGR', scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })",
  },
  '0–255 in place of 0–1': {
    tensor:
      "kit.toTensor(cropped, { layout: 'NCHW', order: 'RGB', scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })",
  },
  'mean and deviation in the order of BGR': {
    tensor:
      "kit.toTensor(cropped, { layout: 'NCHW', order: 'RGB', scale: 1 / 255, mean: [0.406, 0.456, 0.485], std: [0.225, 0.224, 0.229] })",
  },
  'mean before the scale': {
    tensor:
      "kit.toTensor(cropped, { layout: 'NCHW', order: 'RGB', scale: 1 / 256, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })",
  },
  'no antialias': {
    resize:
      "kit.resize(picture, { width: 20, height: 20 }, { filter: 'bilinear', antialias: false, coordinates: 'half_pixel' })",
  },
  'corners aligned': {
    resize:
      "kit.resize(picture, { width: 20, height: 20 }, { filter: 'bilinear', antialias: true, coordinates: 'align_corners' })",
  },
  'another filter': {
    resize:
      "kit.resize(picture, { width: 20, height: 20 }, { filter: 'bicubic', antialias: true, coordinates: 'half_pixel' })",
  },
  'a crop that is off by one': { crop: 'kit.crop(resized, { left: 3, top: 2, width: 16, height: 16 })' },
  'colours side by side under the shape of planes': {
    tensor:
      "kit.toTensor(cropped, { layout: 'NHWC', order: 'RGB', scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })",
    prepared: '({ ...tensor, dims: [1, 3, 16, 16] })',
  },
  'rows and columns exchanged': {
    prepared:
      '({ ...tensor, data: tensor.data.map((_, i) => tensor.data[i - (i % 256) + (i % 16) * 16 + Math.floor((i % 256) / 16)]) })',
  },
  mirrored: {
    prepared: '({ ...tensor, data: tensor.data.map((_, i) => tensor.data[i - (i % 16) + 15 - (i % 16)]) })',
  },
  'rounded to bytes once more': {
    prepared: '({ ...tensor, data: tensor.data.map((value) => Math.floor(value * 64) / 64) })',
  },
}

export const after: Readonly<Record<string, WrapperChange>> = {
  'another NMS threshold': { kept: 'kit.nms(boxes, confidence, { iou: 0.55, score: 0.2 })' },
  'another score threshold': { kept: 'kit.nms(boxes, confidence, { iou: 0.45, score: 0.7 })' },
  'an integer of 32 bits that overflows': {
    checksum: '(features.reduce((sum, one) => (sum + one * 2 ** 33) | 0, 0) / 2 ** 24)',
  },
  'softmax once more': { scores: 'Array.from(kit.softmax(outputs.scores, 1).data)' },
  'labels from one on': { label: 'scores.indexOf(Math.max(...scores)) + 1', confident: 'scores[label - 1] >= 0.2' },
  'the lowest score': { label: 'scores.indexOf(Math.min(...scores))' },
  'boxes by centre and size': {
    detected:
      'kept.map((i) => { const [x0, y0, x1, y1] = boxes[i]; return [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0] })',
  },
  'boxes of the input’s size': { detected: 'kept.map((i) => boxes[i].map((one) => one * (16 / 20)))' },
  'numbers sorted as texts': {
    top: '[...scores.keys()].sort((a, b) => String(b).localeCompare(String(a))).slice(0, 3)',
  },
  'a threshold the other way round': { confident: 'scores[label] < 0.2' },
}

/** Fault of the model → the node where it must be found. */
export const inside: Readonly<Record<Exclude<NetworkFault, `same-${string}`>, string>> = {
  weight: 'conv',
  padding: 'conv',
  leaky: 'activation',
  'resize-mode': 'resize',
  epsilon: 'norm',
  gelu: 'gelu',
  'reduce-axis': 'pool',
  clip: 'limit',
  'float16-overflow': 'narrow',
  nan: 'ratio',
  'transposed-weight': 'dense',
  'quantisation-scale': 'quantise',
  'softmax-axis': 'softmax',
}

export const clean: Readonly<Record<string, { readonly wrapper?: WrapperChange; readonly model?: NetworkFault }>> = {
  'the same': {},
  'an Identity more': { model: 'same-identity' },
  'Gemm in place of MatMul': { model: 'same-gemm' },
  'operands exchanged': { model: 'same-order' },
  'normalised by hand': {
    wrapper: {
      tensor: `(() => {
        const [mean, std] = [[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]
        const data = new Float32Array(768)
        for (let i = 0; i < 256; i++) for (let c = 0; c < 3; c++) data[c * 256 + i] = (cropped.data[i * 3 + c] / 255 - mean[c]) / std[c]
        return kit.tensor('float32', [1, 3, 16, 16], data)
      })()`,
    },
  },
  'cropped with slices': {
    wrapper: {
      crop: 'kit.image(16, 16, 3, Uint8Array.from({ length: 768 }, (_, i) => resized.data[((Math.floor(i / 48) + 2) * 20 + 2) * 3 + (i % 48)]))',
    },
  },
  'boxes in another order': { wrapper: { detected: 'kept.map((i) => boxes[i]).reverse()' } },
  'suppression in a loop of its own': {
    wrapper: {
      kept: `(() => {
        const left = [...boxes.keys()].filter((i) => confidence[i] >= 0.2).sort((a, b) => confidence[b] - confidence[a])
        const kept = []
        while (left.length > 0) {
          const best = left.shift()
          kept.push(best)
          for (const i of [...left]) if (kit.iou(boxes[best], boxes[i]) > 0.45) left.splice(left.indexOf(i), 1)
        }
        return kept
      })()`,
    },
  },
  'the arg-max of the kit': { wrapper: { label: 'kit.argmax(outputs.scores)' } },
  'scores in a typed array': { wrapper: { scores: 'outputs.scores.data.slice()' } },
  'a sum from the other end': {
    wrapper: { checksum: 'Math.round(features.reduceRight((sum, one) => sum + one * 2 ** 33, 0) / 2 ** 24)' },
  },
}
