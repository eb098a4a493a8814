/** Findings of FPGA flows, which convert a model as a whole: what stops them, and what they leave in software. */
import type { Catalogue } from '../finding.ts'

interface Args {
  /** `Conv "stem"`, or `3 Conv nodes`. */
  subject: string
  why: string
}

export const fpga = {
  '<target>/<Op>/stops': {
    severity: 'error',
    title: 'The flow stops at it',
    help: 'The flow raises an error at this node and makes nothing of the whole model. It stops at the first such node; here all are listed.',
    message: (a: Args) => `the flow stops at ${a.subject}: ${a.why}`,
  },
  '<target>/breaks-partition': {
    severity: 'error',
    title: 'Software between hardware layers',
    help: 'All hardware layers have to form one part, which data enters once and leaves once. A node that stays in software between two of them breaks it, and the flow stops. The message says why the node stays in software.',
    message: (a: Args) => `${a.subject}, in software between hardware layers: ${a.why}`,
  },
  '<target>/in-software': {
    severity: 'warning',
    title: 'Left in software',
    help: 'The node does not become hardware. It lies before the first or behind the last hardware layer, so that the rest can be built, but the application has to compute it.',
    message: (a: Args) => `${a.subject}, left in software: ${a.why}`,
  },
  '<target>/at-the-border': {
    severity: 'note',
    title: 'For the application, at the border of the accelerator',
    help: 'Quantising the input, turning it to channels last, and a last factor or summand stay outside of the accelerator: the application has to do them before and after it.',
    message: (a: Args) => `${a.subject}, left to the application: ${a.why}`,
  },
  '<target>/not-quantised': {
    severity: 'error',
    title: 'The model is not quantised',
    help: 'The flow builds layers of integers, and the model computes with floats only. Train or quantise it with a tool that writes QONNX, such as Brevitas: a Quant for every weight and every activation.',
    message: (a: { count: number }) =>
      `the model is not quantised: ${a.count === 1 ? 'its product of weights' : `none of its ${a.count} products of weights`} ${a.count === 1 ? 'does not become' : 'becomes'} a hardware layer`,
    fix: () => 'quantise weights and activations and export QONNX (Brevitas: export_qonnx)',
  },
  '<target>/qdq': {
    severity: 'error',
    title: 'Quantised as QDQ, where QONNX is wanted',
    help: 'The model is quantised by QuantizeLinear and DequantizeLinear, which the flow takes for ordinary nodes. qonnx can turn them into Quant where scale and zero point are constants and the zero point is one that the flow takes.',
    message: (a: { count: number }) =>
      `the model is quantised by ${a.count} QuantizeLinear and DequantizeLinear nodes, and the flow wants QONNX's Quant`,
    fix: () => 'convert the model with the transformation QCDQToQuant of qonnx, or export QONNX from the training tool',
  },
  '<target>/no-hardware': {
    severity: 'error',
    title: 'Nothing becomes hardware',
    help: 'No node of the model becomes a hardware layer, so that there is no accelerator to build.',
    message: (a: { nodes: number }) => `none of the ${a.nodes} nodes that are left becomes a hardware layer`,
  },
} satisfies Catalogue
