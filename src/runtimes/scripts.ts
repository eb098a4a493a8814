/**
 * The programs that run in a child process and in a page. In the package each is a file beside this module; from
 * source, in tests, it is bundled on the way.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findPackage, moduleUrl } from './detect/packages.ts'

const sources = { worker: './process/worker.ts', page: './browser/page.ts', prover: '../prove/prover.ts' } as const
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

/** Named after its content, so that processes side by side share it and none disturbs another. */
async function bundled(name: ScriptName): Promise<string> {
  const esbuild = findPackage('esbuild')
  if (!esbuild) throw new Error(`${name}.mjs is missing beside ${import.meta.url}`)
  const { build } = (await import(moduleUrl(esbuild, 'lib/main.js'))) as typeof import('esbuild')
  const entry = fileURLToPath(new URL(sources[name], import.meta.url))
  const platform = name === 'page' ? 'browser' : 'node'
  const options = { bundle: true, format: 'esm', platform, target: 'es2022', write: false } as const
  const { outputFiles } = await build({ entryPoints: [entry], ...options, logLevel: 'silent' })
  const text = outputFiles[0]?.text ?? ''
  const folder = join(dirname(esbuild.folder), '.cache', 'deploycheck')
  const file = join(folder, `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.mjs`)
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${file}.${process.pid}`, text)
    renameSync(`${file}.${process.pid}`, file)
  }
  return file
}
