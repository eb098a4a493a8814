/** Rules of real targets, as the description of the language writes them down. */
import type { Profile } from '../../src/profiles/profile.ts'

export const coreml: Profile = {
  id: 'coreml-example',
  title: 'Core ML',
  evidence: 'assumed',
  order: ['operator', 'since', 'inputs', 'checks'],
  let: {
    ranked: 'all(inputs, known(rank(it)))',
    'zeroFree(t)': 'not any(shape(t), known(it) and it == 0)',
    ctm: 'coordinate_transformation_mode',
    large: 'all([-1,-2], known(shape(Y)[it]) and shape(Y)[it] > 1)',
  },
  operators: {
    Resize: [
      {
        since: '11..',
        inputs: ['ranked', 'zeroFree(X)'],
        checks: [
          'rank(X) in 3..5',
          'antialias != 1',
          "mode in ['nearest','linear']",
          "mode == 'nearest' implies nearest_mode == 'floor' and ctm == 'asymmetric'",
          'exclude_outside == 0',
          "not given(keep_aspect_ratio_policy) or keep_aspect_ratio_policy == 'stretch'",
          'const(sizes) or not given(sizes) and const(scales)',
          'given(sizes) implies sizesByPosition()',
          'given(sizes) or all([-1,-2], known(shape(X)[it])) and all(value(scales), index >= rank(X) - 2 or it == 1)',
          'given(sizes) or all([-1,-2], value(scales)[it] >= 1 and value(scales)[it] % 1 == 0) or all([-1,-2], shrinksExactly(value(scales)[it], shape(X)[it]))',
          "mode == 'linear' implies ctm in ['half_pixel','align_corners'] or ctm == 'asymmetric' and given(sizes) or ctm == 'pytorch_half_pixel' and large",
        ],
      },
    ],
  },
}

export const nnapi: Profile = {
  id: 'nnapi-example',
  title: 'NNAPI',
  evidence: 'assumed',
  parameters: {
    level: { type: 'integer', title: 'Android API level', default: 31, min: 27, max: 36 },
    nchw: { type: 'boolean', title: 'NNAPI_FLAG_USE_NCHW', default: false },
  },
  order: ['operator', 'level', 'unit', 'types', 'since', 'checks'],
  let: {
    lv: 'level >= 28 and (level >= 29 or not nchw)',
    'one(t)': 'const(t) and product(shape(t)) == 1',
    conv: 'const(W) and rank(W) == 4 and (all(dilations, it == 1) or level >= 29 and (group == 1 or shape(W)[1] == 1))',
    'u8(x)': "dtype(x) == 'uint8' and one(scale(x)) and (not given(zeroPoint(x)) or one(zeroPoint(x)))",
    'i8(w)':
      "dtype(w) == 'int8' and (one(scale(w)) or level >= 29 and const(scale(w)) and shape(scale(w)) == [shape(w)[0]]) and all(value(zeroPoint(w)), it == 0)",
  },
  operators: {
    Conv: [
      { since: '1..', when: 'not qdq', level: ['lv'], types: ["dtype(X) == 'float32'"], checks: ['conv'] },
      {
        since: '1..',
        when: 'qdq',
        unit: [],
        level: ['lv'],
        types: ["dtype(X) == 'uint8'"],
        checks: ['conv', 'u8(X) and (u8(W) or i8(W)) and u8(Y)', 'given(B) implies const(B)'],
      },
    ],
  },
}

export const webgpu: Profile = {
  id: 'webgpu-example',
  title: 'WebGPU',
  evidence: 'assumed',
  kernels: [{ op: 'MaxPool', since: [12, null], types: { T: ['float32', 'float16'], I: ['int64'] } }],
  operators: {
    MaxPool: [{ since: '8..', checks: [{ fails: 'given(Indices) or storage_order == 1', how: 'throws' }] }],
  },
}

export const dpu: Profile = {
  id: 'dpu-example',
  title: 'Vitis AI DPU',
  evidence: 'assumed',
  parameters: { arch: { type: 'enum', title: 'DPU', values: ['DPUCZDX8G'], default: 'DPUCZDX8G' } },
  tables: {
    arch: { DPUCZDX8G: { kernel: 16, stride: 4, par: 16, bankWidth: 16, outPar: 16, banks: 16, depth: 2048 } },
  },
  operators: {
    Conv: [
      {
        since: '1..',
        when: 'group == 1',
        checks: [
          'rank(X) == 4 and static(X) and const(W)',
          'all(window.kernel, it in 1..arch.kernel)',
          'window.kernel == [shape(X)[2],shape(X)[3]] or all(window.strides, it in 1..arch.stride)',
          'all(window.dilations, it * shape(X)[1] <= 256 * arch.par) and shape(W)[0] <= 256 * arch.par',
          'product(window.kernel) * ceil(shape(X)[1] / arch.bankWidth) * ceil(arch.outPar / arch.banks) <= arch.depth',
          'all(window.pads, it in 0..(window.kernel[index % 2] - 1) * window.dilations[index % 2])',
        ],
      },
    ],
  },
}

export const xnnpack: Profile = {
  id: 'xnnpack-example',
  title: 'XNNPACK',
  evidence: 'assumed',
  order: ['operator', 'since', 'types', 'checks'],
  operators: {
    MaxPool: [
      {
        since: '8..',
        types: ["dtype(X) in ['float32','float16','uint8','int8']"],
        checks: [
          'rank(X) == 4',
          'all(shape(X), index == 0 or known(it))',
          'not given(outputs[1])',
          'ceil_mode != 1',
          "auto_pad != 'SAME_LOWER'",
          'count(kernel_shape) == 2 and kernel_shape != [1,1]',
          "qdq implies dtype(X) in ['uint8','int8'] and dtype(Y) == dtype(X)",
        ],
      },
    ],
  },
}

export const examples: readonly Profile[] = [coreml, nnapi, webgpu, dpu, xnnpack]
