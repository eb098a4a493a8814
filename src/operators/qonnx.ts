/** Quantisers of QONNX: they keep the shape and the element type, and only round values. Source: QONNX's operator documents. */
import { Unknown } from '../graph/dim.ts'
import { family, type Operator } from './operator.ts'
import { qonnxSchemas } from './qonnx-schemas.ts'

const keepsType: Operator = {
  infer(c) {
    c.output(0, c.shape(0) ?? new Unknown(c.why(0)), c.dtype(0))
  },
}

export const qonnx = family(
  Object.fromEntries(
    [...qonnxSchemas].flatMap(([domain, names]) => [...names.keys()].map((name) => [`${domain}::${name}`, keepsType])),
  ),
)
