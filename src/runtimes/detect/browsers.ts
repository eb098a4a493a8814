/** The browsers of this machine that playwright-core can drive: Chrome, Edge, Chromium, where their installers put them. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, join, posix, win32 } from 'node:path'
import { nearest } from '../../result/nearest.ts'
import { Problem } from '../../result/problem.ts'

export const browserNames = ['chrome', 'edge', 'chromium'] as const
export type BrowserName = (typeof browserNames)[number]

export interface Browser {
  readonly name: BrowserName
  readonly path: string
}

/** What is looked at; tests put their own in its place. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  exists(path: string): boolean
}

const here: Surroundings = { platform: process.platform, env: process.env, home: homedir(), exists: existsSync }

const linux: Record<BrowserName, { commands: string[]; paths: string[] }> = {
  chrome: { commands: ['google-chrome', 'google-chrome-stable'], paths: ['/opt/google/chrome/chrome'] },
  edge: { commands: ['microsoft-edge', 'microsoft-edge-stable'], paths: ['/opt/microsoft/msedge/msedge'] },
  chromium: {
    commands: ['chromium', 'chromium-browser'],
    paths: ['/usr/lib/chromium/chromium', '/usr/lib64/chromium-browser/chromium-browser', '/snap/bin/chromium'],
  },
}
const mac: Record<BrowserName, string> = {
  chrome: 'Google Chrome.app/Contents/MacOS/Google Chrome',
  edge: 'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  chromium: 'Chromium.app/Contents/MacOS/Chromium',
}
const windows: Record<BrowserName, string> = {
  chrome: 'Google\\Chrome\\Application\\chrome.exe',
  edge: 'Microsoft\\Edge\\Application\\msedge.exe',
  chromium: 'Chromium\\Application\\chrome.exe',
}

/** Every place where a browser may be, Chrome's first. */
function places(name: BrowserName, { platform, env, home }: Surroundings): string[] {
  if (platform === 'darwin')
    return ['/Applications', join(home, 'Applications')].map((folder) => posix.join(folder, mac[name]))
  if (platform === 'win32')
    return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].flatMap((folder) =>
      folder ? [win32.join(folder, windows[name])] : [],
    )
  const { commands, paths } = linux[name]
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  return [...commands.flatMap((command) => folders.map((folder) => posix.join(folder, command))), ...paths]
}

/** Those that are there, in the order in which they are tried. */
export const installedBrowsers = (around: Surroundings = here): Browser[] =>
  browserNames.flatMap((name) => {
    const path = places(name, around).find((place) => around.exists(place))
    return path === undefined ? [] : [{ name, path }]
  })

/**
 * The browser to use: the one asked for by path or name, the one that CHROME_PATH names, or the first that is there.
 * @throws Problem `runtime-unavailable`
 */
export function findBrowser(asked: string | undefined, around: Surroundings = here): Browser {
  const named = browserNames.find((name) => name === asked)
  if (asked !== undefined && named === undefined) return byPath(asked, 'it was asked for', around)
  const fromEnvironment = around.env.CHROME_PATH
  if (!named && fromEnvironment) return byPath(fromEnvironment, 'CHROME_PATH names it', around)
  const browsers = installedBrowsers(around)
  const found = named ? browsers.find(({ name }) => name === named) : browsers[0]
  if (found) return found
  const what = named ?? 'Chrome, Edge or Chromium'
  throw new Problem('runtime-unavailable', `${what} was not found`, {
    expected: 'a browser where its installer puts it',
    fix: 'install Chrome, Edge or Chromium, or set CHROME_PATH to the program',
  })
}

function byPath(path: string, why: string, around: Surroundings): Browser {
  if (around.exists(path)) return { name: nameOf(path), path }
  const near = nearest(path, browserNames)
  throw new Problem('runtime-unavailable', `there is no browser ${path} (${why})`, {
    expected: `the path of a program, or one of ${browserNames.join(', ')}`,
    fix: near ? `did you mean ${near}?` : 'correct the path, or leave it out: the browser that is installed is found',
  })
}

function nameOf(path: string): BrowserName {
  const program = basename(path.replaceAll('\\', '/')).toLowerCase()
  return /edge/.test(program) ? 'edge' : /chromium/.test(program) ? 'chromium' : 'chrome'
}
