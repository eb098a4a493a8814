/** The CUDA provider of onnxruntime-node: NVIDIA GPUs on Linux, with libraries that its install script fetches. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Problem } from '../result/problem.ts'
import { requirePackage } from './detect/packages.ts'
import { acceleratedRuntime, requirePlatform } from './native.ts'
import type { Adapter, MakeRuntime } from './runtime.ts'

export const cuda: MakeRuntime = (id, _parameters, settings) =>
  acceleratedRuntime(
    {
      id,
      kind: 'gpu',
      accelerator: 'CUDAExecutionProvider',
      provider: { name: 'cuda' },
      require: requireLibraries,
      adapter: nvidiaAdapter,
    },
    settings,
  )

function requireLibraries(): void {
  requirePlatform('the CUDA provider of onnxruntime-node', 'linux', 'Linux (x64)')
  const { folder } = requirePackage('onnxruntime-node')
  const library = 'libonnxruntime_providers_cuda.so'
  if (!existsSync(join(folder, 'bin/napi-v6', process.platform, process.arch, library)))
    throw new Problem('runtime-unavailable', `onnxruntime-node was installed without its CUDA libraries`, {
      expected: library,
      fix: 'on a machine with an NVIDIA GPU: ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node',
    })
}

/** The driver's own tool knows the name of the first GPU, which the provider uses. */
async function nvidiaAdapter(): Promise<Adapter> {
  const question = ['--query-gpu=name', '--format=csv,noheader', '--id=0']
  const { stdout } = await promisify(execFile)('nvidia-smi', question, { timeout: 5000 }).catch(() => ({ stdout: '' }))
  return { name: stdout.trim() || null, software: false, float16: true }
}
