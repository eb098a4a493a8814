import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import type { RuntimeList } from '../../src/result/answers.ts'
import { describeChromium } from '../runtimes/models.ts'
import { deploycheck } from './terminal.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml'

test('says what is there and what is missing, in 80 columns', async () => {
  const { code, out, err } = await deploycheck(['runtimes', '--runtime', 'cpu', '--runtime', elsewhere])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^cpu {13}available {2}onnxruntime-node 1\.30\.0\n/)
  expect(out).toMatch(new RegExp(`^${elsewhere} +missing +.* only\n +fix: run deploycheck on \\w+\n$`, 'm'))
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('gives JSON', async () => {
  const { code, out } = await deploycheck(['runtimes', '--runtime', 'cpu', '--format', 'json'])
  const { runtimes, ...rest } = JSON.parse(out) as RuntimeList
  expect(rest).toEqual({ schemaVersion: 1, tool: { name: 'deploycheck', version: '0.1.0' }, exitCode: 0, missing: [] })
  expect(code).toBe(0)
  expect(runtimes).toEqual([
    {
      id: 'cpu',
      title: 'onnxruntime-node on the CPU',
      kind: 'cpu',
      available: true,
      reason: null,
      fix: null,
      version: '1.30.0',
      versions: { 'onnxruntime-node': '1.30.0' },
      adapter: null,
      software: null,
      float16: null,
    },
  ])
})

test('exits with 1 where a required one is missing', async () => {
  const { code, out } = await deploycheck(['runtimes', '--runtime', 'cpu', '--require', elsewhere])
  expect(code).toBe(1)
  expect(out).toMatch(new RegExp(`^required and not available: ${elsewhere}$`, 'm'))
})

test.each([
  [['--runtime', 'webgppu'], 'there is no runtime "webgppu"', 'did you mean webgpu?'],
  [['--require', 'cpu', '--runtime', 'cpu@impl=jsep'], 'cpu has no parameter "impl"', 'no parameter'],
  [['--runtime', 'browser-webgpu@impl=metal'], 'impl is "metal"', 'native, jsep, jspi'],
])('%j cannot be asked', async (args, message, help) => {
  const { code, out, err } = await deploycheck(['runtimes', ...args])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(message)
  expect(err).toContain(help)
})

describeChromium('interrupted', () => {
  test('ends with 130, and the browser, its profile and all processes are gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interrupted-'))
    const args = ['--import', 'tsx', 'src/cli/main.ts', 'runtimes', '--runtime', 'browser-wasm', '--runtime', 'webgpu']
    const env = { ...process.env, TMPDIR: folder }
    // In a group of its own, all of which Ctrl-C reaches.
    const child = spawn(process.execPath, args, { cwd: root, env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const ended = once(child, 'close')
    // The browser has been started when it has a profile.
    await vi.waitFor(() => expect(readdirSync(folder).some((name) => name.startsWith('playwright'))).toBe(true), {
      timeout: 30_000,
      interval: 50,
    })
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toEqual([130, null])
    expect(said).not.toMatch(/is gone|crash/)
    await vi.waitFor(() => expect(processesOf(folder)).toEqual([]), { timeout: 5000 })
    expect(readdirSync(folder).filter((name) => /^(playwright|deploycheck)/.test(name))).toEqual([])
    rmSync(folder, { recursive: true })
  })
})

/** Command lines that name the folder. */
function processesOf(folder: string): string[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return line.includes(folder) ? [line] : []
    } catch {
      return []
    }
  })
}
