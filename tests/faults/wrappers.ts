/** A wrapper for the network with one part written otherwise: images at random in, label, scores and boxes out. */

const parts = {
  /** 40 × 30 → 16 × 16. */
  resize:
    "kit.resize(picture, { width: 20, height: 20 }, { filter: 'bilinear', antialias: true, coordinates: 'half_pixel' })",
  crop: 'kit.crop(resized, { left: 2, top: 2, width: 16, height: 16 })',
  tensor:
    "kit.toTensor(cropped, { layout: 'NCHW', order: 'RGB', scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })",
  prepared: 'tensor',
  scores: 'Array.from(outputs.scores.data)',
  label: 'scores.indexOf(Math.max(...scores))',
  /** Sixteen boxes in a row, each beside the last. */
  boxes: 'Array.from({ length: 16 }, (_, i) => [i * 4, 10, i * 4 + 12, 30 + features[i % 8]])',
  confidence: 'boxes.map((_, i) => 0.5 + 0.4 * Math.sin(i * 3) + features[i % 8] / 100)',
  kept: 'kit.nms(boxes, confidence, { iou: 0.45, score: 0.2 })',
  detected: 'kept.map((i) => boxes[i])',
  checksum: 'Math.round(features.reduce((sum, one) => sum + one * 2 ** 33, 0) / 2 ** 24)',
  top: 'kit.topK(outputs.scores, 3).map(({ index }) => index)',
  confident: 'scores[label] >= 0.2',
} as const

export type WrapperChange = Partial<Record<keyof typeof parts, string>>

/** @param change other code for some of the parts */
export function wrapperWith(change: WrapperChange = {}): string {
  const part = { ...parts, ...change }
  return `
let state = 1
const random = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24)
export default {
  samples: Array.from({ length: 3 }, (_, i) => ({ id: 'picture ' + i, data: Uint8Array.from({ length: 40 * 30 * 3 }, (_, k) => (random() + k + i * 40) % 256) })),
  preprocess(sample, kit) {
    const picture = kit.image(40, 30, 3, sample.data)
    const resized = ${part.resize}
    const cropped = ${part.crop}
    const tensor = ${part.tensor}
    return { image: ${part.prepared} }
  },
  postprocess(outputs, kit) {
    const features = Array.from(outputs.features.data)
    const scores = ${part.scores}
    const label = ${part.label}
    const boxes = ${part.boxes}
    const confidence = ${part.confidence}
    const kept = ${part.kept}
    return {
      label,
      scores,
      boxes: ${part.detected},
      checksum: ${part.checksum},
      top: ${part.top},
      confident: ${part.confident},
    }
  },
  compare: { boxes: { iou: 0.99 }, checksum: { atol: 64 } },
}
`
}
