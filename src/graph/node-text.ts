/** How messages name a node and its values, however long their names are. */

/** `Conv "conv1"`, `com.microsoft::Gelu "act"`, or `Conv 17` where it has no name. */
export function nodeText(node: NamedNode): string {
  const domain = node.domain ? `${node.domain}::` : ''
  const op = node.op === '' ? 'node' : shortened(`${domain}${node.op}`, 60)
  if (node.name) return `${op} ${JSON.stringify(shortened(node.name, 120))}`
  return `${op} ${node.graph.scope === '' ? node.index : `${node.graph.scope}/${node.index}`}`
}

interface NamedNode {
  readonly op: string
  readonly domain: string
  readonly name: string
  readonly index: number
  readonly graph: { readonly scope: string }
}

const shortened = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
