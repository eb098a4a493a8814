/**
 * What wrappers need on both sides, the same code in Node and in a browser. Whatever libraries do differently is a
 * choice to be made here: nothing is guessed.
 */
import { cornersOf, iou, nms } from './boxes.ts'
import { decode } from './image/decode.ts'
import { centerCrop, crop, grayscale, image, pad } from './image/image.ts'
import { letterbox, resize, resizeShorter } from './resize/resize.ts'
import { argmax, numbers, sigmoid, softmax, topK } from './scores.ts'
import { fromNested, full, tensor } from './tensor.ts'
import { toTensor } from './to-tensor.ts'

export const kit = {
  // tensors
  tensor,
  fromNested,
  full,
  numbers,
  // images
  decode,
  image,
  crop,
  centerCrop,
  pad,
  grayscale,
  resize,
  resizeShorter,
  letterbox,
  toTensor,
  // results
  softmax,
  sigmoid,
  argmax,
  topK,
  cornersOf,
  iou,
  nms,
}

export type Kit = typeof kit
