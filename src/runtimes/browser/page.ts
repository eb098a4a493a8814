/**
 * The program of a page that holds sessions of onnxruntime-web. The other side names a request; it is fetched, answered
 * and posted back as bytes.
 */
import { type AdapterInfo, adapterOf } from '../detect/adapter.ts'
import { createEngine, type Engine, type Ort, type Place } from '../engine/engine.ts'
import { failureOf } from '../engine/failure.ts'
import type { Method } from '../engine/requests.ts'
import { pack, unpack } from './packet.ts'

/** What this program uses of a browser. */
interface Browser {
  readonly navigator: {
    readonly gpu?: { requestAdapter(): Promise<AdapterInfo | null> }
    readonly ml?: { createContext(options: object): Promise<unknown> }
  }
  readonly performance: { measureUserAgentSpecificMemory?(): Promise<{ bytes: number }> }
  /** Called by the other side. */
  deploycheck(url: string): Promise<void>
}
const browser = globalThis as unknown as Browser

/** WebAssembly prints a profile to the console, which it binds when it is loaded. */
let printed: string[] | null = null
const log = console.log
console.log = (...words: unknown[]) => {
  if (printed) printed.push(words.join(' '))
  else log(...words)
}

const place: Place = {
  async start({ module, threads }) {
    const ort = (await import(module)) as Ort
    if (threads !== null) ort.env.wasm.numThreads = threads
    return { ort, build: 'web' }
  },
  profilePrefix: () => undefined,
  async profileText(end) {
    printed = []
    try {
      end()
      return printed.join('\n')
    } finally {
      printed = null
    }
  },
  memory: async () => (await browser.performance.measureUserAgentSpecificMemory?.())?.bytes ?? null,
  async adapter({ webnn }) {
    const adapter = await browser.navigator.gpu?.requestAdapter()
    return { webgpu: adapter ? adapterOf(adapter) : null, webnn: webnn === null ? null : await webnnRefusal(webnn) }
  },
  async sessionAdapter(ort) {
    const device = (await ort.env.webgpu?.device) as
      | { adapterInfo?: AdapterInfo['info']; features: AdapterInfo['features'] }
      | undefined
    return device?.adapterInfo ? adapterOf({ info: device.adapterInfo, features: device.features }) : null
  },
}

async function webnnRefusal(deviceType: string): Promise<string | null> {
  const { ml } = browser.navigator
  if (!ml) return 'the browser has no navigator.ml'
  try {
    await ml.createContext({ deviceType })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const engine: Engine = createEngine(place)

interface Message {
  readonly method: Method
  readonly request: never
}

async function answer(url: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { method, request } = unpack(new Uint8Array(await (await fetch(url)).arrayBuffer())) as Message
    return pack({ answer: await engine[method](request) })
  } catch (error) {
    return pack({ failure: failureOf(error) })
  }
}

browser.deploycheck = async (url) => {
  await fetch(url, { method: 'POST', body: await answer(url) })
}
