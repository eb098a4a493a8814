/**
 * Brings a user's module to where it runs: one text that a child process or a page imports, with the kit inside and
 * without imports that only resolve in the user's folder.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { builtinModules, createRequire } from 'node:module'
import { dirname, extname, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BuildFailure, BuildOptions, Plugin } from 'esbuild'
import { isProblem, Problem } from '../result/problem.ts'
import type { Tensors } from '../tensors/tensor.ts'
import type { Description, Preprocessed, WrapperHost } from './host.ts'
import type { Context, Sample, SampleInput } from './wrapper.ts'

export type Platform = 'node' | 'browser'

/**
 * The wrapper as code for `Runtime.load`.
 * @param path of the user's module, JavaScript or TypeScript
 * @param platform where the code is to run, `Runtime.platform`
 * @throws Problem where there is no such file, it does not bundle, or esbuild is needed and not installed
 */
export async function bundleWrapper(path: string, platform: Platform): Promise<{ readonly code: string }> {
  const file = wrapperFile(path)
  const esbuild = await findEsbuild(file)
  if (esbuild) return { code: await bundle(esbuild, file, path, platform) }
  if (platform === 'node' && nodeCanImport(file)) return { code: entryFor(pathToFileURL(file).href, hostUrl(), file) }
  throw new Problem('no-bundler', `esbuild is not installed, and ${whyNeeded(file, platform)}`, {
    path,
    fix: 'npm install --save-dev esbuild',
  })
}

/** The whole path of a wrapper. @throws Problem where there is no such file */
export function wrapperFile(path: string): string {
  const file = resolve(path)
  if (existsSync(file)) return file
  throw new Problem('not-found', `there is no wrapper ${path}`, {
    path,
    fix: 'check the path: it is taken from the folder in which the command runs',
  })
}

const nodeCanImport = (file: string): boolean =>
  ['.mjs', '.js'].includes(extname(file)) || Boolean((process.features as { typescript?: unknown }).typescript)

const whyNeeded = (file: string, platform: Platform): string =>
  platform === 'browser'
    ? 'a page needs the wrapper in one file'
    : `this Node does not import ${extname(file) || 'such'} files by itself`

/** The module with the wrapper's host: built beside this file, or the source of it. */
function hostPath(): string {
  const built = fileURLToPath(new URL('./wrapper-host.mjs', import.meta.url))
  return existsSync(built) ? built : fileURLToPath(new URL('./host.ts', import.meta.url))
}
const hostUrl = (): string => pathToFileURL(hostPath()).href

/** Named exports, so that errors name the function as the user knows it. */
const entryFor = (wrapper: string, host: string, file: string): string => `
import * as module from ${JSON.stringify(wrapper)}
import { hostWrapper } from ${JSON.stringify(host)}
export const { describe, nextSample, preprocess, postprocess, compare, metric, slices } =
  hostWrapper(module, ${JSON.stringify(file)})
`

type Esbuild = Pick<typeof import('esbuild'), 'build'>

/** The user's own first, then the one beside deploycheck. */
async function findEsbuild(file: string): Promise<Esbuild | null> {
  for (const from of [file, import.meta.url])
    try {
      const path = createRequire(from).resolve('esbuild')
      const loaded = (await import(pathToFileURL(path).href)) as Esbuild & { default?: Esbuild }
      return loaded.default ?? loaded
    } catch {
      // Not there, or without the program for this machine.
    }
  return null
}

async function bundle({ build }: Esbuild, file: string, path: string, platform: Platform): Promise<string> {
  const options: BuildOptions = {
    stdin: {
      contents: entryFor(file, hostPath(), file),
      resolveDir: dirname(file),
      sourcefile: 'deploycheck-entry.js',
    },
    bundle: true,
    format: 'esm',
    platform,
    target: 'es2022',
    write: false,
    logLevel: 'silent',
    loader: { '.txt': 'text', '.csv': 'text', '.bin': 'binary', '.npy': 'binary', '.npz': 'binary', '.node': 'empty' },
    plugins: platform === 'node' ? [deploycheckInside, packagesOutside, ownPlace] : [deploycheckInside, nodeOutside],
    outfile: 'wrapper.mjs',
    sourcemap: 'external',
    sourcesContent: false,
    ...(platform === 'node' ? { banner: { js: bannerFor(file) } } : {}),
  }
  try {
    const { outputFiles = [] } = await build(options)
    const [map, code] = ['.map', '.mjs'].map(
      (ending) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '',
    )
    return platform === 'node' ? `${code}\n${sourceMapComment(map ?? '')}` : (code ?? '')
  } catch (error) {
    if (isProblem(error)) throw error
    throw bundleProblem(error, path)
  }
}

/** So that an error names a line that the user has written, wherever the code is put. */
function sourceMapComment(text: string): string {
  const map = JSON.parse(text) as { sources: string[] }
  const sources = map.sources.map((source) => pathToFileURL(resolve(source)).href)
  const data = Buffer.from(JSON.stringify({ ...map, sources })).toString('base64')
  return `//# sourceMappingURL=data:application/json;base64,${data}\n`
}

function bundleProblem(error: unknown, path: string): Problem {
  const first = (error as BuildFailure).errors?.[0]
  if (!first) return new Problem('wrapper-not-bundled', `${path} cannot be bundled: ${String(error)}`, { path })
  const { text, location, notes } = first
  const place = location ? `${location.file}:${location.line}:${location.column + 1}` : path
  const note = notes[0]?.text
  return new Problem('wrapper-not-bundled', `${place}: ${text}`, { path, ...(note ? { fix: note } : {}), cause: error })
}

/** CommonJS among the user's own files asks for packages with require. */
const bannerFor = (file: string): string =>
  `import { createRequire as deploycheckRequire } from 'node:module'
const require = deploycheckRequire(${JSON.stringify(pathToFileURL(file).href)})
process.setSourceMapsEnabled(true)`

/** A wrapper needs defineWrapper only: the rest of deploycheck does not belong into a page. */
const deploycheckInside: Plugin = {
  name: 'deploycheck-inside',
  setup(build) {
    build.onResolve({ filter: /^deploycheck$/ }, () => ({ path: hostPath() }))
  },
}

const isBuiltin = (path: string): boolean => path.startsWith('node:') || builtinModules.includes(path)
const bare = /^[^./\\]/

/** In Node packages stay where they are, found from the user's folder: some have parts that cannot be bundled. */
const packagesOutside: Plugin = {
  name: 'packages-outside',
  setup(build) {
    build.onResolve({ filter: bare }, async ({ path, kind, resolveDir, importer, pluginData }) => {
      if (kind === 'entry-point' || pluginData === asked) return
      if (isBuiltin(path)) return { path, external: true }
      const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: asked })
      const isPackage = found.errors.length === 0 && found.path.includes(`${sep}node_modules${sep}`)
      if (!isPackage || /\.tsx?$/.test(found.path)) return found
      return { path: kind === 'require-call' ? found.path : pathToFileURL(found.path).href, external: true }
    })
  },
}
const asked = Symbol('asked')

/** `new URL('./labels.txt', import.meta.url)` means a file beside the user's, not beside the bundle. */
const ownPlace: Plugin = {
  name: 'own-place',
  setup(build) {
    build.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
      const text = path === hostPath() ? '' : await readFile(path, 'utf8')
      if (!text.includes('import.meta.url')) return
      const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      return { contents, loader: path.endsWith('ts') ? 'ts' : 'js' }
    })
  },
}

/** In a page Node's modules are not there: whoever uses one is told so, whoever only imports it is left alone. */
const nodeOutside: Plugin = {
  name: 'node-outside',
  setup(build) {
    build.onResolve({ filter: bare }, ({ path }) => (isBuiltin(path) ? { path, namespace: 'node-outside' } : undefined))
    build.onLoad({ filter: /.*/, namespace: 'node-outside' }, ({ path }) => ({
      contents: `module.exports = Object.create(new Proxy({}, {
        get(_, key) {
          if (typeof key === 'symbol' || key === '__esModule' || key === 'then') return undefined
          throw new Error(key + ' of ' + ${JSON.stringify(path)} + ' was asked for in a browser, which has no such module')
        },
      }))`,
    }))
  },
}

/** What can be asked of code that a runtime has loaded: LoadedCode of src/runtimes. */
export interface Caller {
  call(
    name: string,
    args: readonly unknown[],
    timeLimit?: number,
  ): Promise<{ readonly value: unknown; readonly time: number }>
}

export interface Timed<T> {
  readonly value: T
  /** Milliseconds, measured beside the code. */
  readonly time: number
}

/** The wrapper's functions as the runtime's loaded code offers them: each call with its time, and a time limit. */
export interface WrapperClient {
  describe(): Promise<Description>
  nextSample(timeLimit?: number): Promise<SampleInput | null>
  preprocess(sample: Sample, timeLimit?: number): Promise<Timed<Preprocessed>>
  postprocess(outputs: Tensors, sample: Sample, context: Context, timeLimit?: number): Promise<Timed<unknown>>
  compare(field: string, expected: unknown, actual: unknown): Promise<string | null>
  metric(name: string, result: unknown, sample: Sample): Promise<number>
  slices(sample: Sample): Promise<readonly string[]>
}

/** @param code what `Runtime.load(await bundleWrapper(…))` gave */
export function wrapperClient(code: Caller): WrapperClient {
  const ask = async <Name extends keyof WrapperHost>(
    name: Name,
    args: Parameters<WrapperHost[Name]>,
    timeLimit?: number,
  ) => (await code.call(name, args, timeLimit)) as Timed<Awaited<ReturnType<WrapperHost[Name]>>>
  return {
    describe: async () => (await ask('describe', [])).value,
    nextSample: async (timeLimit) => (await ask('nextSample', [], timeLimit)).value,
    preprocess: (sample, timeLimit) => ask('preprocess', [sample], timeLimit),
    postprocess: (outputs, sample, context, timeLimit) => ask('postprocess', [outputs, sample, context], timeLimit),
    compare: async (field, expected, actual) => (await ask('compare', [field, expected, actual])).value,
    metric: async (name, result, sample) => (await ask('metric', [name, result, sample])).value,
    slices: async (sample) => (await ask('slices', [sample])).value,
  }
}
