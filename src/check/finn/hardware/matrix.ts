/** Products: MVAU and VVAU, with the thresholds behind them. Source: convert_to_hw_layers.py of FINN. */
import { binary, bipolar, isInteger, isSigned } from '../datatype.ts'
import type { Network, Operation } from '../network.ts'
import type { Thresholds } from '../thresholds.ts'
import { becomes, leading, mergeInto } from './layer.ts'

export function inferBinaryMatrix(network: Network): void {
  for (const matmul of network.of('XnorPopcountMatMul')) {
    if (matmul.input.type !== binary) {
      network.stop('MatMul/bipolar', matmul, `its input has the type ${matmul.input.type}`)
      continue
    }
    const behind = network.consumer(matmul.output)
    toMatrix(network, matmul, behind?.thresholds ? behind : null)
  }
}

/** Weights that are computed are taken by the development version only. */
export function inferQuantizedMatrix(network: Network, development: boolean): void {
  for (const matmul of network.of('MatMul')) {
    const weight = matmul.inputs[1]
    if (!weight || weight.depthwise || !isInteger(matmul.input.type) || !isInteger(weight.type)) continue
    if (!weight.constant && !development) {
      network.stop('MatMul/constant-weight', matmul, 'both of its inputs are computed', [weight])
      continue
    }
    const behind = network.consumer(matmul.output)
    if (behind?.thresholds) checkThresholds(network, behind, behind.thresholds, weight.shape?.at(-1) ?? 0, true)
    toMatrix(network, matmul, behind?.thresholds ? behind : null)
  }
}

function toMatrix(network: Network, matmul: Operation, behind: Operation | null): void {
  const weight = matmul.inputs[1]
  const shape = weight?.shape ?? []
  const figures = {
    MW: shape.at(-2) ?? 0,
    MH: shape.at(-1) ?? 0,
    vectors: leading(matmul.input),
    inputType: matmul.input.type,
    weightType: weight?.type ?? '',
  }
  const outType = behind?.output.type ?? matmul.output.type
  if (behind) mergeInto(network, matmul, behind)
  becomes(matmul, { op: 'MVAU', figures, outType })
}

export function inferDepthwiseMatrix(network: Network): void {
  for (const matmul of network.of('MatMul')) {
    const weight = matmul.inputs[1]
    if (!weight?.depthwise || !isInteger(matmul.input.type) || !isInteger(weight.type)) continue
    const channels = weight.shape?.[1] ?? 0
    const behind = network.consumer(matmul.output)
    if (behind?.thresholds) checkThresholds(network, behind, behind.thresholds, channels, false)
    const [height, width] = weight.depthwise
    const figures = {
      Channels: channels,
      kernel: height * width,
      vectors: leading(matmul.input),
      inputType: matmul.input.type,
      weightType: weight.type,
    }
    const outType = behind?.thresholds ? behind.output.type : matmul.output.type
    if (behind?.thresholds) mergeInto(network, matmul, behind)
    becomes(matmul, { op: 'VVAU', figures, outType })
  }
}

/** What FINN asserts of thresholds that become part of a layer or one of their own. */
export function checkThresholds(
  network: Network,
  operation: Operation,
  { rows, scale, bias }: Thresholds,
  channels: number | null,
  bipolarPasses: boolean,
): void {
  const type = operation.output.type
  if (channels !== null && rows !== 1 && rows !== channels)
    network.stop('Quant/granularity', operation, `its thresholds have ${rows} rows for ${channels} channels`)
  const passes = bipolarPasses && type === bipolar && scale === 2 && bias === -1
  if (scale !== 1 && !passes) network.stop('BipolarQuant/factor', operation, `its thresholds have the factor ${scale}`)
  const mayBeSigned = !bipolarPasses && type === bipolar
  if (isSigned(type) && bias >= 0 && !mayBeSigned)
    network.stop('BipolarQuant/bias', operation, `its output is signed, and its thresholds have the summand ${bias}`)
}
