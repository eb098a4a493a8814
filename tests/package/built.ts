/** The package as it would be published: dist/ built from the sources as they stand, and the files that npm packs. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')
const cli = join(root, 'dist', 'cli.cjs')

/** Builds dist/ where the sources are newer. */
export function build(): void {
  if (existsSync(cli) && statSync(cli).mtimeMs >= newest(join(root, 'src'))) return
  const tsdown = join(dirname(createRequire(import.meta.url).resolve('tsdown')), 'run.mjs')
  execFileSync(process.execPath, [tsdown, '-l', 'error'], { cwd: root, stdio: 'pipe' })
}

const newest = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce(
    (latest, name) => Math.max(latest, statSync(join(folder, name)).mtimeMs),
    0,
  )

interface Packed {
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** What `npm pack` would put into the tarball. */
export function packed(): Packed {
  // one string, because npm is a batch file on Windows
  const text = execFileSync('npm pack --dry-run --json --ignore-scripts', {
    cwd: root,
    shell: true,
    encoding: 'utf8',
    stdio: 'pipe',
  })
  const answer: unknown = JSON.parse(text)
  // npm 12 gives an object by package name, before that it was a list
  return Object.values(answer as Record<string, Packed>)[0] ?? { unpackedSize: 0, files: [] }
}
