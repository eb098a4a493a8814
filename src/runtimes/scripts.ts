/**
 * The programs that run in a child process and in a page. In the package each is a file beside this module; from
 * source, in tests, it is bundled on the way.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { findPackage } from './detect/packages.ts'
import { temporaryFolder } from './process/at-exit.ts'

const sources = { worker: './process/worker.ts', page: './browser/page.ts' } as const
export type ScriptName = keyof typeof sources

const bundles = new Map<ScriptName, Promise<string>>()

/** Path of the program, an ES module without imports of its own. */
export async function hostScript(name: ScriptName): Promise<string> {
  const built = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url))
  if (existsSync(built)) return built
  const bundle = bundles.get(name) ?? bundled(name)
  bundles.set(name, bundle)
  return bundle
}

async function bundled(name: ScriptName): Promise<string> {
  const esbuild = findPackage('esbuild')
  if (!esbuild) throw new Error(`${name}.mjs is missing beside ${import.meta.url}`)
  const { build } = (await import(pathToFileURL(join(esbuild.folder, 'lib/main.js')).href)) as typeof import('esbuild')
  const outfile = join(temporaryFolder().path, `${name}.mjs`)
  const entry = fileURLToPath(new URL(sources[name], import.meta.url))
  const platform = name === 'page' ? 'browser' : 'node'
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform,
    target: 'es2022',
    logLevel: 'silent',
  })
  return outfile
}
