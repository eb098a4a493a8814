/** Optional packages: those of the user's project first, then those beside deploycheck. Nothing is loaded here. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Problem } from '../../result/problem.ts'
import type { Availability } from '../runtime.ts'

export interface FoundPackage {
  readonly name: string
  readonly version: string
  readonly folder: string
}

/** Where Node would look from the working directory, then from here; null where it is nowhere. */
export function findPackage(name: string): FoundPackage | null {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url])
    for (const modules of createRequire(from).resolve.paths(name) ?? []) {
      const folder = join(modules, name)
      // Not through `exports`, which need not list package.json.
      const manifest = join(folder, 'package.json')
      if (existsSync(manifest)) return { name, version: versionOf(manifest), folder }
    }
  return null
}

function versionOf(manifest: string): string {
  try {
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : 'unknown'
  } catch {
    return 'unknown'
  }
}

/** URL of a file of a package, to import it. */
export const moduleUrl = ({ folder }: FoundPackage, file: string): string => pathToFileURL(join(folder, file)).href

/** `1.30.0` is at least `1.22`. */
function atLeast(version: string, minimum: string): boolean {
  const [found, wanted] = [version, minimum].map((text) => text.split('.').map(Number))
  for (const [i, part] of (wanted ?? []).entries()) {
    const other = found?.[i] ?? 0
    if (other !== part) return other > part
  }
  return true
}

/** From this release on sessions say the types and shapes of their inputs. */
const oldestRelease = '1.22'

/** @throws Problem where the package is missing or too old */
export function requirePackage(name: string): FoundPackage {
  requireAll(name)
  const found = findPackage(name)
  if (!found) throw new Error(`${name} went away`)
  if (name.startsWith('onnxruntime') && !atLeast(found.version, oldestRelease))
    throw new Problem('runtime-unavailable', `${name} ${found.version} is too old`, {
      expected: `${oldestRelease} or newer`,
      fix: `npm install --save-dev ${name}@latest`,
    })
  return found
}

/** @throws Problem that names all of these packages that are missing */
export function requireAll(...names: string[]): void {
  const missing = names.filter((name) => !findPackage(name))
  if (missing.length === 0) return
  const what = missing.length === 1 ? `the package ${missing[0]} is` : `the packages ${missing.join(' and ')} are`
  throw new Problem('runtime-unavailable', `${what} not installed`, {
    fix: `npm install --save-dev ${missing.join(' ')}`,
  })
}

/** Which of the packages are there, with their versions; `version` is that of the first. */
export function installedPackages(...names: string[]): Pick<Availability, 'version' | 'parts'> {
  const found = names.flatMap((name) => findPackage(name) ?? [])
  return {
    version: found.find(({ name }) => name === names[0])?.version ?? null,
    parts: Object.fromEntries(found.map(({ name, version }) => [name, version])),
  }
}
