/** Findings about nodes as operators: do they exist, are they called as their schema says, do types and shapes fit. */
import type { Catalogue } from '../finding.ts'

interface NodeArgs {
  /** `Conv "conv1"`: how a message names the node. */
  node: string
}

export const operators = {
  'model/unknown-operator': {
    severity: 'error',
    title: 'Unknown operator',
    help: 'The domain is known, but no version of it has an operator of this name. No runtime can load the model. Mostly a misspelt name, or an operator that was meant for a domain of its own.',
    message: (a: NodeArgs & { domain: string; near: string | null }) =>
      `${a.node}: ${a.domain} has no operator of this name${a.near ? `; the nearest is ${a.near}` : ''}`,
    fix: () => 'correct the operator name, or put a custom operator into a domain of its own',
  },
  'model/operator-not-in-opset': {
    severity: 'error',
    title: 'Operator not in this opset',
    help: 'The operator exists, but not at the opset that the model imports: it came later, or was removed before.',
    message: (a: NodeArgs & { opset: number; since: number; removed: boolean }) =>
      a.removed
        ? `${a.node}: removed from the operator set in opset ${a.since}, and the model imports ${a.opset}`
        : `${a.node}: exists from opset ${a.since} on, and the model imports ${a.opset}`,
    fix: (a: { since: number; removed: boolean }) =>
      a.removed ? `import an opset below ${a.since}, or export again` : `export at opset ${a.since} or later`,
  },
  'model/domain-not-imported': {
    severity: 'error',
    title: 'Operator of a domain that is not imported',
    help: 'A node uses an operator of a domain that the model does not import, so its version is not known and no runtime loads the model.',
    message: (a: NodeArgs & { domain: string }) => `${a.node}: the model does not import the domain ${a.domain}`,
    fix: (a: { domain: string }) => `add an opset_import for ${a.domain}`,
  },
  'model/custom-operator': {
    severity: 'note',
    title: 'Custom operator',
    help: 'The ONNX specification does not describe this operator. A target runs it only when it says so or when the application registers it (`--custom-op domain::Op`). Its outputs are known as far as the file declares them; those of the quantisers of QONNX are known, and the FPGA flows read them.',
    message: (a: { operator: string; count: number; isQonnx: boolean }) =>
      `${a.operator} is a custom operator (${a.count} ${a.count === 1 ? 'node' : 'nodes'}): ${a.isQonnx ? 'QONNX defines it, and the FPGA flows read it; no runtime runs it' : 'no known schema covers it'}`,
    fix: (a: { operator: string; isQonnx: boolean }) =>
      a.isQonnx
        ? 'for a runtime, export QuantizeLinear and DequantizeLinear (QCDQ) instead'
        : `register it with the runtime and pass --custom-op ${a.operator}, or replace it by standard operators`,
  },
  'model/arity': {
    severity: 'error',
    title: 'Wrong number of inputs or outputs',
    help: 'A node has fewer or more inputs or outputs than its operator allows, or leaves out one that is required.',
    message: (a: NodeArgs & { what: string; found: number; least: number; most: number }) =>
      `${a.node}: ${a.found} ${a.what}, and it takes ${a.least === a.most ? a.least : `${a.least} to ${a.most}`}`,
  },
  'model/input-missing': {
    severity: 'error',
    title: 'Required input left out',
    help: 'An input that the operator requires has an empty name.',
    message: (a: NodeArgs & { input: string }) => `${a.node}: the required input ${a.input} is left out`,
  },
  'model/attribute-missing': {
    severity: 'error',
    title: 'Required attribute missing',
    help: 'The operator has no default for this attribute, so a runtime refuses the node.',
    message: (a: NodeArgs & { attribute: string }) => `${a.node}: the required attribute ${a.attribute} is missing`,
  },
  'model/attribute-unknown': {
    severity: 'error',
    title: 'Unknown attribute',
    help: 'The operator has no attribute of this name at the opset that the model imports. Runtimes refuse such a node.',
    message: (a: NodeArgs & { attribute: string; near: string | null }) =>
      `${a.node}: it has no attribute ${a.attribute || '(without a name)'}${a.near ? `; the nearest is ${a.near}` : ''}`,
  },
  'model/attribute-type': {
    severity: 'error',
    title: 'Attribute of the wrong type',
    help: 'The attribute is written with another type than the operator declares.',
    message: (a: NodeArgs & { attribute: string; found: string; allowed: string }) =>
      `${a.node}: attribute ${a.attribute} is ${a.found}, and it has to be ${a.allowed}`,
  },
  'model/attribute-value': {
    severity: 'error',
    title: 'Attribute value that does not exist',
    help: 'The attribute is one of a few words, and this is none of them.',
    message: (a: NodeArgs & { attribute: string; found: string; allowed: readonly string[] }) =>
      `${a.node}: attribute ${a.attribute} is '${a.found}', and it is one of ${a.allowed.join(', ')}`,
  },
  'model/attribute-conflict': {
    severity: 'error',
    title: 'Attributes that exclude each other',
    help: 'Of these attributes exactly one may be there.',
    message: (a: NodeArgs & { attributes: readonly string[] }) =>
      `${a.node}: exactly one of its value attributes may be there, found ${a.attributes.join(', ') || 'none'}`,
  },
  'model/attribute-reference': {
    severity: 'error',
    title: 'Attribute reference without a value',
    help: 'Inside a function, an attribute refers to one of the call that the call does not give and that has no default.',
    message: (a: NodeArgs & { attribute: string }) =>
      `${a.node}: the function needs the attribute ${a.attribute}, and the call does not give it`,
  },
  'model/type-mismatch': {
    severity: 'error',
    title: 'Element types do not fit',
    help: 'The operator does not take this element type, or takes several inputs of one type and gets different ones.',
    message: (a: NodeArgs & { what: string }) => `${a.node}: ${a.what}`,
    fix: () => 'insert a Cast, or correct the types where the model is made',
  },
  'model/shape-mismatch': {
    severity: 'error',
    title: 'Shapes or attribute values do not fit',
    help: 'With these shapes and attributes the operator cannot be computed. Many runtimes find it only when they run.',
    message: (a: NodeArgs & { what: string }) => `${a.node}: ${a.what}`,
  },
  'model/declared-shape': {
    severity: 'error',
    title: 'Declared shape contradicts the graph',
    help: 'The file declares a shape for this value that the graph cannot give. Some runtimes trust the declaration and fail later.',
    message: (a: { value: string; declared: string; found: string; node: string }) =>
      `${a.value} is declared as ${a.declared}, and ${a.node} gives ${a.found}`,
    fix: () => 'remove or correct the declaration (value_info or graph output)',
  },
  'model/declared-type': {
    severity: 'error',
    title: 'Declared element type contradicts the graph',
    help: 'The file declares an element type for this value that the graph does not give.',
    message: (a: { value: string; declared: string; found: string; node: string }) =>
      `${a.value} is declared as ${a.declared}, and ${a.node} gives ${a.found}`,
    fix: () => 'remove or correct the declaration (value_info or graph output)',
  },
  'model/body-arity': {
    severity: 'error',
    title: 'Body with the wrong number of inputs or outputs',
    help: 'The body of an If, Loop or Scan has to take and give as many values as its node says.',
    message: (a: NodeArgs & { what: string }) => `${a.node}: ${a.what}`,
  },
  'model/body-type': {
    severity: 'error',
    title: 'Bodies of different types',
    help: 'The branches of an If give different types for the same output, or a Loop changes the type of a carried value.',
    message: (a: NodeArgs & { what: string }) => `${a.node}: ${a.what}`,
  },
  'model/huge-tensor': {
    severity: 'warning',
    title: 'Huge tensor',
    help: 'A tensor of this size fits into no device. Either the model is broken, or it was made to exhaust the memory of whoever opens it. deploycheck never allocates it.',
    message: (a: NodeArgs & { what: string }) => `${a.node}: ${a.what}`,
  },
  'model/long-loop': {
    severity: 'warning',
    title: 'Endless loop',
    help: 'The trip count is so large, and the condition constant, that the loop never ends in practice.',
    message: (a: NodeArgs & { what: string }) => `${a.node}: ${a.what}`,
  },
  'model/division-by-zero': {
    severity: 'warning',
    title: 'Division by zero in shape arithmetic',
    help: 'An integer is divided by a constant or a size that is 0. What a runtime makes of that is not defined; some stop. The result counts as unknown.',
    message: (a: NodeArgs & { what: string }) => `${a.node}: ${a.what}`,
  },
  'model/input-rank': {
    severity: 'error',
    title: 'Given shape does not fit the declared input',
    help: 'The shape given on the command line has another rank than the model declares. Inference goes on with the given one.',
    message: (a: { input: string; declared: string; given: string }) =>
      `input ${a.input} is declared as ${a.declared}, and --input-shape gives ${a.given}`,
  },
  'model/input-dim': {
    severity: 'warning',
    title: 'Given shape differs from the declared one',
    help: 'The model declares a fixed size, and the command line gives another. A runtime refuses such an input unless the model is changed. Inference goes on with the given one.',
    message: (a: { input: string; declared: string; given: string }) =>
      `input ${a.input} is declared as ${a.declared}, and the command line gives ${a.given}`,
  },
} satisfies Catalogue
