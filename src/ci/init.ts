/** A first config, from what lies in a folder: models, what the app is built for, wrappers. Nothing is guessed in silence. */
import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { configNames } from '../config/load.ts'
import { Problem } from '../result/problem.ts'

export interface FirstConfig {
  /** Name of the file, and what is to stand in it. */
  readonly file: string
  readonly text: string
  /** What was found and taken, one sentence each. */
  readonly found: readonly string[]
}

interface Sight {
  readonly models: string[]
  readonly wrappers: string[]
  /** Target → the file that speaks for it. */
  readonly targets: Map<string, string>
}

/** Folders that hold what other people or tools have made. */
const skipped = new Set(['node_modules', 'dist', 'build', 'target', 'Pods', 'vendor', 'DerivedData'])
const deepest = 6
const mostEntries = 20_000

/**
 * @param folder that the config is for
 * @throws Problem where there is a config already, or no model
 */
export function firstConfig(folder: string): FirstConfig {
  const existing = configNames.find((name) => existsSync(join(folder, name)))
  if (existing !== undefined)
    throw new Problem('config-exists', `there is a config already: ${existing}`, {
      path: existing,
      fix: `change it, or move it away; deploycheck ci --print-config shows what it asks for`,
    })
  const sight = look(folder)
  if (sight.models.length === 0)
    throw new Problem('no-models', 'there is no .onnx file in this folder, nor in a folder inside it', {
      fix: 'run deploycheck init in the folder of the project; models may lie in folders inside it',
    })
  return written(folder, sight)
}

function look(folder: string): Sight {
  const sight: Sight = { models: [], wrappers: [], targets: new Map() }
  let entries = 0
  const open = ['']
  for (let inside = open.shift(); inside !== undefined && entries < mostEntries; inside = open.shift()) {
    for (const entry of entriesOf(join(folder, inside))) {
      entries++
      const path = posix.join(inside, entry.name)
      if (entry.isDirectory()) {
        const deep = path.split('/').length >= deepest
        if (!deep && !skipped.has(entry.name) && !entry.name.startsWith('.')) open.push(path)
      } else if (entry.isFile()) note(folder, path, entry.name, sight)
    }
  }
  return sight
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

/** Files that say what a project is built for. */
const builds: Readonly<Record<string, readonly string[]>> = {
  Podfile: ['ios'],
  'Package.swift': ['ios'],
  'Info.plist': ['ios'],
  'AndroidManifest.xml': ['android'],
  'pubspec.yaml': ['ios', 'android'],
}

/** Packages that say where models are run. */
const packages: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-web': ['web'],
  '@huggingface/transformers': ['web'],
  'onnxruntime-react-native': ['ios', 'android'],
  'react-native': ['ios', 'android'],
  '@capacitor/ios': ['ios'],
  '@capacitor/android': ['android'],
  'onnxruntime-node': ['cpu'],
}

function note(folder: string, path: string, name: string, { models, wrappers, targets }: Sight): void {
  if (/\.onnx$/i.test(name)) models.push(path)
  else if (/\.[cm]?[jt]s$/.test(name) && holds(join(folder, path), 'defineWrapper(')) wrappers.push(path)
  const speaking =
    name === 'package.json' ? packagesIn(join(folder, path)) : (builds[name] ?? []).map((id) => [id, path])
  for (const [id, by] of speaking) if (id && !targets.has(id)) targets.set(id, by ?? path)
}

function holds(path: string, words: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes(words)
  } catch {
    return false
  }
}

function packagesIn(path: string): (readonly [string, string])[] {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, object>
    const names = Object.keys({ ...dependencies, ...devDependencies })
    return names.flatMap((name) => (packages[name] ?? []).map((id) => [id, `the package ${name}`] as const))
  } catch {
    return []
  }
}

const order = ['ios', 'android', 'web', 'cpu']

function written(folder: string, { models, wrappers, targets }: Sight): FirstConfig {
  const globs = globsOf(models)
  const asked = order.filter((id) => targets.has(id))
  const found = [`models: ${models.length} in ${globs.join(', ')}`]
  for (const id of asked) found.push(`target ${id}: ${targets.get(id)} speaks for it`)
  if (asked.length === 0) found.push('targets: nothing says where the models run, so ios, android and web are asked')
  const [wrapper] = wrappers
  if (wrapper !== undefined && wrappers.length === 1) found.push(`wrapper: ${wrapper}`)
  else if (wrapper !== undefined) found.push(`wrappers: ${wrappers.join(', ')}; name one per model: { files, wrapper }`)
  const config = {
    models: globs,
    targets: asked.length > 0 ? asked : ['ios', 'android', 'web'],
    ...(wrapper !== undefined && wrappers.length === 1 && { wrapper }),
    gates: { failOn: 'blocked' },
    formats: ['pretty'],
  }
  return { ...inForm(folder, config), found }
}

/** One pattern per folder; the folder above where there are many. */
function globsOf(models: readonly string[]): string[] {
  const folders = [...new Set(models.map((path) => posix.dirname(path)))]
  const tops = [...new Set(folders.map((path) => path.split('/')[0] ?? path))]
  const all = (path: string) => (path === '.' ? '*.onnx' : `${path}/**/*.onnx`)
  return folders.length <= 3 ? folders.map((path) => (path === '.' ? all(path) : `${path}/*.onnx`)) : tops.map(all)
}

/** Code with types where the project can import deploycheck, otherwise JSON. */
function inForm(folder: string, config: object): Pick<FirstConfig, 'file' | 'text'> {
  const has = (name: string) => existsSync(join(folder, 'node_modules', name))
  if (!has('deploycheck')) return { file: 'deploycheck.config.json', text: `${JSON.stringify(config, null, 2)}\n` }
  const typescript = existsSync(join(folder, 'tsconfig.json')) && (has('esbuild') || 'typescript' in process.features)
  const text = `import { defineConfig } from 'deploycheck'\n\nexport default defineConfig(${codeOf(config)})\n`
  return { file: `deploycheck.config.${typescript ? 'ts' : 'mjs'}`, text }
}

/** The object as people write it: plain keys, single quotes. */
const codeOf = (config: object): string =>
  JSON.stringify(config, null, 2)
    .replace(/^( *)"(\w+)":/gm, '$1$2:')
    .replace(/"((?:[^"\\]|\\.)*)"/g, (_, inner: string) => `'${inner.replace(/\\"/g, '"').replace(/'/g, "\\'")}'`)
    .replace(/(['\]}])(?=\n)/g, '$1,')
    .replace(/,(?=\n? *$)/, '')
