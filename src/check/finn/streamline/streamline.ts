/**
 * Streamlining: factors and summands move towards thresholds and into them, convolutions become products. Source:
 * streamline/__init__.py and builder/build_dataflow_steps.py of FINN.
 */
import { inferLayouts } from '../layouts.ts'
import { bipolarToXnor, lowerConvolutions } from '../lower.ts'
import type { Network } from '../network.ts'
import { apply, inferTypes, streamlineWith, type Transformation } from '../transform.ts'
import * as absorb from './absorb.ts'
import * as affine from './affine.ts'
import * as joins from './joins.ts'
import * as move from './move.ts'
import * as transposes from './transposes.ts'

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

export function streamlineDefault(network: Network, development: boolean): void {
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
  finish(network, development)
}

function finish(network: Network, development: boolean): void {
  apply(network, bipolarToXnor)
  inferTypes(network)
  streamlineWith(network, streamlining(development))
  apply(network, absorb.absorbIntoTopK)
  inferTypes(network)
  inferLayouts(network, development)
}

/** As often as build scripts for residual networks repeat it. */
const extendedRounds = 3

/** What users add: factors past forks and joins, then transposes. Scripts differ in the order. */
export function streamlineExtended(network: Network, development: boolean): void {
  apply(network, absorb.absorbSignBias)
  const linear: readonly Transformation[] = [
    move.moveMulPastDepthwise,
    move.moveScalarMulPastConvTranspose,
    joins.moveLinearPastAdds,
    ...(development ? [joins.moveLinearPastConcats, joins.movePastSplits] : []),
    joins.movePastForks('Mul', 'Add'),
  ]
  const rounds = (): void => {
    for (let round = 0; round < extendedRounds; round++) {
      streamlineWith(network, streamlining(development))
      for (const transformation of linear) apply(network, transformation)
      inferTypes(network)
    }
  }
  rounds()
  if (network.of('Conv').length > 0) {
    lowerConvolutions(network, development)
    network.sort()
    for (let round = 0; round < extendedRounds; round++) moveTransposes(network, development)
    inferTypes(network)
  }
  apply(network, bipolarToXnor)
  inferTypes(network)
  rounds()
  finish(network, development)
}

function moveTransposes(network: Network, development: boolean): void {
  const steps: readonly Transformation[] = [
    transposes.makePoolsChannelsLast,
    joins.movePastForks('Transpose'),
    transposes.absorbTransposesIntoThresholds,
    transposes.makePoolsChannelsLast,
    joins.moveTransposesPastAdds,
    ...(development ? [joins.moveTransposesPastConcats, joins.movePastSplits] : []),
    joins.absorbTransposesIntoResize,
    joins.absorbTransposesIntoFlatten,
    move.moveScalarPastInvariants(development),
    transposes.absorbConsecutiveTransposes,
  ]
  for (const step of steps) apply(network, step)
}
