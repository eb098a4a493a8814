/** The XNNPACK target against ONNX Runtime's XNNPACK provider: its first question, QDQ units, aborts. */
import { rulesAgree } from './agrees.ts'

rulesAgree('xnnpack', ['1.30'])
