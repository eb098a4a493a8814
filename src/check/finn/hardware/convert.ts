/** Which layers FINN asks for, in its order. Source: builder/build_dataflow_steps.py of FINN, step_convert_to_hw. */
import { inferLayouts } from '../layouts.ts'
import type { Network } from '../network.ts'
import { absorbConsecutiveTransposes } from '../streamline/transposes.ts'
import { apply, inferTypes } from '../transform.ts'
import * as elements from './elements.ts'
import { inferBinaryMatrix, inferDepthwiseMatrix, inferQuantizedMatrix } from './matrix.ts'
import * as windows from './windows.ts'

/** FINN 0.10, default steps. */
export function convertDefault(network: Network): void {
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
  apply(network, absorbConsecutiveTransposes)
  inferLayouts(network, false)
}

/** FINN 0.10, every layer that it has. */
export function convertExtended(network: Network): void {
  const convert = (infer: (network: Network, development: boolean) => void): void => {
    infer(network, false)
    network.sort()
    inferTypes(network)
  }
  convert(inferBinaryMatrix)
  convert(inferQuantizedMatrix)
  convert(inferDepthwiseMatrix)
  convert(elements.inferLabelSelect)
  convert(elements.inferStreams)
  convert(elements.inferChannelwise)
  convert(elements.inferThresholding)
  convert(windows.inferUpsamples)
  convert(windows.inferConcats)
  convert(windows.inferLookups)
  convert(windows.inferGlobalPools)
  convert(windows.inferStreamingMaxPool)
  convert(windows.inferPools)
  convert(windows.inferGenerators)
  convert(windows.removeFlattens)
  apply(network, absorbConsecutiveTransposes)
  convert(elements.inferDuplicates)
  inferLayouts(network, false)
}

/** FINN's development version asks for every layer it has, except where the operator is not in the network. */
export function convertByDevelopment(network: Network, extended: boolean): void {
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
  // Build scripts ask for elements last, so that the factor behind a mean is one of them.
  if (!extended) convert(elements.inferElementwise)
  convert(elements.inferRelu)
  // By default a Resize is only looked at where there is an Upsample, too.
  if (extended || network.of('Upsample').length > 0) convert(windows.inferUpsamples)
  convert(windows.inferGlobalPools)
  convert(windows.inferLookups)
  convert(elements.inferSoftmax)
  convert(elements.inferLayerNorm)
  convert(elements.inferRequant)
  if (extended) {
    convert(elements.inferElementwise)
    convert(windows.removeFlattens)
  }
  convert(elements.inferDuplicates)
  apply(network, absorbConsecutiveTransposes)
  inferLayouts(network, true)
  // Scripts of releases before know no layer for a Transpose, and have brought them together instead.
  if (!extended) convert(windows.inferShuffles)
}
