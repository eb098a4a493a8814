/**
 * What a page is made of, served to it alone: the program, onnxruntime-web, the model, the user's code, and requests and
 * answers as bytes. On 127.0.0.1, under a path that nobody can guess, isolated so that WebAssembly has its threads.
 */
import { randomBytes } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

export interface PageServer {
  /** Of the page. */
  readonly url: string
  /** Serves a file or bytes; gives the URL under which. */
  offer(content: Content): string
  withdraw(url: string): void
  /** Takes what the page has posted to this URL. */
  answer(url: string): Uint8Array | undefined
  close(): Promise<void>
}

type Content = { readonly path: string } | { readonly bytes: Uint8Array; readonly type: keyof typeof types }

const types = {
  '.html': 'text/html; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
  '.bin': 'application/octet-stream',
} as const

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'no-store',
}

const html =
  '<!doctype html><meta charset="utf-8"><title>deploycheck</title><link rel="icon" href="data:,"><script type="module" src="page.mjs"></script>'

/** @param folders prefix of a path → the folder whose files are served below it */
export async function startPageServer(program: string, folders: Readonly<Record<string, string>>): Promise<PageServer> {
  const secret = `/${randomBytes(16).toString('hex')}/`
  const offered = new Map<string, Content>([
    ['', { bytes: Buffer.from(html), type: '.html' }],
    ['page.mjs', { path: program }],
  ])
  const answers = new Map<string, Uint8Array>()
  let lastId = 0

  function find(path: string): Content | undefined {
    const [prefix = '', file = ''] = path.split('/', 2)
    const folder = folders[prefix]
    // One name, so that nothing outside the folder can be asked for.
    if (folder !== undefined && /^[\w.-]+$/.test(file)) return { path: join(folder, file) }
    return offered.get(path)
  }

  const server = createServer((request, response) => {
    const path = request.url?.startsWith(secret) ? request.url.slice(secret.length) : null
    const content = path === null ? undefined : find(path)
    if (path !== null && request.method === 'POST') void receive(request, response, (bytes) => answers.set(path, bytes))
    else if (content) send(response, content)
    else refuse(response)
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
  server.unref()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${secret}`
  const pathOf = (within: string) => within.slice(url.length)

  return {
    url,
    offer(content) {
      const path = `${++lastId}${'type' in content ? content.type : ''}`
      offered.set(path, content)
      return url + path
    },
    withdraw: (gone) => void offered.delete(pathOf(gone)),
    answer(asked) {
      const bytes = answers.get(pathOf(asked))
      answers.delete(pathOf(asked))
      return bytes
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function send(response: ServerResponse, content: Content): void {
  if ('bytes' in content) {
    const { bytes, type } = content
    response.writeHead(200, { ...isolation, 'Content-Type': types[type], 'Content-Length': bytes.length })
    response.end(bytes)
    return
  }
  const size = statSync(content.path, { throwIfNoEntry: false })?.size
  if (size === undefined) {
    refuse(response)
    return
  }
  const type = types[extname(content.path) as keyof typeof types] ?? types['.bin']
  response.writeHead(200, { ...isolation, 'Content-Type': type, 'Content-Length': size })
  createReadStream(content.path)
    .on('error', () => response.destroy())
    .pipe(response)
}

function refuse(response: ServerResponse): void {
  response.writeHead(404, isolation)
  response.end()
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  keep: (bytes: Uint8Array) => void,
): Promise<void> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of request) pieces.push(piece as Buffer)
    keep(Buffer.concat(pieces))
    response.writeHead(204, isolation)
    response.end()
  } catch {
    // The page went away while it was sending.
    response.destroy()
  }
}
