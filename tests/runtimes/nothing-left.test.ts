/** Whatever happens to a process or to its parent, the runtime can be used again, and nothing stays behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { createRuntime } from '../../src/runtimes/registry.ts'
import { floats, oneNode, problemOf, runOnce } from './models.ts'
import { ownTemporaryFolder } from './own-temporary.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const temporary = ownTemporaryFolder()

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a crash is a Problem that says what the process said last', async () => {
  const runtime = createRuntime('cpu')
  const code = await runtime.load({
    code: `
      export const die = () => {
        process.stderr.write('I cannot go on\\n')
        process.kill(process.pid, 'SIGSEGV')
      }`,
  })
  expect(await problemOf(code.call('die', []))).toMatchObject({
    code: 'runtime-crashed',
    message: 'the process of cpu is gone: it was ended by SIGSEGV; it said last: I cannot go on',
  })
  expect(await runOnce(runtime, oneNode('Neg', 'float32'), { x: floats(1, 2, 3, 4) })).toEqual({
    y: floats(-1, -2, -3, -4),
  })
  await runtime.close()
  expect(temporary.left()).toEqual([])
})

test('a program that forgets its sessions ends all the same, and takes them along', async () => {
  const script = `
    const { createRuntime } = await import('./src/runtimes/registry.ts')
    const { oneNode } = await import('./tests/runtimes/models.ts')
    const runtime = createRuntime('cpu')
    await runtime.open({ bytes: oneNode('Neg', 'float32') })
    console.log((await (await runtime.load({ code: 'export const pid = () => process.pid' })).call('pid', [])).value)
  `
  const args = ['--import', 'tsx', '--input-type=module', '-e', script]
  const env = { ...process.env, TSX_DISABLE_CACHE: '1' }
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [[output]] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')])
  await vi.waitFor(() => expect(isAlive(Number(output))).toBe(false), { timeout: 5000 })
})

test('when the parent is killed, a session that computes for ever ends too', async () => {
  const args = ['--import', 'tsx', 'tests/runtimes/forgetful.ts']
  const env = { ...process.env, TSX_DISABLE_CACHE: '1' }
  const parent = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [output] = await once(parent.stdout, 'data')
  const pid = Number(output)
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000, interval: 100 })
  expect(temporary.left()).toEqual([])
})
