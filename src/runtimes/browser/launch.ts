/** A browser, started once for all who want the same one, and closed by the last of them. */
import type { Browser as Driven } from 'playwright-core'
import { Problem } from '../../result/problem.ts'
import type { Browser } from '../detect/browsers.ts'
import { moduleUrl, requirePackage } from '../detect/packages.ts'
import { hasGpuDevice } from '../detect/vulkan.ts'
import { holdExit } from '../process/at-exit.ts'

export interface Lease {
  readonly browser: Driven
  /** Closes the browser where nobody else has it. */
  release(): Promise<void>
}

interface Running {
  readonly browser: Promise<Driven>
  users: number
  readonly letExit: () => void
}

const running = new Map<string, Running>()
const launchLimit = 60_000

/** @throws Problem `runtime-unavailable` where playwright-core is missing or the browser does not start */
export async function leaseBrowser({ name, path }: Browser): Promise<Lease> {
  const before = running.get(path)
  // Playwright removes the profile after the browser has ended, and not at all when the process exits in between.
  const entry = before ?? { browser: launch(name, path), users: 0, letExit: holdExit() }
  running.set(path, entry)
  entry.users++
  let released = false
  const release = async () => {
    if (released) return
    released = true
    if (--entry.users > 0) return
    if (running.get(path) === entry) running.delete(path)
    await (await entry.browser.catch(() => null))?.close()
    entry.letExit()
  }
  try {
    const browser = await entry.browser
    // A browser that crashed is for nobody new.
    if (!before) browser.once('disconnected', () => running.get(path) === entry && running.delete(path))
    return { browser, release }
  } catch (error) {
    await release()
    throw error
  }
}

/** What a browser that shows pages to people would do too, and what a page has to know about its GPU. */
function flags(): string[] {
  // Blink's switch gives the page's memory at once instead of after some garbage collection.
  const flags = ['--enable-blink-features=ForceEagerMeasureMemory']
  const features = ['WebMachineLearningNeuralNetwork']
  // WebGPU where it is not released yet, with the adapter's real name and clock.
  flags.push('--enable-unsafe-webgpu', '--enable-webgpu-developer-features')
  if (process.platform === 'linux' && hasGpuDevice()) {
    // Without a screen Chromium reaches a GPU of Linux only through Vulkan; without a GPU it would not start with this.
    features.push('Vulkan')
    flags.push('--use-angle=vulkan', '--disable-vulkan-surface')
  }
  return [...flags, `--enable-features=${features.join(',')}`]
}

async function launch(name: string, executablePath: string): Promise<Driven> {
  const found = requirePackage('playwright-core')
  const { chromium } = (await import(moduleUrl(found, 'index.mjs'))) as typeof import('playwright-core')
  try {
    return await chromium.launch({
      executablePath,
      args: flags(),
      timeout: launchLimit,
      // Who interrupts us waits for our end, not for that of a driver.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw new Problem('runtime-unavailable', `${name} (${executablePath}) does not start: ${why}`, {
      fix: 'start it by hand to see why, or name another with CHROME_PATH',
      cause,
    })
  }
}
