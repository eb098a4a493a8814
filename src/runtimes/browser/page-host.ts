/** A page with onnxruntime-web, ready to be asked. */
import type { Page } from 'playwright-core'
import { Problem } from '../../result/problem.ts'
import type { Browser } from '../detect/browsers.ts'
import { errorOf, type Failure } from '../engine/failure.ts'
import type { Host } from '../engine/host.ts'
import type { StartedHost } from '../hosted.ts'
import { externalData } from '../model-source.ts'
import { crashed, interrupted, tooLong } from '../process/child.ts'
import type { CodeSource, ModelSource, RuntimeSettings } from '../runtime.ts'
import { hostScript } from '../scripts.ts'
import { leaseBrowser } from './launch.ts'
import { pack, unpack } from './packet.ts'
import { type PageServer, startPageServer } from './server.ts'

export interface PageHostOptions {
  /** For messages. */
  readonly id: string
  readonly browser: Browser
  /** Folder with the files of onnxruntime-web, and the one to import. */
  readonly folder: string
  readonly module: string
}

const startLimit = 60_000
/** A page that does not end is left to the end of the browser. */
const closeLimit = 3000

export async function startPageHost(
  { id, browser, folder, module }: PageHostOptions,
  { signal, log, threads }: RuntimeSettings,
): Promise<StartedHost> {
  if (signal?.aborted) throw interrupted(id)
  const opened: { close(why?: Problem): Promise<unknown> }[] = []
  const close = async (why?: Problem) => {
    for (const one of opened.splice(0).reverse()) await one.close(why)
  }
  try {
    const server = await startPageServer(await hostScript('page'), { ort: folder })
    opened.push(server)
    const lease = await leaseBrowser(browser)
    opened.push({ close: lease.release })
    // A browser takes seconds to start, and until then nothing of it can be closed.
    if (signal?.aborted) throw interrupted(id)
    const page = await lease.browser.newPage()
    page.on('console', (message) => log?.(`${message.text()}\n`))
    page.on('pageerror', (error) => log?.(`${error.message}\n`))
    const host = pageHost(id, page, server, signal)
    opened.push(host)
    await page.goto(server.url, { timeout: startLimit })
    await page.waitForFunction('typeof deploycheck === "function"', undefined, { timeout: startLimit })
    const start = { module: `${server.url}ort/${module}`, build: 'web', threads: threads ?? null } as const
    await host.ask('start', start, startLimit)
    return {
      host,
      parts: { [browser.name]: lease.browser.version() },
      adapter: null,
      prepare: (model) => offerModel(model, server),
      codeUrl: (code) => offerCode(code, server),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function pageHost(id: string, page: Page, server: PageServer, signal: AbortSignal | undefined): Host {
  let end: Problem | null = null
  let rejectAll: (problem: Problem) => void = () => {}
  const ended = new Promise<never>((_, reject) => {
    rejectAll = reject
  })
  // Somebody may or may not be waiting when it ends.
  ended.catch(() => {})
  let closing: Promise<unknown> | null = null

  function die(problem: Problem): void {
    if (end) return
    end = problem
    rejectAll(problem)
    signal?.removeEventListener('abort', interrupt)
    closing = Promise.race([
      page.close().catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, closeLimit).unref()),
    ])
  }
  const interrupt = () => die(interrupted(id))
  signal?.addEventListener('abort', interrupt)
  page.on('crash', () => die(crashed(id, 'the page crashed')))
  page.on('close', () => die(crashed(id, 'the browser closed the page')))

  async function exchange(method: string, request: unknown): Promise<unknown> {
    const url = server.offer({ bytes: pack({ method, request }), type: '.bin' })
    try {
      await page.evaluate(`deploycheck(${JSON.stringify(url)})`)
    } finally {
      server.withdraw(url)
    }
    const bytes = server.answer(url)
    if (!bytes) throw crashed(id, 'the page gave no answer')
    const reply = unpack(bytes) as { answer?: unknown; failure?: Failure }
    if (reply.failure) throw errorOf(reply.failure)
    return reply.answer
  }

  return {
    get alive() {
      return end === null
    },
    async ask(method, request, limit) {
      if (end) throw end
      const timer = setTimeout(() => die(tooLong(id, method, limit)), limit)
      try {
        // What evaluate says when the page goes away is less than what ended it.
        const answer = exchange(method, request).catch((error) => {
          throw end ?? error
        })
        return (await Promise.race([answer, ended])) as never
      } finally {
        clearTimeout(timer)
      }
    },
    async close(why = new Problem('session-closed', `${id} was closed`)) {
      die(why)
      await closing
    },
  }
}

async function offerModel(source: ModelSource, server: PageServer) {
  const files = await externalData(source)
  return {
    model: server.offer('path' in source ? { path: source.path } : { bytes: source.bytes, type: '.bin' }),
    externalData: files.map(({ location, path }) => ({ path: location, data: server.offer({ path }) })),
    config: {},
  }
}

/** @throws Problem where the code lies in a file: a page has none */
function offerCode(code: CodeSource, server: PageServer): string {
  if ('code' in code) return server.offer({ bytes: Buffer.from(code.code), type: '.mjs' })
  throw new Problem('code-failed', `a page cannot import ${code.url}`, { fix: 'give the text of the bundled module' })
}
