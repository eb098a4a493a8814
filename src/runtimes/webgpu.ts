/**
 * The WebGPU provider of onnxruntime-node: Dawn on the machine's GPU, or on Linux without one on the SwiftShader that a
 * browser brings along.
 */
import { Problem } from '../result/problem.ts'
import { installedBrowsers } from './detect/browsers.ts'
import { findPackage, installedPackages, moduleUrl, requirePackage } from './detect/packages.ts'
import { choosesDriver, hasGpuDevice, swiftShaderOf } from './detect/vulkan.ts'
import { type HostedKind, hostedRuntime } from './hosted.ts'
import { startNative, tryProvider } from './native.ts'
import { startChild } from './process/child.ts'
import type { Adapter, MakeRuntime, RuntimeSettings } from './runtime.ts'
import { problemOf } from './words.ts'

const adapterLimit = 30_000

export const webgpu: MakeRuntime = (id, _parameters, settings) => {
  let driver: Promise<Driver> | null = null
  const kind: HostedKind = {
    id,
    kind: 'gpu',
    platform: 'node',
    accelerator: 'WebGpuExecutionProvider',
    provider: { name: 'webgpu' },
    installed: () => installedPackages('onnxruntime-node', 'webgpu'),
    async start() {
      requirePackage('onnxruntime-node')
      driver ??= findDriver(kind, settings)
      return startNative(id, settings, await driver)
    },
  }
  return hostedRuntime(kind, settings)
}

/** The environment in which the provider has a GPU, and that GPU. */
interface Driver {
  readonly env: Readonly<Record<string, string>>
  readonly adapter: Adapter
}

async function findDriver(kind: HostedKind, settings: RuntimeSettings): Promise<Driver> {
  const swiftShader = choosesDriver(process.env) ? null : swiftShaderOf(installedBrowsers().map(({ path }) => path))
  // Without a GPU the drivers of the system are tried in vain, or are software as well.
  const choices = swiftShader === null ? [{}] : hasGpuDevice() ? [{}, swiftShader] : [swiftShader]
  let refusal: unknown
  for (const env of choices)
    try {
      const [adapter] = await Promise.all([adapterIn(env, kind.id, settings), tryProvider(kind, settings, env)])
      return {
        env,
        adapter: adapter ?? {
          name: null,
          software: env === swiftShader || !hasGpuDevice() ? true : null,
          float16: null,
        },
      }
    } catch (error) {
      refusal = error
    }
  throw withAdvice(problemOf(refusal, kind.id, 'start'), swiftShader !== null)
}

/** What the package `webgpu` says of the adapter; null without the package, or where it does not answer. */
async function adapterIn(env: Driver['env'], id: string, settings: RuntimeSettings): Promise<Adapter | null> {
  const dawn = findPackage('webgpu')
  if (!dawn) return null
  const { signal } = settings
  const child = await startChild({ name: id, env, signal })
  try {
    return (await child.ask('adapter', { webgpu: moduleUrl(dawn, 'index.js'), webnn: null }, adapterLimit)).webgpu
  } catch {
    return null
  } finally {
    await child.close()
  }
}

function withAdvice(problem: Problem, hasSwiftShader: boolean): Problem {
  if (problem.code !== 'runtime-unavailable' || process.platform !== 'linux') return problem
  const { code, message, details } = problem
  if (choosesDriver(process.env))
    return new Problem(code, message, {
      ...details,
      fix: 'VK_ICD_FILENAMES chooses the Vulkan driver: correct it, or unset it',
    })
  const driver = hasGpuDevice() ? 'install the Vulkan driver of the GPU and libvulkan1' : 'this machine shows no GPU'
  const software = hasSwiftShader ? '' : '; with Chromium and libvulkan1 installed, its software adapter is used'
  return new Problem(code, message, { ...details, fix: driver + software })
}
