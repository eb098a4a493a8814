/** What onnxruntime 1.30 really says, as a person reads it. */
import { expect, test } from 'vitest'
import { problemOf } from '../../src/runtimes/words.ts'

const native = '/onnxruntime_src/onnxruntime/core/providers/webgpu'

test.each([
  {
    said: `${native}/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n`,
    doing: 'open',
    code: 'runtime-unavailable',
    message: 'it refuses the model: Failed to get a WebGPU adapter: No supported adapters',
  },
  {
    said: 'Can\'t create a session. ERROR_CODE: 1, ERROR_MESSAGE: /mnt/azure_nvme_temp/_work/1/s/onnxruntime/core/optimizer/initializer.cc:51 onnxruntime::Initializer::Initializer(const onnx::TensorProto &, const std::filesystem::path &) [ONNXRuntimeError] : 1 : FAIL : Failed to load external data file ""w.bin"", error: Module.MountedFiles is not available.\n',
    doing: 'open',
    code: 'model-refused',
    message:
      'it refuses the model: Failed to load external data file ""w.bin"", error: Module.MountedFiles is not available.',
  },
  {
    said: `${native}/shader_helper.cc:416 onnxruntime::common::Status onnxruntime::webgpu::ShaderHelper::GenerateSourceCode(std::string&, std::vector<int>&) const Program Transpose requires f16 but the device does not support it.`,
    doing: 'run',
    code: 'run-failed',
    message: 'it failed to run the model: Program Transpose requires f16 but the device does not support it.',
  },
  {
    said: "Non-zero status code returned while running Reshape node. Name:'r' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:47 onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, bool) input_shape_size == size was false. The input tensor cannot be reshaped to the requested shape. Input shape:{4}, requested shape:{3}",
    doing: 'run',
    code: 'run-failed',
    message:
      "it failed to run the model: Non-zero status code returned while running Reshape node. Name:'r' Status Message: The input tensor cannot be reshaped to the requested shape. Input shape:{4}, requested shape:{3}",
  },
  {
    said: 'Load model from m.onnx failed:This is an invalid model. In Node, ("foo0", Foo, "", -1) : ("x": tensor(float),) -> ("y",) , Error No Op registered for Foo with domain_version of 17',
    doing: 'open',
    code: 'model-refused',
    message:
      'it refuses the model: Load model from m.onnx failed:This is an invalid model. In Node, ("foo0", Foo, "", -1) : ("x": tensor(float),) -> ("y",) , Error No Op registered for Foo with domain_version of 17',
  },
  {
    said: 'Unsupported data type: 17',
    doing: 'open',
    code: 'not-carried',
    message: 'it cannot carry tensors of the type float8e4m3fn, which an input or output of the model has',
  },
  {
    said: 'no available backend found. ERR: [nosuch] backend not found.',
    doing: 'open',
    code: 'runtime-unavailable',
    message: 'it refuses the model: no available backend found. ERR: [nosuch] backend not found.',
  },
  { said: 'something new', doing: 'run', code: 'run-failed', message: 'it failed to run the model: something new' },
] as const)('$code: $message', ({ said, doing, code, message }) => {
  const problem = problemOf(new Error(said), 'it', doing)
  expect({ code: problem.code, message: problem.message }).toEqual({ code, message })
})
