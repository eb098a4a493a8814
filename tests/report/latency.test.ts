import { expect, it } from 'vitest'
import { histogram, latencyLines } from '../../src/report/latency.ts'
import { plain } from '../../src/report/style.ts'
import { columns } from '../../src/report/text.ts'
import { aRun, aRuntime } from '../latency/a-run.ts'

const options = { columns: 80, style: plain, quiet: false }

it('shows figures with their spread, and what is doubtful about them', () => {
  const samples = Array.from({ length: 64 }, (_, i) => 5 + (i % 8) / 10)
  const run = aRun({
    runtimes: [
      aRuntime('cpu'),
      aRuntime('browser-webgpu', { software: true, reason: 'software adapter: its speed says nothing about a device' }),
    ],
  })
  for (const { latency } of run.runtimes) if (latency) latency.warm.samples = samples
  const text = latencyLines(run, options).join('\n')
  expect(text).toContain('4.9 to 5.1')
  expect(text).toContain('browser-webgpu *')
  expect(text).toContain('software adapter')
  for (const line of text.split('\n')) expect(columns(line)).toBeLessThanOrEqual(80)
})

it('names of a runtime and of operators cannot steer the terminal', () => {
  const evil = '\u001b[2Jevil\n'
  const op = { node: 0, name: evil, op: evil, provider: evil, ms: 1, share: 1, macs: 1, bytes: 1, bound: null }
  const run = aRun({
    runtimes: [aRuntime(evil, { reason: evil, latency: { perOp: [op] } })],
    baseline: {
      verdict: 'same',
      file: evil,
      runtimes: [{ id: evil, verdict: 'same', ratio: 1, ratioCi95: null, p: null, threshold: 0.05, why: evil }],
    },
  })
  const lines = latencyLines(run, options)
  expect(lines.join('')).toContain('evil')
  for (const line of lines) expect(line.includes('\u001b') || line.includes('\n')).toBe(false)
})

it('a histogram shows every sample, and its outliers in the last bar', () => {
  expect(histogram([1, 1, 1, 2], 4)).toEqual({ bars: '█  ▃', low: 1, high: 2 })
  expect(histogram([5, 5, 5], 3).bars).toBe('█  ')
  expect(histogram([], 3).bars).toBe('   ')
})
