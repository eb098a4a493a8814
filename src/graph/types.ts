/** TypeProto → ValueType. */
import { decodeType, type TypeProto } from '../onnx/read.ts'
import { reading } from '../result/catalogue/reading.ts'
import { structure } from '../result/catalogue/structure.ts'
import { report } from '../result/finding.ts'
import { type Dim, symbol, Unknown } from './dim.ts'
import { declaredDim } from './dim-parse.ts'
import { type DType, dtypeFromNumber } from './dtype.ts'
import type { Findings } from './findings.ts'
import type { Shape, ValueType } from './type.ts'

/** For whom a type is read. */
export interface TypeOf {
  /** Name of the value. */
  readonly name: string
  /** Unnamed dimensions of an input of the main graph are symbols (`x.0`); elsewhere they are unknown. */
  readonly isMainInput: boolean
  readonly findings: Findings
}

type ShapeProto = NonNullable<NonNullable<TypeProto['tensor_type']>['shape']>

/**
 * Types of values by their bytes. Equal types are one object, which the reader's interning makes cheap to find; those
 * whose meaning hangs on the value (unnamed dimensions of inputs, faults to report) are made each time.
 */
export class Types {
  private readonly known = new Map<Uint8Array, ValueType | null>()

  of(bytes: Uint8Array | null | undefined, of: TypeOf): ValueType | null {
    if (!bytes) return null
    const known = this.known.get(bytes)
    if (known !== undefined && !of.isMainInput) return known
    const before = of.findings.total
    const type = valueType(decodeType(bytes), of)
    if (!of.isMainInput && of.findings.total === before) this.known.set(bytes, type)
    return type
  }
}

/** Null where the message holds no type that is known. Its depth is bounded by the scanner. */
export function valueType(proto: TypeProto | null | undefined, of: TypeOf): ValueType | null {
  if (!proto) return null
  const tensor = proto.tensor_type ?? proto.sparse_tensor_type
  if (tensor) {
    const kind = proto.tensor_type ? 'tensor' : 'sparse'
    return { kind, dtype: dtypeOf(tensor.elem_type ?? 0, of), shape: shapeOf(tensor.shape, of) }
  }
  const inner = { ...of, isMainInput: false }
  if (proto.sequence_type) return { kind: 'sequence', element: valueType(proto.sequence_type.elem_type, inner) }
  if (proto.optional_type) return { kind: 'optional', element: valueType(proto.optional_type.elem_type, inner) }
  if (proto.map_type) {
    const key = dtypeOf(proto.map_type.key_type ?? 0, of)
    return key && { kind: 'map', key, value: valueType(proto.map_type.value_type, inner) }
  }
  if (proto.opaque_type)
    return { kind: 'opaque', domain: proto.opaque_type.domain ?? '', name: proto.opaque_type.name ?? '' }
  return null
}

function dtypeOf(number: number, { name, findings }: TypeOf): DType | null {
  const dtype = dtypeFromNumber(number)
  if (dtype === null)
    findings.add(report(reading, 'model/bad-dtype', { what: JSON.stringify(name), number }, { values: [name] }))
  return dtype
}

function shapeOf(proto: ShapeProto | null | undefined, of: TypeOf): Shape | null {
  if (!proto) return null
  return proto.dim.map(({ dim_value: value, dim_param: param }, axis): Dim => {
    if (param) return declaredDim(param)
    if (value == null) return of.isMainInput ? symbol(`${of.name}.${axis}`) : new Unknown('the file declares no size')
    if (value >= 0) return Number(value)
    const dim = String(value)
    of.findings.add(report(structure, 'model/bad-dim', { name: of.name, axis, dim }, { values: [of.name] }))
    return new Unknown(`declared as ${dim}`)
  })
}
