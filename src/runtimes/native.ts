/** Runtimes of onnxruntime-node: one provider of it in a child process. */
import { Problem } from '../result/problem.ts'
import { installedPackages, moduleUrl, requirePackage } from './detect/packages.ts'
import { type HostedKind, hostedRuntime, type StartedHost } from './hosted.ts'
import { startNodeHost } from './process/node-host.ts'
import type { Adapter, Runtime, RuntimeSettings } from './runtime.ts'

export interface NativeOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly adapter?: Adapter | null
}

export async function startNative(
  id: string,
  settings: RuntimeSettings,
  options: NativeOptions = {},
): Promise<StartedHost> {
  const module = moduleUrl(requirePackage('onnxruntime-node'), 'dist/index.js')
  return startNodeHost({ id, module, build: 'native', ...options }, settings)
}

/** One Abs of one float32 (opset 13): the smallest question that a provider has to answer with a device. */
const smallestModel = Buffer.from(
  'CAg6MgoLCgF4EgF5IgNBYnMSAWdaDwoBeBIKCggIARIECgIIAWIPCgF5EgoKCAgBEgQKAggBQgQKABAN',
  'base64',
)

/**
 * Makes a session with the provider in a process of its own, which leaves nothing warm behind.
 * @throws what the runtime says where it cannot
 */
export async function tryProvider(
  kind: Pick<HostedKind, 'id' | 'provider'>,
  settings: RuntimeSettings,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const tried = await startNative(kind.id, settings, { env })
  try {
    const { provider } = kind
    const none = { externalData: [], config: {}, threads: null, profiling: false }
    await tried.host.ask('open', { model: smallestModel, provider, graphOptimizationLevel: 'all', ...none }, tryLimit)
  } finally {
    await tried.close()
  }
}

const tryLimit = 30_000

/** What a runtime of onnxruntime-node with an accelerator consists of. */
interface Accelerated extends Pick<HostedKind, 'id' | 'kind' | 'accelerator' | 'provider'> {
  /** @throws Problem where this machine cannot have it, which is known without trying */
  require(): void
  adapter(): Promise<Adapter | null>
}

/** One that needs nothing but its provider, tried once before it is started. */
export function acceleratedRuntime(own: Accelerated, settings: RuntimeSettings): Runtime {
  let tried: Promise<Adapter | null> | null = null
  const tryIt = async () => {
    await tryProvider(own, settings)
    return own.adapter()
  }
  return hostedRuntime(
    {
      ...own,
      platform: 'node',
      installed: () => installedPackages('onnxruntime-node'),
      async start() {
        own.require()
        requirePackage('onnxruntime-node')
        tried ??= tryIt()
        return startNative(own.id, settings, { adapter: await tried })
      },
    },
    settings,
  )
}

/** @throws Problem on another system */
export function requirePlatform(title: string, platform: NodeJS.Platform, system: string): void {
  if (process.platform !== platform)
    throw new Problem('runtime-unavailable', `${title} exists on ${system} only`, {
      fix: `run deploycheck on ${system}`,
    })
}
