/** Runtimes of onnxruntime-web in a browser: one of its builds and one of its providers in a page. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '../result/problem.ts'
import { startPageHost } from './browser/page-host.ts'
import { findBrowser } from './detect/browsers.ts'
import { installedPackages, requireAll, requirePackage } from './detect/packages.ts'
import type { AdapterAnswer } from './engine/requests.ts'
import { type HostedKind, hostedRuntime } from './hosted.ts'
import type { Adapter, Runtime, RuntimeSettings } from './runtime.ts'

interface BrowserKind extends Pick<HostedKind, 'id' | 'kind' | 'accelerator' | 'provider' | 'ruinedByErrors'> {
  /** The file of onnxruntime-web to import. */
  readonly module: string
  /** The kind of device to try WebNN with. */
  readonly webnn?: string
  /** @throws Problem where the browser lacks what is needed */
  adapter(found: AdapterAnswer): Adapter | null
}

const adapterLimit = 30_000

export function browserRuntime(own: BrowserKind, settings: RuntimeSettings): Runtime {
  const { id, module, webnn = null } = own
  return hostedRuntime(
    {
      ...own,
      platform: 'browser',
      installed: () => installedPackages('onnxruntime-web', 'playwright-core'),
      async start() {
        requireAll('onnxruntime-web', 'playwright-core')
        const { folder: home, version } = requirePackage('onnxruntime-web')
        const folder = join(home, 'dist')
        if (!existsSync(join(folder, module)))
          throw new Problem('runtime-unavailable', `onnxruntime-web ${version} has no ${module}`, {
            fix: 'npm install --save-dev onnxruntime-web@latest',
          })
        const started = await startPageHost({ id, browser: findBrowser(settings.browser), folder, module }, settings)
        try {
          const found = await started.host.ask('adapter', { webgpu: null, webnn }, adapterLimit)
          return { ...started, adapter: own.adapter(found) }
        } catch (error) {
          await started.close()
          throw error
        }
      },
    },
    settings,
  )
}
