/** Which models the arguments of a command stand for: files, folders, globs, `-`, URLs. */
import { type Dirent, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { glob, isGlob } from '../files/glob.ts'
import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'

/** A model to read, or an argument that leads to none and why. */
export type Found = { readonly path: string; readonly problem?: Problem }

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text)

/** The models in the order of the arguments, each file once. Never throws: what leads nowhere says so itself. */
export function findModels(args: readonly string[], windows: boolean = process.platform === 'win32'): Found[] {
  const found: Found[] = []
  const seen = new Set<string>()
  for (const arg of args)
    for (const model of findOne(arg, windows)) {
      const key = model.path === '-' || isUrl(model.path) ? model.path : resolve(model.path)
      if (seen.has(key)) continue
      seen.add(key)
      found.push(model)
    }
  return found
}

function findOne(arg: string, windows: boolean): Found[] {
  if (arg === '-' || isUrl(arg)) return [{ path: arg }]
  const kind = kindOf(arg)
  // A file that is really called `a[1].onnx` is meant as it stands.
  if (kind === 'file') return [{ path: arg }]
  if (kind === 'folder') return inFolder(arg)
  if (isGlob(arg)) return matching(arg, windows)
  return [{ path: arg, problem: notThere(arg) }]
}

function matching(pattern: string, windows: boolean): Found[] {
  const found = glob(pattern, windows).flatMap((path) =>
    kindOf(path) === 'folder' ? modelsIn(path).map((file) => ({ path: file })) : [{ path }],
  )
  if (found.length > 0) return found
  const problem = new Problem('no-models', `no file matches the pattern ${pattern}`, {
    path: pattern,
    fix: 'check the folder before the first * and the ending; ** stands for any number of folders',
  })
  return [{ path: pattern, problem }]
}

function inFolder(folder: string): Found[] {
  const files = modelsIn(folder)
  if (files.length > 0) return files.map((path) => ({ path }))
  const problem = new Problem('no-models', `the folder ${folder} holds no .onnx file, nor does a folder inside it`, {
    path: folder,
    fix: 'name a folder with .onnx files, or a file itself, whatever its ending',
  })
  return [{ path: folder, problem }]
}

/** Folders that hold other people's models. */
const skipped = new Set(['node_modules', '.git'])

/** All `.onnx` files inside, sorted by name, folder by folder. Links to folders are not followed: they may go round. */
function modelsIn(folder: string): string[] {
  const files: string[] = []
  const open = [folder]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const inner: string[] = []
    for (const entry of sorted(next)) {
      const path = join(next, entry.name)
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) inner.push(path)
      } else if (/\.onnx$/i.test(entry.name) && kindOf(path) === 'file') files.push(path)
    }
    open.push(...inner.reverse())
  }
  return files
}

function sorted(folder: string): Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  } catch {
    return []
  }
}

/** `file` is everything that can be opened and read, pipes included. */
function kindOf(path: string): 'file' | 'folder' | null {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file'
  } catch {
    return null
  }
}

function notThere(path: string): Problem {
  const folder = dirname(path)
  const neighbour = nearest(basename(path), namesIn(folder))
  const fix = neighbour
    ? `did you mean ${folder === '.' ? neighbour : join(folder, neighbour)}?`
    : 'check the path: it is taken from the folder in which the command runs'
  return new Problem('not-found', `there is no file or folder ${path}`, { path, fix })
}

const namesIn = (folder: string): string[] =>
  sorted(folder)
    .slice(0, 1000)
    .map(({ name }) => name)
