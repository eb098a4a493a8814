/** The Core ML targets against ONNX Runtime's Core ML provider: releases, Core ML versions, static shapes, float16. */
import { rulesAgree } from './agrees.ts'

rulesAgree('coreml-mlprogram', ['1.30', '1.23'])
rulesAgree('coreml-neuralnetwork', ['1.30', '1.23'])
