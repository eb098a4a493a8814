/** What can be asked on this machine: which runtime answers for a target with these parameters. */
import type { ParameterValues } from '../profiles/parameters.ts'
import { Problem } from '../result/problem.ts'
import { type FoundPackage, findPackage, moduleUrl, requireAll, requirePackage } from '../runtimes/detect/packages.ts'
import { keptOnCpu } from './copy.ts'
import type { Task } from './task.ts'

export interface Question {
  /** `onnxruntime-web 1.30.0`. */
  readonly runtime: string
  readonly task: Omit<Task, 'level' | 'models'>
  /** As the log calls the provider; null: all that is not refused runs on the CPU, and no log is needed. */
  readonly provider: string | null
  /** The runtime that is asked runs fewer operators beside the provider than that of the target: a refusal says nothing. */
  readonly weakerHost?: boolean
}

/**
 * Null for targets that nothing on any machine answers for.
 * @throws Problem `runtime-unavailable` where a package is missing, or is another release than that of the target
 */
export function questionOf(id: string, parameters: ParameterValues): Question | null {
  switch (id) {
    case 'cpu':
      return session('onnxruntime-node', 'dist/index.js', 'cpu', parameters)
    case 'wasm': {
      const file = parameters.build === 'reduced' ? 'dist/ort.webgpu.bundle.min.mjs' : 'dist/ort.node.min.mjs'
      return session('onnxruntime-web', file, 'wasm', parameters)
    }
    case 'webgpu':
      return webgpu(parameters)
    default:
      return null
  }
}

function session(name: string, file: string, provider: string, parameters: ParameterValues): Question {
  const found = releaseOf(name, parameters)
  const native = name === 'onnxruntime-node'
  const task = { module: moduleUrl(found, file), dawn: null, native, provider: { name: provider } }
  return { runtime: `${name} ${found.version}`, task, provider: null }
}

function webgpu(parameters: ParameterValues): Question {
  if (parameters.shaderF16 === false)
    throw new Problem('runtime-unavailable', 'the device of the null backend has shader-f16, this target has not')
  const jsep = parameters.impl === 'jsep'
  const found = releaseOf('onnxruntime-web', parameters)
  requireAll('webgpu')
  const dawn = findPackage('webgpu')
  return {
    runtime: `onnxruntime-web ${found.version}`,
    task: {
      module: moduleUrl(found, `dist/ort.${jsep ? 'all' : 'webgpu'}.bundle.min.mjs`),
      dawn: dawn && moduleUrl(dawn, 'index.js'),
      native: false,
      provider: {
        name: 'webgpu',
        preferredLayout: 'NHWC',
        forceCpuNodeNames: [keptOnCpu],
        ...(parameters.int64 === true ? { enableInt64: true } : {}),
      },
    },
    provider: jsep ? 'JsExecutionProvider' : 'WebGpuExecutionProvider',
    weakerHost: parameters.platform === 'node',
  }
}

/** The package in the release that the target is about. */
function releaseOf(name: string, { ort }: ParameterValues): FoundPackage {
  const found = requirePackage(name)
  if (typeof ort === 'string' && !found.version.startsWith(`${ort}.`))
    throw new Problem(
      'runtime-unavailable',
      `the target is about ONNX Runtime ${ort}, installed is ${name} ${found.version}`,
      {
        fix: `npm install --save-dev ${name}@${ort}`,
      },
    )
  return found
}
