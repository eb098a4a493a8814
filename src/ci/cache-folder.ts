/** Where answers are kept: with the packages of the project, or where the system keeps caches. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

export function cacheFolder(env: Env, cwd: string = process.cwd(), platform: string = process.platform): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules')
    if (existsSync(join(folder, 'package.json')) && existsSync(modules)) return join(modules, '.cache', 'deploycheck')
    if (folder === dirname(folder)) break
  }
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'deploycheck')
  if (platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'deploycheck', 'cache')
  return join(homedir(), platform === 'darwin' ? 'Library/Caches' : '.cache', 'deploycheck')
}
