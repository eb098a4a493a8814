/** The sample models by the name of their file. */
import { cnnInt8Qdq } from './cnn-int8-qdq.ts'
import { detectorNms } from './detector-nms.ts'
import { efficientnetLite } from './efficientnet-lite.ts'
import { keywordSpotterLstm } from './keyword-spotter-lstm.ts'
import { phoneBreaker } from './phone-breaker.ts'
import { textEncoder } from './text-encoder.ts'
import { unet } from './unet.ts'

export const sampleModels: Readonly<Record<string, () => Uint8Array>> = {
  'efficientnet-lite': efficientnetLite,
  'detector-nms': detectorNms,
  'text-encoder': textEncoder,
  'keyword-spotter-lstm': keywordSpotterLstm,
  unet,
  'cnn-int8-qdq': cnnInt8Qdq,
  'phone-breaker': () => phoneBreaker(),
}
