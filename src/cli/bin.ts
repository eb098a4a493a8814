#!/usr/bin/env node
/**
 * Starts the command with the code that the last start compiled. Compiling is the larger part of a short check, and
 * the runtime's own cache exists only from Node 22 on; before, V8's code cache is kept in node_modules/.cache, where
 * tools keep such things. Where it cannot be written or does not fit, everything works as without it.
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import nodeModule from 'node:module'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'

const program = join(__dirname, 'main.cjs')

// Node's types are those of version 20, which does not have it.
const { enableCompileCache } = nodeModule as { enableCompileCache?: () => void }
if (enableCompileCache) {
  enableCompileCache()
  require(program)
} else runCached()

function runCached(): void {
  const { size, mtimeMs } = statSync(program)
  // V8 holds the cache against its own version and flags, and against the length of the source only.
  const version = `${process.version}-${process.arch}-${size}-${Math.round(mtimeMs)}`
  const file = join(cacheFolder(), `${version}-${command()}.bin`)
  const cachedData = readIfThere(file)
  const script = new Script(nodeModule.wrap(readFileSync(program, 'utf8')), {
    filename: program,
    ...(cachedData ? { cachedData } : {}),
  })
  const run = script.runInThisContext() as (...args: unknown[]) => void
  run(exports, nodeModule.createRequire(program), module, program, __dirname)
  // Written at the end of a run with a model: then it holds the functions that such a run needs.
  if ((!cachedData || script.cachedDataRejected) && process.argv.some((word) => word.endsWith('.onnx')))
    process.once('exit', () => keep(file, script.createCachedData()))
}

/** Each command needs functions of its own: what the first start of one of them leaves would slow the others down. */
function command(): string {
  const [, , word = ''] = process.argv
  return ['ci', 'compare', 'explain', 'inspect', 'run'].includes(word) ? word : 'check'
}

/** `node_modules/.cache/deploycheck` of the project that has this package, or of the package itself. */
function cacheFolder(): string {
  const home = dirname(__dirname)
  const around = dirname(home)
  const modules = basename(around) === 'node_modules' ? around : join(home, 'node_modules')
  return join(modules, '.cache', 'deploycheck')
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

function keep(file: string, data: Buffer): void {
  const temporary = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(temporary, data)
    renameSync(temporary, file)
  } catch {
    // A folder that cannot be written: the next start compiles again.
  }
}
