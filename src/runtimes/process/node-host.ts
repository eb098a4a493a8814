/** A child process with onnxruntime-node, or onnxruntime-web in Node, ready to be asked. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FileSource } from '../../onnx/file-source.ts'
import type { Problem } from '../../result/problem.ts'
import type { StartRequest } from '../engine/requests.ts'
import type { StartedHost } from '../hosted.ts'
import { externalData } from '../model-source.ts'
import type { Adapter, CodeSource, ModelSource, RuntimeSettings } from '../runtime.ts'
import { temporaryFolder } from './at-exit.ts'
import { type ChildSettings, startChild } from './child.ts'

/** Loading a library of 50 MB from a cold disk on a busy machine takes long; nothing else happens here. */
const startLimit = 60_000

export interface NodeHostOptions {
  /** For messages. */
  readonly id: string
  readonly module: string
  readonly build: StartRequest['build']
  readonly env?: ChildSettings['env']
  readonly adapter?: Adapter | null
}

export async function startNodeHost(
  { id, module, build, env = {}, adapter = null }: NodeHostOptions,
  { signal, log, threads }: RuntimeSettings,
): Promise<StartedHost> {
  const folder = temporaryFolder()
  const host = await startChild({ name: id, env, folder: folder.path, signal, log })
  let codes = 0
  const close = async (why?: Problem) => {
    await host.close(why)
    folder.remove()
  }
  try {
    await host.ask('start', { module, build, threads: threads ?? null }, startLimit)
  } catch (error) {
    await close()
    throw error
  }
  return {
    host,
    parts: {},
    adapter,
    prepare: build === 'native' ? nativeModel : webModel,
    codeUrl(code: CodeSource) {
      if ('url' in code) return code.url
      const file = join(folder.path, `code-${++codes}.mjs`)
      writeFileSync(file, code.code)
      return pathToFileURL(file).href
    },
    close,
  }
}

const folderKey = 'session.model_external_initializers_file_folder_path'

/** onnxruntime-node reads files itself, and looks for external data beside them. */
async function nativeModel(source: ModelSource) {
  if ('path' in source) return { model: readable(source.path), externalData: [], config: {} }
  const { bytes: model, folder } = source
  return { model, externalData: [], config: folder === undefined ? {} : { [folderKey]: resolve(folder) } }
}

/** In WebAssembly there are no files: the external ones are named, and read before the session is made. */
async function webModel(source: ModelSource) {
  const files = await externalData(source)
  return {
    model: 'path' in source ? readable(source.path) : source.bytes,
    externalData: files.map(({ location, path }) => ({ path: location, data: path })),
    config: {},
  }
}

/** @throws Problem where there is no such file, in our words instead of the runtime's */
function readable(path: string): string {
  new FileSource(path).close()
  return resolve(path)
}
