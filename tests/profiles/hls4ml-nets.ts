/** Small nets for the rules of hls4ml, written from the last node back. */
import { Registry } from '../../src/profiles/load.ts'
import type { Parameter, Profile } from '../../src/profiles/profile.ts'
import type { TargetResult } from '../../src/result/result.ts'
import { builder, checkTiny, floatScalar, floats, type Tensor } from '../check/tiny.ts'

export type Attributes = NonNullable<Parameters<ReturnType<typeof builder>['node']>[2]>

/** An input of the model. */
interface Input {
  readonly input: readonly (number | string)[]
}
interface Made {
  readonly op: string
  readonly inputs: readonly Spec[]
  readonly attributes: Attributes
  readonly outputs: number
}
/** `''`: left out. */
type Spec = Input | Tensor | Made | ''

export const x = (...input: readonly (number | string)[]): Input => ({ input })
export const made = (op: string, inputs: readonly Spec[], attributes: Attributes = {}, outputs = 1): Made => ({
  op,
  inputs,
  attributes,
  outputs,
})

export interface Quantiser {
  readonly scale?: Spec
  readonly zeroPoint?: Spec
  readonly bits?: Spec
  readonly attributes?: Attributes
  readonly op?: 'Quant' | 'IntQuant'
}
export const quant = (of: Spec, how: Quantiser = {}): Made => {
  const {
    scale = floatScalar(0.25),
    zeroPoint = floatScalar(0),
    bits = floatScalar(4),
    attributes = {},
    op = 'Quant',
  } = how
  return made(op, [of, scale, zeroPoint, bits], { signed: 1, narrow: 0, rounding_mode: 'ROUND', ...attributes })
}
export const bipolar = (of: Spec, scale: Spec = floatScalar(1)): Made => made('BipolarQuant', [of, scale])

const qonnx: ReadonlySet<string> = new Set(['Quant', 'IntQuant', 'BipolarQuant', 'Trunc'])

function encode(last: Made, opset: number) {
  const model = builder({ opset, domains: { 'qonnx.custom_op.general': 1 } })
  const known = new Map<Spec, string>()
  let count = 0
  const add = (spec: Spec): string => {
    const before = known.get(spec)
    if (spec === '' || before !== undefined) return before ?? ''
    const name = `v${count++}`
    known.set(spec, name)
    if ('input' in spec) model.input(name, 'float32', spec.input)
    else if ('data' in spec) model.initializer(name, spec)
    else {
      const inputs = spec.inputs.map(add)
      const outputs = Array.from({ length: spec.outputs }, (_, i) => (i === 0 ? name : `${name}_${i}`))
      const domain = qonnx.has(spec.op) ? 'qonnx.custom_op.general' : ''
      model.node(spec.op, inputs, spec.attributes, { domain, name: `n${count++}`, outputs })
    }
    return name
  }
  model.output(add(last), 'float32')
  return model
}

const hls4ml = new Registry().get('hls4ml')?.profile as Profile

/** The net on hls4ml; the ids of what is found carry `t/`. */
export function ask(
  last: Made,
  parameters: Readonly<Record<string, string>> = {},
  options: { opset?: number; asIs?: boolean } = {},
): Promise<TargetResult> {
  const { opset = 13, ...rest } = options
  const chosen = Object.entries(hls4ml.parameters ?? {}).map(([name, parameter]) => [
    name,
    { ...parameter, default: parameters[name] ?? parameter.default } as Parameter,
  ])
  return checkTiny(encode(last, opset), { ...hls4ml, id: 't', parameters: Object.fromEntries(chosen) } as Profile, rest)
}

export const weights = (...dims: number[]): Tensor => floats(dims)
