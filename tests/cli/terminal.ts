/** A command line in the test's own process: what it wrote, and its exit code. */
import { run } from '../../src/cli/run.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export async function deploycheck(
  args: readonly string[],
  around: Partial<Pick<Terminal, 'env' | 'outIsTerminal' | 'errIsTerminal' | 'columns'>> & {
    signal?: AbortSignal
  } = {},
): Promise<Ran> {
  let out = ''
  let err = ''
  const { signal = new AbortController().signal, ...terminal } = around
  const code = await run(
    args,
    {
      env: {},
      outIsTerminal: false,
      errIsTerminal: false,
      columns: undefined,
      out: (text) => {
        out += text
      },
      err: (text) => {
        err += text
      },
      ...terminal,
    },
    signal,
  )
  return { code, out, err }
}
