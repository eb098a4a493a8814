/**
 * AveragePool and Trunc, which together are an average of integers. Source: infer_quant_avg_pool_2d.py of FINN: 0.10
 * and version 1 of Trunc want a Mul by the size of the kernel between them, version 2 has none.
 */
import { isScalar, mapped } from './constant.ts'
import { float32, isSigned } from './datatype.ts'
import { checkZeroPoint, shown } from './dialect.ts'
import { constantTensor, like, type Network, Operation } from './network.ts'
import { quantType } from './transform.ts'

export function convertAveragePools(network: Network, versionOfTrunc: 1 | 2): void {
  for (const pool of network.of('AveragePool')) {
    const between = versionOfTrunc === 1 ? onlySuccessor(network, pool, 'Mul') : null
    const trunc = versionOfTrunc === 1 && !between ? null : onlySuccessor(network, between ?? pool, 'Trunc')
    if (trunc) convert(network, pool, between, trunc)
  }
}

function onlySuccessor(network: Network, operation: Operation, op: string): Operation | null {
  const successors = network.successors(operation)
  const [successor] = successors
  return successors.length === 1 && successor?.op === op ? successor : null
}

function convert(network: Network, pool: Operation, factor: Operation | null, trunc: Operation): void {
  const kernel = pool.ints('kernel_shape')
  const pads = pool.ints('pads')
  const strides = pool.ints('strides')
  const square = (list: readonly number[] | null): boolean => list?.length === 2 && list[0] === list[1]
  if (!square(kernel)) network.stop('AveragePool/kernel', pool, `the kernel is ${written(kernel)}`)
  if (!pads || pads.some((pad) => pad !== 0)) network.stop('AveragePool/pads', pool, `pads is ${written(pads)}`)
  if (!square(strides)) network.stop('AveragePool/strides', pool, `strides is ${written(strides)}`)
  const [size = 1] = kernel ?? []
  const parameter = factor?.parameter
  if (factor && !(parameter?.shape.length === 0 && parameter.values?.[0] === size * size))
    network.stop('Trunc/factor', trunc, `the Mul before it has the factor ${shown(parameter)}`)
  if ((trunc.text('rounding_mode') ?? '').toUpperCase() !== 'FLOOR')
    network.stop('Trunc/rounding', trunc, `the rounding mode is ${trunc.text('rounding_mode') ?? 'not written'}`)
  const constants = trunc.inputs.slice(1).map((tensor) => tensor?.constant)
  const [scale, , , ...rest] = constants
  if (constants.some((constant) => !constant))
    network.stop('Trunc/constant', trunc, 'one of its parameters is computed')
  else checkZeroPoint(network, trunc, trunc.inputs[2])
  const [outScale] = factor ? [] : rest
  const [bits] = (factor ? rest[0] : rest[1])?.values ?? []
  const signed = signBefore(network, trunc)
  if (signed === null) network.stop('Trunc/sign', trunc, 'nothing before it says whether its input is signed')
  if (!scale || bits === undefined || !isScalar(scale)) return
  const grown = factor ? scale : mapped(scale, (value) => value * size * size)
  const origins = new Set([...pool.origins, ...(factor?.origins ?? []), ...trunc.origins])
  const divided = like(pool.input)
  const average = new Operation('QuantAvgPool2d', [divided], [like(trunc.output)], origins)
  average.outType = `${signed ? '' : 'U'}INT${bits}`
  const [stride = 1] = strides ?? []
  average.window = {
    kernel: [size, size],
    strides: [stride, stride],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
    padValue: 0,
    depthwise: true,
  }
  const { output } = trunc
  network.insert(new Operation('Div', [pool.input, constantTensor(grown)], [divided], new Set(trunc.origins)), pool)
  network.insert(average, network.maker(divided))
  const times = constantTensor(outScale ?? scale)
  network.remove(trunc)
  network.insert(new Operation('Mul', [average.output, times], [output], new Set(trunc.origins)), average)
  if (factor) network.remove(factor)
  network.remove(pool)
}

const written = (list: readonly number[] | null): string => (list ? `[${list.join(', ')}]` : 'not written')

const keepSign: ReadonlySet<string> = new Set(['Add', 'Mul', 'AveragePool', 'Pad'])

/** Null where it cannot be told. */
function signBefore(network: Network, trunc: Operation): boolean | null {
  if (trunc.input.type !== float32) return isSigned(trunc.input.type)
  for (let at = trunc; !network.isJoin(at); ) {
    const [before] = network.predecessors(at)
    if (!before) return null
    const type = before.output.type
    if (type !== float32) return isSigned(type)
    if (before.thresholds) return isSigned(before.thresholds.outType)
    if (before.op === 'Quant' || before.op === 'BipolarQuant') {
      const rounded = quantType(before)
      if (rounded) return isSigned(rounded)
    }
    if (!keepSign.has(before.op)) return null
    at = before
  }
  return null
}
