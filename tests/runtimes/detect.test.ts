/** What is looked for on a machine, on machines that are not this one. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Problem } from '../../src/result/problem.ts'
import { adapterOf } from '../../src/runtimes/detect/adapter.ts'
import { findBrowser, installedBrowsers, type Surroundings } from '../../src/runtimes/detect/browsers.ts'
import { findPackage, installedPackages, requireAll, requirePackage } from '../../src/runtimes/detect/packages.ts'

afterEach(() => vi.restoreAllMocks())

const machine = (platform: NodeJS.Platform, files: string[], env: Record<string, string> = {}): Surroundings => ({
  platform,
  env,
  home: '/home/me',
  exists: (path) => files.includes(path),
})

describe('browsers', () => {
  test('are found where their installers put them, Chrome first', () => {
    const chrome = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'
    const env = { PROGRAMFILES: 'C:\\Program Files', 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)' }
    expect(installedBrowsers(machine('win32', [edge, chrome], env))).toEqual([
      { name: 'chrome', path: chrome },
      { name: 'edge', path: edge },
    ])
    const mac = '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'
    expect(findBrowser(undefined, machine('darwin', [mac]))).toEqual({ name: 'edge', path: mac })
    expect(findBrowser(undefined, machine('linux', ['/usr/bin/chromium'], { PATH: '/bin:/usr/bin' }))).toEqual({
      name: 'chromium',
      path: '/usr/bin/chromium',
    })
  })

  test('asked for by path or name beats CHROME_PATH, which beats what is installed', () => {
    const files = ['/usr/bin/google-chrome', '/usr/bin/chromium', '/my/chrome', '/other/microsoft-edge']
    const around = machine('linux', files, { PATH: '/usr/bin', CHROME_PATH: '/my/chrome' })
    expect(findBrowser('/other/microsoft-edge', around)).toEqual({ name: 'edge', path: '/other/microsoft-edge' })
    expect(findBrowser('chromium', around).path).toBe('/usr/bin/chromium')
    expect(findBrowser(undefined, around).path).toBe('/my/chrome')
    expect(findBrowser(undefined, { ...around, env: { PATH: '/usr/bin' } }).path).toBe('/usr/bin/google-chrome')
  })

  test.each([
    [undefined, {}, 'Chrome, Edge or Chromium was not found', /set CHROME_PATH/],
    ['edge', {}, 'edge was not found', /install Chrome/],
    ['chrmium', {}, 'there is no browser chrmium (it was asked for)', /did you mean chromium/],
    [undefined, { CHROME_PATH: '/gone' }, 'there is no browser /gone (CHROME_PATH names it)', /correct the path/],
  ])('%s with %j is missing, with what to do', (asked, env, message, fix) => {
    const problem = (() => {
      try {
        return findBrowser(asked, machine('linux', [], env))
      } catch (error) {
        return error
      }
    })()
    expect(problem).toBeInstanceOf(Problem)
    expect(problem).toMatchObject({
      code: 'runtime-unavailable',
      message,
      details: { fix: expect.stringMatching(fix) },
    })
  })
})

describe('packages', () => {
  test('of the user’s project come first', () => {
    const project = mkdtempSync(join(tmpdir(), 'deploycheck test '))
    const folder = join(project, 'node_modules', 'onnxruntime-node')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "version": "1.19.2" }')
    vi.spyOn(process, 'cwd').mockReturnValue(project)
    try {
      expect(findPackage('onnxruntime-node')).toEqual({ name: 'onnxruntime-node', version: '1.19.2', folder })
      // Not there, so the one beside deploycheck.
      expect(findPackage('onnxruntime-web')?.version).toBe('1.30.0')
      expect(() => requirePackage('onnxruntime-node')).toThrow('onnxruntime-node 1.19.2 is too old')
    } finally {
      rmSync(project, { recursive: true })
    }
  })

  test('that are missing are named with the command that brings them', () => {
    expect(() => requirePackage('no-such-runtime')).toThrow('the package no-such-runtime is not installed')
    const all = () => requireAll('no-such-runtime', 'webgpu', 'no-such-browser')
    expect(all).toThrow('the packages no-such-runtime and no-such-browser are not installed')
    expect(installedPackages('no-such-runtime', 'webgpu')).toEqual({ version: null, parts: { webgpu: '0.6.2' } })
  })
})

describe('adapters', () => {
  const adapter = (info: Record<string, unknown>, features: string[] = []) =>
    adapterOf({
      info: { vendor: '', architecture: '', device: '', description: '', ...info } as never,
      features: new Set(features),
    })

  test('have the name that their driver gives, or what there is of one', () => {
    expect(adapter({ vendor: 'nvidia', architecture: 'ampere', description: 'RTX 3070' }, ['shader-f16'])).toEqual({
      name: 'RTX 3070',
      software: false,
      float16: true,
    })
    expect(adapter({ vendor: 'intel', architecture: 'gen-12lp' }).name).toBe('intel gen-12lp')
    expect(adapter({})).toEqual({ name: null, software: false, float16: false })
  })

  test.each([
    { vendor: 'google', architecture: 'swiftshader' },
    { vendor: 'mesa', architecture: 'llvmpipe', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' },
    { description: 'Microsoft Basic Render Driver' },
    { vendor: 'somebody', isFallbackAdapter: true },
  ])('made of software are known: %j', (info) => {
    expect(adapter(info).software).toBe(true)
  })
})
