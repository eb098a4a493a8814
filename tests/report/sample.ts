/** Results written by hand, as a check would give them. */
import type { Finding } from '../../src/result/finding.ts'
import type { ModelResult, NodeVerdict, Result, TargetResult } from '../../src/result/result.ts'

export const finding = (part: Partial<Finding> & Pick<Finding, 'id'>): Finding => ({
  severity: 'warning',
  message: `${part.id} happened`,
  nodes: [],
  values: [],
  ...part,
})

export const node = (index: number, part: Partial<NodeVerdict> = {}): NodeVerdict => ({
  index,
  scope: '',
  name: `/layer${index}/Conv`,
  op: 'Conv',
  domain: '',
  supported: true,
  placement: 'target',
  partition: 0,
  findings: [],
  ...part,
})

export const target = (part: Partial<TargetResult> & Pick<TargetResult, 'id'>): TargetResult => ({
  group: null,
  decides: true,
  parameters: {},
  verdict: 'ready',
  coverage: { nodes: 1, macs: 1 },
  partitions: [{ id: 0, nodes: [0, 1, 2], macs: 300774272, bytesIn: 602112, bytesOut: 4000 }],
  nodes: [node(0), node(1), node(2)],
  findings: [],
  causes: [],
  ...part,
})

export const model = (part: Partial<ModelResult> = {}): ModelResult => ({
  path: 'models/mobilenet_v2.onnx',
  digest: '0'.repeat(64),
  sha256: null,
  bytes: 13964571,
  weightBytes: 13900000,
  irVersion: 8,
  opsets: { '': 12 },
  producer: 'pytorch 2.1',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 3, 224, 224] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['N', 1000] }],
  totals: { nodes: 105, macs: 300774272, params: 3504872, peakActivationBytes: 4816896 },
  findings: [],
  ...part,
})

export const result = (...models: Result['models']): Result => ({
  schemaVersion: 1,
  tool: { name: 'deploycheck', version: '0.1.0' },
  exitCode: 0,
  models,
  gates: [],
})

const resizeSource = {
  title: 'resize_op_builder.cc',
  path: 'onnxruntime/core/providers/nnapi/nnapi_builtin/builders/impl/resize_op_builder.cc',
  revision: 'v1.30.0',
}

const cubic = finding({
  id: 'nnapi/Resize/mode',
  message: "Resize: mode is 'cubic', and NNAPI takes nearest and linear only",
  nodes: [1, 2],
  condition: "mode in ['linear', 'nearest']",
  found: { mode: 'cubic' },
  source: resizeSource,
  evidence: 'oracle',
  fix: "export with mode='linear'",
})

const dynamic = finding({
  id: 'nnapi/dynamic-shape',
  message: 'a dimension of an input is symbolic, and NNAPI compiles for fixed shapes',
  nodes: [4],
  condition: 'all(inputs, static(it))',
  found: { 'shape(X)': ['N', 3, 224, 224] },
  source: { title: 'base_op_builder.cc', revision: '8f2c1d0b5a6e7f8091a2b3c4d5e6f70819202122' },
  evidence: 'source',
  fix: '--dim N=1',
})

/** A partial verdict with two reasons, of which one is a cause of its own. */
export const nnapi = target({
  id: 'nnapi',
  group: 'android',
  parameters: { api: 31, ort: '1.30' },
  verdict: 'partial',
  coverage: { nodes: 0.4, macs: 0.998 },
  partitions: [
    { id: 0, nodes: [0], macs: 100, bytesIn: 602112, bytesOut: 1204224 },
    { id: 1, nodes: [3], macs: 100, bytesIn: 1204224, bytesOut: 4000 },
  ],
  nodes: [
    node(0),
    node(1, {
      name: '/up1/Resize',
      op: 'Resize',
      supported: false,
      placement: 'host',
      partition: null,
      findings: ['nnapi/Resize/mode'],
    }),
    node(2, {
      name: '/up2/Resize',
      op: 'Resize',
      supported: false,
      placement: 'host',
      partition: null,
      findings: ['nnapi/Resize/mode'],
    }),
    node(3, { partition: 1 }),
    node(4, { supported: false, placement: 'host', partition: null, findings: ['nnapi/dynamic-shape'] }),
    node(5, { op: 'Constant', supported: null, placement: 'folded', partition: null }),
  ],
  findings: [dynamic, cubic],
  causes: [{ findings: ['nnapi/Resize/mode'], nodes: [1, 2], effect: '2 partitions become 1' }],
  status: { state: 'deprecated', since: 'Android 15', instead: ['xnnpack', 'qnn-htp'] },
})

const blockedXnnpack = target({
  id: 'xnnpack',
  group: 'android',
  decides: false,
  parameters: { ort: '1.30' },
  verdict: 'blocked',
  coverage: { nodes: 0, macs: 0 },
  partitions: [],
  nodes: [
    node(0, {
      op: 'Frob',
      domain: 'com.acme',
      name: 'frob',
      supported: false,
      placement: 'blocked',
      partition: null,
      findings: ['xnnpack/custom-operator'],
    }),
  ],
  findings: [
    finding({
      id: 'xnnpack/custom-operator',
      severity: 'error',
      message: 'com.acme::Frob: nothing in this target runs it',
      nodes: [0],
      fix: 'register it and say --custom-op com.acme::Frob',
    }),
  ],
})

const coreml = target({
  id: 'coreml-mlprogram',
  group: 'ios',
  parameters: { ios: 17, ort: '1.30' },
  limits: ['Core ML’s own compiler', 'the compute unit (CPU, GPU or Neural Engine) that it chooses', 'fp16 accuracy'],
})

const webgpu = target({
  id: 'webgpu',
  group: 'web',
  parameters: { ort: '1.30' },
  verdict: 'unknown',
  coverage: { nodes: 0.5, macs: null },
  partitions: [{ id: 0, nodes: [0], macs: null, bytesIn: null, bytesOut: 4 }],
  nodes: [
    node(0),
    node(1, {
      supported: null,
      placement: 'unknown',
      partition: null,
      why: 'value(axes) was not read',
      findings: ['webgpu/ReduceMean/axes'],
    }),
  ],
  findings: [
    finding({
      id: 'webgpu/ReduceMean/axes',
      severity: 'note',
      message: 'ReduceMean: hangs on the value of axes, which the file does not hold',
      nodes: [1],
    }),
  ],
})

export const oneModel = result(
  model({
    targets: [coreml, nnapi, blockedXnnpack, webgpu],
    findings: [
      finding({
        id: 'model/dynamic-input',
        severity: 'note',
        message: 'input x has a symbolic dimension N',
        values: ['x'],
        fix: '--dim N=1 judges it as fixed',
      }),
    ],
  }),
)

export const severalModels: Result = {
  ...result(
    model({ targets: [coreml, nnapi, blockedXnnpack, webgpu] }),
    model({
      path: 'models/a folder with spaces/segmentation-deeplabv3-resnet101-float32-dynamic.onnx',
      targets: [coreml, { ...nnapi, verdict: 'ready', findings: [], causes: [] }, blockedXnnpack, webgpu],
      findings: [
        finding({ id: 'model/cycle', severity: 'error', message: 'nodes 4 and 7 need each other', nodes: [4, 7] }),
      ],
    }),
    {
      path: 'models/broken.onnx',
      error: {
        code: 'truncated',
        message: 'the file ends inside a tensor',
        offset: 1234,
        expected: '9,000 more bytes',
        fix: 'download it again',
      },
    },
  ),
  exitCode: 2,
  gates: [
    {
      model: 'models/a folder with spaces/x.onnx',
      target: null,
      gate: 'error',
      message: '1 error in the model: model/cycle',
    },
    {
      model: 'models/mobilenet_v2.onnx',
      target: 'nnapi',
      gate: 'verdict',
      message: 'verdict is partial, and --fail-on partial was asked',
    },
  ],
}

/** Two candidates, and an entry of a known-problems file that nothing needs any more. */
export const compared: Result = {
  ...result(model({ path: 'small.onnx' }), model({ path: 'large.onnx' })),
  comparison: {
    columns: [
      { id: 'macs', better: 'less', unit: 'count' },
      { id: 'metric:top1', better: 'more', unit: 'value' },
    ],
    candidates: [
      { model: 'small.onnx', values: { macs: 1e6, 'metric:top1': 0.9 }, isOnFront: true, dominatedBy: [] },
      {
        model: 'large.onnx',
        values: { macs: 2e6, 'metric:top1': null },
        isOnFront: false,
        dominatedBy: ['small.onnx'],
      },
    ],
  },
  findings: [
    finding({
      id: 'config/entry-unused',
      message: 'known.json: nothing is left of nnapi/LSTM/unsupported on nnapi',
      found: { file: 'known.json' },
      fix: 'take the entry out',
    }),
  ],
}
