/** An attribute in one line. */
import type { Attribute } from './model.ts'
import type { Tensor } from './tensor.ts'
import { typeString } from './type.ts'

const shown = 16

const list = (items: readonly unknown[]): string =>
  items.length <= shown ? `[${items.join(', ')}]` : `[${items.slice(0, shown).join(', ')}, … ${items.length} in all]`

const tensor = ({ dtype, dims }: Tensor): string => `${dtype ?? 'unknown'} tensor [${dims.join(', ')}]`

export function attributeText(attribute: Attribute): string {
  switch (attribute.type) {
    case 'FLOAT':
    case 'INT':
      return String(attribute.value)
    case 'STRING':
      return `'${attribute.value}'`
    case 'FLOATS':
    case 'INTS':
      return list(attribute.value)
    case 'STRINGS':
      return list(attribute.value.slice(0, shown + 1).map((text) => `'${text}'`))
    case 'TENSOR':
    case 'SPARSE_TENSOR':
      return tensor(attribute.value)
    case 'TENSORS':
    case 'SPARSE_TENSORS':
      return list(attribute.value.map(tensor))
    case 'GRAPH':
      return `body of ${attribute.value.nodes.length} nodes`
    case 'GRAPHS':
      return `${attribute.value.length} bodies`
    case 'TYPE_PROTO':
      return typeString(attribute.value) ?? 'a type'
    case 'TYPE_PROTOS':
      return list(attribute.value.map((type) => typeString(type) ?? 'a type'))
    case 'REFERENCE':
      return `the caller's ${attribute.value}`
    case 'UNKNOWN':
      return `of an unknown type, number ${attribute.value}`
  }
}
