/**
 * FINN's way from a QONNX model to hardware layers, step by step as its builder takes them. Sources: builder/
 * build_dataflow_steps.py and streamline/__init__.py of FINN, 0.10 (39f0c9a) and dev (73ba5ed).
 */
import type { Graph } from '../../graph/model.ts'
import type { Inference } from '../../infer/facts.ts'
import { convertActivations } from './activations.ts'
import { extractBiases, foldQuantizedWeights, replaceGemms } from './dialect.ts'
import * as elements from './hardware/elements.ts'
import { inferBinaryMatrix, inferDepthwiseMatrix, inferQuantizedMatrix } from './hardware/matrix.ts'
import * as windows from './hardware/windows.ts'
import { inferLayouts } from './layouts.ts'
import { bipolarToXnor, lowerConvolutions } from './lower.ts'
import type { Network } from './network.ts'
import { convertAveragePools } from './pools.ts'
import { foldConstants, foldTransposesIntoQuantizers, keptByTidyUp, readNetwork } from './read.ts'
import * as absorb from './streamline/absorb.ts'
import * as affine from './streamline/affine.ts'
import * as move from './streamline/move.ts'
import * as transposes from './streamline/transposes.ts'
import { apply, inferTypes, removeIdentities, streamlineWith, type Transformation } from './transform.ts'

export interface FlowOptions {
  readonly version: '0.10' | 'dev'
  readonly steps: 'default' | 'extended'
}

/** The network with its hardware layers; what FINN stops at stands in `stops`. */
export function runFlow(inference: Inference, graph: Graph, { version }: FlowOptions): Network {
  const development = version === 'dev'
  const network = readNetwork(inference, graph)
  toDialect(inference, network, development)
  tidyUp(inference, network)
  streamlineStep(network, development)
  if (development) convertAll(network)
  else convertDefault(network)
  return network
}

/** Skipped as a whole where nothing is to be converted; a BipolarQuant alone does not count. */
function toDialect(inference: Inference, network: Network, development: boolean): void {
  if (network.of('Quant', 'Trunc').length === 0) return
  extractBiases(network, development)
  network.sort()
  replaceGemms(network)
  network.sort()
  foldTransposesIntoQuantizers(network)
  inferTypes(network)
  foldQuantizedWeights(network, development)
  network.sort()
  convertActivations(network, development)
  network.sort()
  inferTypes(network)
  convertAveragePools(network, development ? truncVersion(inference) : 1)
  network.sort()
  inferTypes(network)
  removeIdentities(network)
}

const truncVersion = ({ model: { opsets } }: Inference): 1 | 2 =>
  (opsets.get('qonnx.custom_op.general') ?? opsets.get('onnx.brevitas') ?? 1) >= 2 ? 2 : 1

function tidyUp(inference: Inference, network: Network): void {
  foldConstants(inference, network, keptByTidyUp)
  network.sort()
  for (const dequantize of network.of('DequantizeLinear')) {
    const maker = network.maker(dequantize.input)
    if (!maker || maker.domain === '') continue
    const why = `it reads what ${maker.domain}::${maker.op} gives, whose element type ONNX's shape inference does not know`
    network.stop('DequantizeLinear/type', dequantize, why)
  }
  inferTypes(network)
}

const streamlining = (development: boolean): readonly Transformation[] => {
  const past = move.moveScalarPastInvariants(development)
  return [
    affine.subtractByAdding,
    affine.divideByMultiplying,
    affine.batchNormToAffine,
    affine.signToThresholds,
    move.moveMulPastMaxPool,
    ...(development ? [] : [past]),
    absorb.absorbSignBias,
    ...(development ? [past] : []),
    affine.moveAddPastMul,
    move.moveScalarAddPastMatMul,
    move.moveAddPastConv,
    move.moveScalarMulPastMatMul(development),
    move.moveScalarMulPastConv,
    affine.moveAddPastMul,
    affine.collapseAdds,
    affine.collapseMuls,
    move.moveMulPastMaxPool,
    absorb.absorbAdds(development),
    absorb.factorOutSigns(development),
    absorb.absorbMuls,
    absorb.absorbSigns('MatMul', development),
    absorb.absorbSigns('Conv', development),
    ...(development ? [] : [absorb.roundThresholds]),
  ]
}

function streamlineStep(network: Network, development: boolean): void {
  apply(network, absorb.absorbSignBias)
  streamlineWith(network, streamlining(development))
  if (network.of('Conv').length > 0) {
    lowerConvolutions(network, development)
    network.sort()
    apply(network, transposes.makePoolsChannelsLast)
    apply(network, transposes.absorbTransposesIntoThresholds)
    apply(network, transposes.makePoolsChannelsLast)
    apply(network, transposes.absorbConsecutiveTransposes)
    inferTypes(network)
  }
  apply(network, bipolarToXnor)
  inferTypes(network)
  streamlineWith(network, streamlining(development))
  apply(network, absorb.absorbIntoTopK)
  inferTypes(network)
  inferLayouts(network, development)
}

/** FINN 0.10, default steps. */
function convertDefault(network: Network): void {
  const convert = (infer: (network: Network, development: boolean) => void): void => {
    infer(network, false)
    network.sort()
    inferTypes(network)
  }
  convert(inferBinaryMatrix)
  convert(inferQuantizedMatrix)
  convert(elements.inferLabelSelect)
  convert(elements.inferThresholding)
  if (network.of('Im2Col').length > 0) {
    convert(windows.inferGenerators)
    convert(windows.inferStreamingMaxPool)
    convert(windows.removeFlattens)
  }
  apply(network, transposes.absorbConsecutiveTransposes)
  inferLayouts(network, false)
}

/** FINN's development version asks for every layer it has, except where the operator is not in the network. */
function convertAll(network: Network): void {
  const convert = (infer: (network: Network, development: boolean) => void): void => {
    infer(network, true)
    network.sort()
    inferTypes(network)
  }
  convert(inferBinaryMatrix)
  convert(inferQuantizedMatrix)
  convert(inferDepthwiseMatrix)
  convert(elements.inferLabelSelect)
  convert(elements.inferThresholding)
  convert(windows.inferPools)
  convert(windows.inferGenerators)
  if (network.of('ConvolutionInputGenerator').length > 0) convert(windows.removeFlattens)
  convert(windows.inferConcats)
  convert(windows.inferSplits)
  convert(elements.inferElementwise)
  convert(elements.inferRelu)
  // A Resize is only looked at where there is an Upsample, too.
  if (network.of('Upsample').length > 0) convert(windows.inferUpsamples)
  convert(windows.inferGlobalPools)
  convert(windows.inferLookups)
  convert(elements.inferSoftmax)
  convert(elements.inferLayerNorm)
  convert(elements.inferRequant)
  convert(elements.inferDuplicates)
  apply(network, transposes.absorbConsecutiveTransposes)
  inferLayouts(network, true)
  convert(windows.inferShuffles)
}
