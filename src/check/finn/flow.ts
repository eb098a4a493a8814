/**
 * FINN's way from a QONNX model to hardware layers, step by step as its builder takes them. Sources: builder/
 * build_dataflow_steps.py and streamline/__init__.py of FINN, 0.10 (39f0c9a) and dev (73ba5ed).
 */
import type { Graph } from '../../graph/model.ts'
import type { Inference } from '../../infer/facts.ts'
import { convertActivations } from './activations.ts'
import { extractBiases, foldQuantizedWeights, replaceGemms } from './dialect.ts'
import { convertByDevelopment, convertDefault, convertExtended } from './hardware/convert.ts'
import type { Network } from './network.ts'
import { convertAveragePools } from './pools.ts'
import { foldConstants, foldTransposesIntoQuantizers, keptByTidyUp, readNetwork } from './read.ts'
import { streamlineDefault, streamlineExtended } from './streamline/streamline.ts'
import { inferTypes, removeIdentities } from './transform.ts'

export interface FlowOptions {
  readonly version: '0.10' | 'dev'
  readonly steps: 'default' | 'extended'
}

/** The network with its hardware layers; what FINN stops at stands in `stops`. */
export function runFlow(inference: Inference, graph: Graph, { version, steps }: FlowOptions): Network {
  const development = version === 'dev'
  const extended = steps === 'extended'
  const network = readNetwork(inference, graph)
  // The builder skips the conversion where nothing is to be converted; a BipolarQuant alone does not count.
  if (extended || network.of('Quant', 'Trunc').length > 0) toDialect(inference, network, development)
  tidyUp(inference, network)
  if (extended) streamlineExtended(network, development)
  else streamlineDefault(network, development)
  if (development) convertByDevelopment(network, extended)
  else if (extended) convertExtended(network)
  else convertDefault(network)
  return network
}

function toDialect(inference: Inference, network: Network, development: boolean): void {
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
