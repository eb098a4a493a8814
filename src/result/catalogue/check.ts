/**
 * Findings about a model on a target. Ids are patterns: `<target>` is the target's id, `<Op>` an operator type and
 * `<condition>` the name of the condition in the target's rules.
 */
import type { Catalogue } from '../finding.ts'

interface RuleArgs {
  /** `Resize`, or `3 Resize nodes`. */
  subject: string
  /** The deciding terms with the values found. */
  why: string
}

export const check = {
  '<target>/<Op>/<condition>': {
    severity: 'warning',
    title: 'A condition of the target does not hold',
    help: 'The provider takes this operator only under conditions, and one of them does not hold for the node: the runtime runs it on its CPU instead, and every such node can cut the rest into partitions. `condition` is the rule, `found` holds the values that decided, `source` says where the rule stands.',
    message: (a: RuleArgs) => `${a.subject}: ${a.why}`,
  },
  '<target>/<Op>/unsupported': {
    severity: 'warning',
    title: 'Operator without an implementation on the target',
    help: 'The provider has no implementation of this operator at all. The runtime runs the nodes on its CPU; where nothing runs them, the target is blocked.',
    message: (a: RuleArgs) => `${a.subject}: ${a.why}`,
  },
  '<target>/dynamic-shape': {
    severity: 'warning',
    title: 'A dimension is no number',
    help: 'The provider compiles for fixed shapes, or needs this dimension as a number, and it is symbolic or unknown. Give the sizes that the application uses (`--dim N=1`) to see the verdict for them, and fix them in the model before it is shipped.',
    message: (a: RuleArgs) => `${a.subject}: ${a.why}`,
    fix: (a: { flags?: readonly string[] }) =>
      a.flags?.length ? a.flags.join(' ') : 'fix the dimensions of the inputs',
  },
  '<target>/runtime-loses-shape': {
    severity: 'warning',
    title: 'The runtime has lost the shape',
    help: 'The shape follows from the model, but the runtime’s own shape inference is weaker: at the operator that the message names it stops knowing a rank or a dimension, and the provider refuses every node behind it that needs it. Nothing is wrong with the nodes themselves. Ship a model that carries its shapes: fix the dimensions of the inputs, run the runtime’s optimiser or a symbolic shape inference, and save the result.',
    message: (a: RuleArgs & { operator: string }) =>
      `${a.subject}: the runtime does not know a shape here, although it follows from the model: its shape inference loses it at ${a.operator}`,
    fix: () =>
      'fix the input dimensions, then save the model from the runtime’s optimiser (basic level) or run symbolic shape inference on it (python -m onnxruntime.tools.symbolic_shape_infer) before it is shipped',
  },
  '<target>/excluded': {
    severity: 'warning',
    title: 'Not offered to the target',
    help: 'The runtime does not ask the provider about this node: it lies in a body of control flow, or comes after an operator at which placement stops.',
    message: (a: RuleArgs) => `${a.subject}: ${a.why}`,
  },
  '<target>/<Op>/fails': {
    severity: 'error',
    title: 'Claimed, and then it fails',
    help: 'The provider claims the node and then throws, aborts, or fails to build its part of the model. There is no way back to the CPU: no session can be created, or the application ends.',
    message: (a: RuleArgs & { how: string }) => `${a.subject}: ${a.how}: ${a.why}`,
  },
  '<target>/<Op>/wrong': {
    severity: 'error',
    title: 'Claimed, and computed wrongly',
    help: 'The provider takes the node and is known to give wrong numbers under these conditions, without a message.',
    message: (a: RuleArgs) => `${a.subject}: the target computes it wrongly: ${a.why}`,
  },
  '<target>/<Op>/expanded': {
    severity: 'warning',
    title: 'Expanded, and then taken',
    help: 'Neither the provider nor the CPU has a kernel for this operator. The runtime first places everything else, then expands the operator into those that the specification defines it by, and asks again: what the provider takes of them runs there, in a partition of its own, and the graph is cut before and behind it.',
    message: (a: RuleArgs) =>
      `${a.subject}: expanded by the runtime after all else was placed, so that it forms a partition of its own`,
    fix: () => 'write the operators that it is made of into the model (for HardSwish: export below opset 14)',
  },
  '<target>/<Op>/no-kernel': {
    severity: 'error',
    title: 'Nothing runs the operator',
    help: 'The target refuses the node, and the runtime has no CPU kernel for it either (for this version and these element types): the model does not load.',
    message: (a: RuleArgs) => `${a.subject}: ${a.why}`,
  },
  '<target>/<Op>/host-fails': {
    severity: 'error',
    title: 'The host fails at the operator',
    help: 'The target refuses the node and leaves it to the CPU of its runtime. There is a kernel for it, which does not accept the node as it is and throws when the session is made: the model does not load.',
    message: (a: RuleArgs) => `${a.subject}: ${a.why}`,
  },
  '<target>/custom-operator': {
    severity: 'error',
    title: 'Custom operator that the target does not know',
    help: 'No schema describes the operator, so the runtime refuses to load the model unless the application registers it. `--custom-op domain::Op` says that it does.',
    message: (a: { operator: string; subject: string }) =>
      `${a.subject}: ${a.operator} is a custom operator that the target cannot run`,
    fix: (a: { operator: string }) =>
      `register it with the runtime and pass --custom-op ${a.operator}, or replace it by standard operators`,
  },
  '<target>/model-invalid': {
    severity: 'error',
    title: 'The runtime refuses the model',
    help: 'The model has faults for which every runtime refuses to load it: see the findings about the model itself.',
    message: (a: { count: number; first: string }) =>
      a.count === 1
        ? `no runtime loads this model: ${a.first}`
        : `no runtime loads this model (${a.count} faults): ${a.first}`,
  },
  '<target>/whole-model': {
    severity: 'warning',
    title: 'The target refuses the model as a whole',
    help: 'A condition on the whole model does not hold, such as the opset that it imports: no node is offered to the provider, or the runtime does not load the model.',
    message: (a: { why: string }) => a.why,
  },
  '<target>/dropped-group': {
    severity: 'note',
    title: 'Taken, and given back',
    help: 'The provider takes the nodes, but the group that they form is too small to be worth it, so that the runtime keeps them on its CPU.',
    message: (a: RuleArgs) => `${a.subject}: ${a.why}`,
  },
  '<target>/<Op>/layout-refused': {
    severity: 'error',
    title: 'Taken, moved to channels last, and then refused',
    help: 'The provider takes the node, so the runtime moves it to the layout channels last; asked about the graph that comes out, the provider refuses it. No other provider runs operators in that layout: no session can be created.',
    message: (a: RuleArgs) =>
      `${a.subject}: the provider takes it, and refuses it once its layout is changed: ${a.why}`,
  },
  '<target>/pulled-back': {
    severity: 'note',
    title: 'Kept on the CPU, where its inputs lie',
    help: 'The provider has a kernel, but all that the node reads lies in CPU memory already, as in shape arithmetic: the runtime leaves it there.',
    message: (a: RuleArgs) => `${a.subject}: ${a.why}`,
  },
  '<target>/unsure': {
    severity: 'warning',
    title: 'It hangs on a fact that is not given',
    help: 'Neither the file nor the target says what decides here. The finding names the fact, and the flag that settles it where there is one.',
    message: (a: RuleArgs) => `${a.subject}: not known whether the target takes it: ${a.why}`,
  },
  '<target>/cut': {
    severity: 'warning',
    title: 'More partitions than the flow runs as one',
    help: 'The nodes that the finding names run on the host between two parts of the accelerator. Each part is then a subgraph of its own that the application has to run by itself, in order, with tensors handed over in between. Change these nodes, or move them behind the last layer, to get one part.',
    message: (a: { partitions: number; most: number; by: string }) =>
      a.by === ''
        ? `${a.partitions} partitions, where ${a.most} can be run as one: no node of the accelerator joins them`
        : `${a.partitions} partitions, where ${a.most} can be run as one: cut by ${a.by}`,
    fix: (a: { by: string }) =>
      a.by === ''
        ? undefined
        : 'change these nodes as their own findings say, or move them to the start or the end of the model',
  },
  '<target>/advice': {
    severity: 'note',
    title: 'What to do with the model before this target',
    help: 'The target refuses nothing for this, but what it says holds only once it is done, such as quantising a float model. The last part of the id says what it is about.',
    message: (a: { text: string }) => a.text,
  },
  '<target>/not-covered': {
    severity: 'note',
    title: 'What the verdict does not cover',
    help: 'The verdict says what the runtime does with the model. Drivers, the vendor’s compiler and the choice of the compute unit come after it.',
    message: (a: { notes: readonly string[] }) => a.notes.join(' '),
  },
  '<target>/prepared': {
    severity: 'note',
    title: 'Rewritten or taken out before the target sees it',
    help: 'The flow prepares the graph with tools of its own before it looks at it. What became another node is judged as that; what was taken out is not judged at all.',
    message: (a: RuleArgs) => `${a.subject}: ${a.why}`,
  },
  '<target>/default-precision': {
    severity: 'warning',
    title: 'No quantiser sets the precision',
    help: 'The flow takes the width of weights and activations from Quant and BipolarQuant nodes (QONNX), and the model has none: every layer gets the default precision of the project, which is neither small nor checked in training.',
    message: () =>
      'the model is not quantised: without Quant or BipolarQuant nodes every layer gets the default precision of the project',
    fix: () =>
      'quantise the model in training (Brevitas) and export it as QONNX, or set a precision per layer in the project',
  },
  '<target>/ort-usability': {
    severity: 'note',
    title: 'What ONNX Runtime’s own usability checker would say',
    help: 'The rule of ONNX Runtime’s checker for mobile usability: by the share of nodes that the provider takes and the number of partitions. It looks at names more than at conditions, and is shown for comparison only.',
    message: (a: { answer: string; share: number; partitions: number }) =>
      `by the 75 % / 50 % rule: ${a.answer} (${a.share} % of the nodes in ${a.partitions} ${a.partitions === 1 ? 'partition' : 'partitions'})`,
  },
} satisfies Catalogue
