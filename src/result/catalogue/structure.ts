/** Findings about the structure of the graph: names, edges, order, functions. */
import type { Catalogue } from '../finding.ts'

const short = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 119)}…` : text)
const some = (names: readonly string[], count = names.length): string =>
  names.slice(0, 3).map(short).join(', ') + (count > 3 ? ` and ${count - 3} more` : '')

export const structure = {
  'model/empty-graph': {
    severity: 'error',
    title: 'Empty graph',
    help: 'The graph has neither nodes nor outputs: there is nothing to run.',
    message: () => 'the graph is empty',
    fix: () => 'export the model again',
  },
  'model/no-outputs': {
    severity: 'error',
    title: 'No outputs',
    help: 'The graph declares no output, so nothing that it computes can be had.',
    message: () => 'the graph has no outputs',
    expected: () => 'at least one graph output',
    fix: () => 'declare the outputs, or export again',
  },
  'model/unnamed-graph': {
    severity: 'warning',
    title: 'Graph without a name',
    help: 'ONNX asks for a name of the graph; some tools refuse a model without one.',
    message: () => 'the graph has no name',
    fix: () => 'give the graph a name',
  },
  'model/cycle': {
    severity: 'error',
    title: 'Cycle',
    help: 'Nodes wait for each other: each needs, directly or through others, what it makes itself. No runtime can order them.',
    message: (a: { nodes: readonly string[] }) =>
      a.nodes.length === 1
        ? `the node ${some(a.nodes)} reads its own output`
        : `nodes wait for each other: ${some(a.nodes)}`,
    expected: () => 'a graph without cycles',
    fix: () => 'export again; recurrence is written with Loop, Scan or an RNN operator',
  },
  'model/unsorted': {
    severity: 'warning',
    title: 'Nodes out of order',
    help: 'ONNX asks that a node stands after those whose outputs it reads. Most runtimes sort by themselves, others refuse.',
    message: (a: { node: string; count: number }) =>
      `${a.count === 1 ? 'a node stands' : `${a.count} nodes stand`} before what they read, first ${short(a.node)}`,
    expected: () => 'nodes in topological order',
    fix: () => 'sort the nodes (onnx.compose, ONNX GraphSurgeon toposort)',
  },
  'model/duplicate-value': {
    severity: 'error',
    title: 'Value defined twice',
    help: 'A name is given to two values of one graph. Each name must be made once; runtimes refuse, or use one of the two.',
    message: (a: { name: string; first: string; second: string }) =>
      `${short(a.name)} is defined twice: by ${a.first} and by ${a.second}`,
    expected: () => 'one definition per name',
    fix: () => 'rename one of them',
  },
  'model/undefined-value': {
    severity: 'error',
    title: 'Value that nobody makes',
    help: 'A node or a graph output reads a name that is no input, no initializer and no output of a node, neither here nor in the graphs around.',
    message: (a: { name: string; reader: string }) => `${a.reader} reads ${short(a.name)}, which nobody makes`,
    expected: () => 'an input, an initializer or a node output of this name',
    fix: () => 'correct the name, or export again',
  },
  'model/unnamed-initializer': {
    severity: 'error',
    title: 'Initializer without a name',
    help: 'A constant of the graph has no name, so nothing can read it.',
    message: (a: { index: number }) => `initializer ${a.index} has no name`,
    fix: () => 'name it or remove it',
  },
  'model/unnamed-input': {
    severity: 'error',
    title: 'Graph input or output without a name',
    help: 'A graph input or output has no name, so it cannot be fed or read.',
    message: (a: { what: string; index: number }) => `graph ${a.what} ${a.index} has no name`,
    fix: () => 'name it or remove it',
  },
  'model/empty-op-type': {
    severity: 'error',
    title: 'Node without an operator',
    help: 'A node does not say which operator it is.',
    message: (a: { node: string }) => `${a.node} has no operator type`,
    expected: () => 'an op_type',
    fix: () => 'export the model again',
  },
  'model/no-node-outputs': {
    severity: 'error',
    title: 'Node without outputs',
    help: 'A node makes nothing, so it has no effect. ONNX asks for at least one output.',
    message: (a: { node: string }) => `${a.node} has no output`,
    expected: () => 'at least one output',
    fix: () => 'remove the node',
  },
  'model/input-type-missing': {
    severity: 'error',
    title: 'Input without a type',
    help: 'A graph input must declare its type: without it nothing behind it is known.',
    message: (a: { name: string }) => `the graph input ${short(a.name)} has no type`,
    expected: () => 'an element type and a shape',
    fix: () => 'declare the type, or export again',
  },
  'model/bad-dim': {
    severity: 'error',
    title: 'Negative dimension',
    help: 'A declared dimension is below zero. Exporters sometimes write -1 for a dynamic size; ONNX wants a name, or nothing, there.',
    message: (a: { name: string; axis: number; dim: string }) =>
      `dimension ${a.axis} of ${short(a.name)} is declared as ${a.dim}`,
    expected: () => 'a size, a name, or nothing for a dynamic dimension',
    fix: () => 'give the dimension a name (dim_param)',
  },
  'model/duplicate-node-name': {
    severity: 'note',
    title: 'Node names used twice',
    help: 'Two nodes have the same name. That is legal, but reports and tools cannot tell them apart by name, and ONNX Runtime warns or refuses.',
    message: (a: { names: readonly string[] }) => `node names used more than once: ${some(a.names)}`,
    fix: () => 'rename the nodes',
  },
  'model/unused-initializer': {
    severity: 'note',
    title: 'Initializers that nothing reads',
    help: 'Constants that no node reads only make the file larger.',
    message: (a: { names: readonly string[] }) =>
      `${a.names.length} initializer${a.names.length === 1 ? ' is' : 's are'} never read: ${some(a.names)}`,
    fix: () => 'remove them (onnxsim, or ONNX Runtime offline optimisation)',
  },
  'model/unused-input': {
    severity: 'note',
    title: 'Inputs that nothing reads',
    help: 'A graph input has no influence on any output.',
    message: (a: { names: readonly string[] }) =>
      `${a.names.length} graph input${a.names.length === 1 ? ' is' : 's are'} never read: ${some(a.names)}`,
  },
  'model/unused-nodes': {
    severity: 'note',
    title: 'Nodes whose results nothing needs',
    help: 'No output of the graph depends on these nodes. Runtimes remove them or compute them for nothing.',
    message: (a: { names: readonly string[]; count: number }) =>
      `${a.count} node${a.count === 1 ? ' does' : 's do'} not lead to any output: ${some(a.names, a.count)}`,
    fix: () => 'remove them',
  },
  'model/unused-value-info': {
    severity: 'note',
    title: 'Type of a value that does not exist',
    help: 'value_info declares the type of a name that the graph does not have.',
    message: (a: { names: readonly string[] }) => `value_info for names that do not exist: ${some(a.names)}`,
  },
  'model/attribute-untyped': {
    severity: 'warning',
    title: 'Attribute without a type',
    help: 'Since IR version 2 an attribute says of which type it is. The type was taken from the field that is set; runtimes refuse the model.',
    message: (a: { node: string; attribute: string; type: string }) =>
      `${a.node}: the attribute ${short(a.attribute)} has no type; it was read as ${a.type}`,
    fix: () => 'export the model again',
  },
  'model/attribute-type-unknown': {
    severity: 'error',
    title: 'Unknown attribute type',
    help: 'The number that stands for the type of an attribute is not one of ONNX.',
    message: (a: { node: string; attribute: string; number: number }) =>
      `${a.node}: the attribute ${short(a.attribute)} has type ${a.number}, which does not exist`,
    expected: () => 'a type from 1 (FLOAT) to 14 (TYPE_PROTOS)',
    fix: () => 'export the model again',
  },
  'model/attribute-mistyped': {
    severity: 'error',
    title: 'Attribute whose type and value differ',
    help: 'An attribute says that it is of one type, but its value stands in the field of another. Runtimes read an empty value or refuse.',
    message: (a: { node: string; attribute: string; type: string; found: string }) =>
      `${a.node}: the attribute ${short(a.attribute)} is declared ${a.type}, but holds ${a.found}`,
    expected: (a: { type: string }) => `a value of type ${a.type}`,
    fix: () => 'export the model again',
  },
  'model/attribute-repeated': {
    severity: 'error',
    title: 'Attribute given twice',
    help: 'A node has two attributes of one name; which of them counts differs from runtime to runtime.',
    message: (a: { node: string; attribute: string }) =>
      `${a.node}: the attribute ${short(a.attribute)} is given twice`,
    fix: () => 'keep one of them',
  },
  'model/attribute-unnamed': {
    severity: 'error',
    title: 'Attribute without a name',
    help: 'An attribute has no name, so no operator can use it.',
    message: (a: { node: string }) => `${a.node}: an attribute has no name`,
    fix: () => 'name or remove it',
  },
  'model/reference-outside-function': {
    severity: 'error',
    title: 'Attribute reference outside a function',
    help: 'ref_attr_name takes a value from the call of a function; outside a function body there is no call.',
    message: (a: { node: string; attribute: string; reference: string }) =>
      `${a.node}: the attribute ${short(a.attribute)} refers to ${short(a.reference)}, but stands outside a function`,
    expected: () => 'a value',
    fix: () => 'write the value itself',
  },
  'model/function-duplicate': {
    severity: 'error',
    title: 'Function defined twice',
    help: 'Two functions of the model have the same domain, name and overload.',
    message: (a: { function: string }) => `the function ${a.function} is defined twice`,
    fix: () => 'rename one of them, or give it an overload',
  },
  'model/function-recursion': {
    severity: 'error',
    title: 'Function that calls itself',
    help: 'A function calls itself, directly or through others. ONNX forbids that: functions are expanded where they are called.',
    message: (a: { functions: readonly string[] }) =>
      a.functions.length === 1
        ? `the function ${some(a.functions)} calls itself`
        : `functions call each other in a circle: ${some(a.functions)}`,
    expected: () => 'functions that do not call themselves',
    fix: () => 'write it as a Loop',
  },
  'model/function-expansion': {
    severity: 'warning',
    title: 'Functions that grow beyond measure when expanded',
    help: 'Runtimes put the body of a function in the place of each call. Here that gives so many nodes that loading takes very long or fails. Nothing was expanded to find this out.',
    message: (a: { nodes: number; written: number }) =>
      `expanding the functions makes ${a.nodes < 1e15 ? Math.round(a.nodes).toLocaleString('en-US') : a.nodes.toExponential(1)} nodes of the ${a.written} in the file`,
    fix: () => 'find out where the model comes from',
  },
} satisfies Catalogue
