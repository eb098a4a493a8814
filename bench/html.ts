/**
 * The HTML report of a large model: 10,000 nodes with verdicts on four targets, opened in a real Chromium until the graph
 * is drawn. Claims: under 3 s, under 10 MB.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { mixedGraph, writeModel } from './graphs.ts'
import { median, verdict } from './measure.ts'

const rounds = 7
const executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium'
const cli = join(import.meta.dirname, '../dist/cli.cjs')
const scratch = mkdtempSync(join(tmpdir(), 'deploycheck-bench-'))

/** Milliseconds from the start of loading until the first box of the graph is there and the page is idle. */
async function opened(file: string): Promise<number> {
  const browser = await chromium.launch({ executablePath })
  try {
    const page = await browser.newPage({ viewport: { width: 1300, height: 900 } })
    const start = performance.now()
    await page.goto(pathToFileURL(file).href)
    await page.locator('.box').first().waitFor()
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))')
    return performance.now() - start
  } finally {
    await browser.close()
  }
}

try {
  const model = join(scratch, 'model.onnx')
  const report = join(scratch, 'report.html')
  writeModel(model, mixedGraph(10_000), 'inline')
  const args = [model, '--target', 'ios,android,webgpu', '--dim', 'batch=1', '--format', `html=${report}`]
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' })
  if (status === null || status > 1) throw new Error(`exit code ${status}\n${stderr}`)
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push(await opened(report))
  console.log(`\n### HTML report of 10,000 nodes, six targets, ${rounds} fresh browsers\n`)
  console.log(`opened in ${times.map((time) => time.toFixed(0)).join(', ')} ms`)
  verdict('seconds until the graph is drawn, median', median(times) / 1000, 3)
  verdict('megabytes', statSync(report).size / 1e6, 10)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
