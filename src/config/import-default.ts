/** What a module of the user exports by default. TypeScript: by Node itself where it can, otherwise through esbuild. */
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Problem } from '../result/problem.ts'

/**
 * @param file the path as messages name it
 * @throws Problem that says what the module threw, or why it cannot be loaded
 */
export async function importDefault(path: string, file: string): Promise<unknown> {
  const isTypeScript = /\.m?ts$/.test(path)
  try {
    const module = isTypeScript && !readsTypeScript() ? await importBundled(path, file) : await importFile(path)
    if (module.default !== undefined) return module.default
  } catch (cause) {
    throw cause instanceof Problem ? cause : thrown(file, cause)
  }
  throw new Problem('bad-config', `${file} has no default export`, {
    path: file,
    fix: 'write export default defineConfig({ … })',
  })
}

type Module = { readonly default?: unknown }

const importFile = (path: string): Promise<Module> => import(pathToFileURL(path).href) as Promise<Module>

/** From Node 22.18 on types are stripped by Node. The types of Node 20 do not know of it. */
const readsTypeScript = (): boolean =>
  Boolean((process.features as { readonly typescript?: string | false }).typescript)

let bundles = 0

/** The module and what it imports by path, in one file beside it, so that packages are found from there. */
async function importBundled(path: string, file: string): Promise<Module> {
  const { build } = await esbuild(path, file)
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    write: false,
    logLevel: 'silent',
  })
  const bundle = join(dirname(path), `.${basename(path)}.${process.pid}.${bundles++}.mjs`)
  try {
    writeFileSync(bundle, outputFiles[0]?.contents ?? '')
    return await importFile(bundle)
  } finally {
    rmSync(bundle, { force: true })
  }
}

type Esbuild = typeof import('esbuild')

/** The project's esbuild, or the one beside deploycheck. */
async function esbuild(path: string, file: string): Promise<Esbuild> {
  for (const from of [path, import.meta.url])
    try {
      return createRequire(from)('esbuild') as Esbuild
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause
    }
  throw new Problem('no-typescript', `${file} is TypeScript, which Node ${process.versions.node} does not read`, {
    path: file,
    fix: 'npm install --save-dev esbuild, take Node 22.18 or newer, or write the config as .mjs or .json',
  })
}

function thrown(file: string, cause: unknown): Problem {
  const message = cause instanceof Error ? cause.message : String(cause)
  const { code } = cause as NodeJS.ErrnoException
  const own = code === 'ERR_MODULE_NOT_FOUND' && /'deploycheck'/.test(message)
  return new Problem('config-throws', `${file} cannot be loaded: ${message}`, {
    path: file,
    fix: own
      ? 'npm install --save-dev deploycheck, or export the object without defineConfig'
      : 'mend what it says; --debug shows where it was thrown',
    cause,
  })
}
