/** How the hardware layers can be folded: what PE and SIMD have to divide. Source: set_folding.py of FINN. */
import { nodeRef } from '../../graph/model.ts'
import type { LayerFigures } from '../../result/result.ts'
import { leadOf } from './carriers.ts'
import type { Network, Operation } from './network.ts'

export function layersOf(network: Network): LayerFigures[] {
  return network.all().flatMap((operation) => {
    const node = leadOf(operation.origins)
    if (!operation.hardware || !node) return []
    const figures = { ...sizes(operation), ...foldings(operation) }
    return [{ node: nodeRef(node), name: node.name, op: operation.op, figures }]
  })
}

function sizes({ figures }: Operation): LayerFigures['figures'] {
  const { MW, MH, inputType, weightType } = figures
  const channels = figures.NumChannels ?? figures.IFMChannels ?? figures.Channels ?? figures.Labels
  return {
    ...(MW === undefined || MH === undefined ? {} : { MW, MH }),
    ...(channels === undefined ? {} : { channels }),
    ...(inputType === undefined ? {} : { input: inputType }),
    ...(weightType === undefined ? {} : { weights: weightType }),
  }
}

function foldings({ op, figures }: Operation): LayerFigures['figures'] {
  const figure = (name: string): number => Number(figures[name] ?? 0)
  switch (op) {
    case 'MVAU':
      return {
        'PE divisors': divisors(figure('MH')),
        'SIMD divisors': divisors(figure('MW')),
        'cycles unfolded': figure('MH') * figure('MW') * figure('vectors'),
      }
    case 'VVAU':
      return {
        'PE divisors': divisors(figure('Channels')),
        // Only once all channels are computed at a time.
        'SIMD divisors': divisors(figure('kernel')),
        'cycles unfolded': figure('Channels') * figure('kernel') * figure('vectors'),
      }
    case 'ConvolutionInputGenerator':
    case 'DownSampler':
      return { 'SIMD divisors': divisors(figure('IFMChannels')) }
    case 'FMPadding':
    case 'Shuffle':
    case 'StreamingConcat':
    case 'StreamingSplit':
    case 'LayerNorm':
      return { 'SIMD divisors': divisors(figure('NumChannels')) }
    case 'LabelSelect':
      return { 'PE divisors': divisors(figure('Labels')) }
    case 'Pool':
      return { 'PE divisors': divisors(figure('Channels')) }
    // Automatic folding leaves these alone.
    case 'Lookup':
    case 'HWSoftmax':
    case 'UpsampleNearestNeighbour':
    case 'StreamingMaxPool':
    case 'Requant':
      return {}
    default:
      return { 'PE divisors': divisors(figure('NumChannels')) }
  }
}

function divisors(value: number): number[] {
  const small: number[] = []
  const large: number[] = []
  for (let i = 1; i * i <= value; i++)
    if (value % i === 0) {
      small.push(i)
      if (i * i !== value) large.unshift(value / i)
    }
  return [...small, ...large]
}
