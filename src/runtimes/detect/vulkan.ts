/**
 * WebGPU on Linux needs a Vulkan driver. Without a GPU there is none that Dawn takes, but Chromium brings one made of
 * software: SwiftShader, for which an environment variable of the Vulkan loader is enough.
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A GPU that this machine shows: a render node of the kernel, NVIDIA's device, or the one of WSL. */
export function hasGpuDevice(): boolean {
  if (process.platform !== 'linux') return true
  if (existsSync('/dev/dxg') || existsSync('/dev/nvidiactl')) return true
  try {
    return readdirSync('/dev/dri').some((name) => name.startsWith('renderD'))
  } catch {
    return false
  }
}

/** Whether the user has chosen a driver. */
export const choosesDriver = (env: NodeJS.ProcessEnv): boolean =>
  [env.VK_ICD_FILENAMES, env.VK_DRIVER_FILES, env.VK_ADD_DRIVER_FILES].some(Boolean)

const browserFolders = [
  '/usr/lib/chromium',
  '/usr/lib64/chromium-browser',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  '/opt/microsoft/msedge',
]

/** The environment in which Vulkan is the SwiftShader of a browser; null where none of the browsers brings it. */
export function swiftShaderOf(browsers: readonly string[]): Readonly<Record<string, string>> | null {
  if (process.platform !== 'linux') return null
  // A command in the PATH is often a script: the browser itself lies in these folders.
  const folders = [...browsers.map((path) => dirname(realpathSync(path))), ...browserFolders]
  const manifest = folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find((path) => existsSync(path))
  return manifest === undefined ? null : { VK_ICD_FILENAMES: manifest }
}
