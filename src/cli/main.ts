/** The process: arguments in, exit code out. Leaves when all is written, so that pipes are not cut. */
import { exitCodes } from '../assess/exit-code.ts'
import { nothingHoldsExit } from '../runtimes/process/at-exit.ts'
import { run } from './run.ts'
import { processTerminal } from './terminal.ts'

/** What has not gone after these milliseconds is killed. */
const endLimit = 10_000

const interruption = new AbortController()
let interrupted: number | null = null

for (const [signal, code] of [
  ['SIGINT', exitCodes.interrupted],
  ['SIGTERM', exitCodes.terminated],
] as const)
  process.on(signal, () => {
    // The second time nobody wants to wait for what is not done yet.
    if (interrupted !== null) process.exit(code)
    interrupted = code
    interruption.abort()
    // Whatever still waits, for standard input or a server, does not get to decide when to end.
    setTimeout(() => void nothingHoldsExit(endLimit).then(() => process.exit(code)), 1000).unref()
  })

// The reader has seen enough (`| head`): that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.writableLength === 0) resolve()
    else stream.write('', () => resolve())
  })

void run(process.argv.slice(2), processTerminal, interruption.signal).then(async (code) => {
  process.exitCode = interrupted ?? code
  await written(process.stdout)
  await written(process.stderr)
  await nothingHoldsExit(endLimit)
  // By itself Node would wait for what V8 still compiles in the background, and that is for nobody any more.
  process.exit()
})
