/** The HTML report in a real Chromium: what it shows, that it can be used without a mouse or eyes, that nothing else runs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { htmlReport } from '../../src/report/html/report.ts'
import type { Result } from '../../src/result/result.ts'
import { describeChromium } from '../runtimes/models.ts'
import { hostile } from './hostile.ts'
import { large } from './large.ts'
import { recorded } from './recorded.ts'
import { model, result } from './sample.ts'

describeChromium('the HTML report', () => {
  let browser: Browser
  let folder = ''
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium' })
    folder = mkdtempSync(join(tmpdir(), 'deploycheck html '))
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  interface Opened {
    readonly page: Page
    /** Complaints of the page, and whatever it asked the network for. */
    readonly trouble: string[]
  }

  async function open(sample: Result, options: { colorScheme?: 'dark' | 'light' } = {}): Promise<Opened> {
    const file = join(folder, 'report.html')
    writeFileSync(file, htmlReport(sample))
    const page = await browser.newPage({ viewport: { width: 1300, height: 900 }, ...options })
    const trouble: string[] = []
    page.on('pageerror', (error) => trouble.push(error.message))
    page.on('console', (message) => trouble.push(message.text()))
    page.on('dialog', (dialog) => {
      trouble.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => request.url().startsWith('file:') || trouble.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    return { page, trouble }
  }

  const boxes = (page: Page) => page.locator('.box')

  test.each(['light', 'dark'] as const)('has no serious fault for assistive technology (%s)', async (colorScheme) => {
    const { page, trouble } = await open(recorded, { colorScheme })
    await boxes(page).first().click()
    // What is folded away is read, too.
    await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    await page.evaluate(axe.source)
    const found = await page.evaluate(
      `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => impact + ' ' + id + ': ' + nodes.slice(0, 3).map((node) => node.html)))`,
    )
    expect((found as string[]).filter((one) => /^(serious|critical)/.test(one))).toEqual([])
    expect(trouble).toEqual([])
    await page.close()
  })

  test('names that are attacks stay text, and no script but ours runs', async () => {
    const { page, trouble } = await open(hostile)
    await expect.poll(() => boxes(page).count()).toBeGreaterThan(5)
    expect(await page.locator('main img, main iframe').count()).toBe(0)
    expect(await page.textContent('main')).toContain('<img src=x onerror=alert(1)>')
    expect(trouble).toEqual([])
    // The policy itself: a script that got in somehow is refused.
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = 1' }))",
    )
    expect(await page.evaluate('window.ran')).toBeUndefined()
    expect(trouble.join()).toMatch(/Content Security Policy/)
    await page.close()
  })

  test('a node is found by its name, and shows where it runs on every target and why', async () => {
    const { page } = await open(recorded)
    await page.getByRole('searchbox').fill('lstm lstm.1')
    await page
      .getByRole('button', { name: /LSTM \/lstm\.1\/LSTM/ })
      .last()
      .click()
    const side = page.locator('.side')
    await expect
      .poll(() => side.textContent())
      .toMatch(/coreml-mlprogram.*on the CPU.*nnapi.*has no LSTM.*qnn-htp.*on the target/s)
    expect(await side.textContent()).toMatch(/hidden_size = \d+/)
    expect(await side.textContent()).toMatch(/float32 \[\d+, 1, \d+\]/)
    await page.close()
  })

  test('the picture can be walked through with the keyboard', async () => {
    const { page } = await open(recorded)
    const focused = () =>
      page.evaluate(
        "(document.activeElement?.textContent ?? '') + ': ' + document.activeElement?.getAttribute('aria-description')",
      )
    await boxes(page).first().focus()
    const seen = [await focused()]
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press('ArrowDown')
      seen.push(await focused())
    }
    expect(new Set(seen).size).toBe(5)
    await page.keyboard.press('ArrowUp')
    expect(await focused()).toBe(seen[3])
    await boxes(page).filter({ hasText: '/lstm.0/LSTM' }).focus()
    await page.keyboard.press('Escape')
    expect(await focused()).toMatch(/lstm\.0.*: a group, lstm\.0, 3 nodes: 2 on the CPU, 1 folded away/)
    await page.keyboard.press('Enter')
    expect(await focused()).toMatch(/LSTM \/lstm\.0\/LSTM/)
    await page.close()
  })

  test('10,000 nodes are grouped by what repeats, and every one is reached by its name', async () => {
    const { page, trouble } = await open(large(10_000))
    await expect.poll(() => boxes(page).count()).toBeGreaterThan(3)
    expect(await boxes(page).count()).toBeLessThan(400)
    expect(await page.getByRole('button', { name: /block 1 of \d+/ }).count()).toBe(1)
    await page.getByRole('searchbox').fill('#7777')
    await page.getByRole('button', { name: /^#7777 / }).click()
    await expect.poll(() => page.locator('.side h4').first().textContent()).toBe('Conv')
    await page.getByRole('button', { name: 'Open groups' }).click()
    expect(await boxes(page).count()).toBeLessThan(2500)
    expect(trouble).toEqual([])
    await page.close()
  })

  test('a link into a closed model opens it, and draws it then', async () => {
    const [first] = recorded.models
    const { page } = await open(first ? result(model({ path: 'a.onnx' }), first) : result())
    expect(await boxes(page).count()).toBe(0)
    await page.getByRole('link', { name: 'partial 13.5%' }).first().click()
    await expect.poll(() => boxes(page).count()).toBeGreaterThan(3)
    await page.close()
  })
})
