/** The NNAPI target against ONNX Runtime's NNAPI provider: API levels, NCHW flag, QDQ units, partitions. */
import { rulesAgree } from './agrees.ts'

rulesAgree('nnapi', ['1.30'])
