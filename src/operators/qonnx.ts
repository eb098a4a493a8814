/** Quantisers of QONNX: they keep the shape and the element type, and only round values. Source: QONNX's operator documents. */
import { Unknown } from '../graph/dim.ts'
import { family, type Operator } from './operator.ts'

const keepsType: Operator = {
  infer(c) {
    c.output(0, c.shape(0) ?? new Unknown(c.why(0)), c.dtype(0))
  },
}

const names = ['Quant', 'IntQuant', 'FloatQuant', 'BipolarQuant', 'Trunc']
/** The domain under which the tools write them today, and those of older releases. */
const domains = ['qonnx.custom_op.general', 'finn.custom_op.general', 'onnx.brevitas']

export const qonnx = family(
  Object.fromEntries(domains.flatMap((domain) => names.map((name) => [`${domain}::${name}`, keepsType]))),
)
