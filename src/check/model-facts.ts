/** What checks ask about a model as a whole. */
import type { Graph, Model, Node } from '../graph/model.ts'
import type { ModelFacts, Quantization } from '../profiles/facts.ts'

const known = new WeakMap<Model, Quantization>()

/** Of the model as a whole: the form that gives the most away, where several are mixed. */
export function quantizationOf(model: Model): Quantization {
  let found = known.get(model)
  if (found === undefined) {
    const forms = new Set<Quantization>()
    const graphs: Graph[] = [model.graph]
    // Grows while it is walked: bodies come after the graphs around them.
    for (const graph of graphs)
      for (const node of graph.nodes) {
        forms.add(formOf(node))
        graphs.push(...node.bodies.values())
      }
    found = strongest.find((form) => forms.has(form)) ?? 'float'
    known.set(model, found)
  }
  return found
}

/** Operators that compute with integers have QuantizeLinear around them, too. */
const strongest: readonly Quantization[] = ['qonnx', 'qoperator', 'qdq']

const pair: ReadonlySet<string> = new Set(['QuantizeLinear', 'DequantizeLinear'])
const integerOperator = /^(QLinear|QGemm|QAttention|DynamicQuantize)|Integer(ToFloat)?$/
const quantiser: ReadonlySet<string> = new Set(['Quant', 'IntQuant', 'FloatQuant', 'BipolarQuant', 'Trunc'])
const qonnxDomain = /^(qonnx|finn)\.custom_op\.|^onnx\.brevitas$/

function formOf({ op, domain }: Node): Quantization {
  if (pair.has(op)) return 'qdq'
  if (quantiser.has(op) && qonnxDomain.test(domain)) return 'qonnx'
  return integerOperator.test(op) && (domain === '' || domain === 'com.microsoft') ? 'qoperator' : 'float'
}

export const modelFacts = (model: Model): ModelFacts => ({
  opset: model.opsets.get('') ?? null,
  ir: model.irVersion,
  quantization: quantizationOf(model),
})
