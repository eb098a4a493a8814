/** One line on standard error while several models are read; only for people who watch. */
import { safe, shorten } from '../report/text.ts'
import type { OutputFlags } from './session.ts'
import { columnsOf, type Terminal } from './terminal.ts'

export interface Progress {
  readonly model: (path: string, position: number, models: number) => void
  readonly done: () => void
}

export function progressOf(terminal: Terminal, { progress, quiet }: OutputFlags): Progress {
  const watched = progress && !quiet && terminal.errIsTerminal && !terminal.env.CI
  let shown = false
  const clear = () => {
    if (shown) terminal.err('\r\u001b[K')
    shown = false
  }
  return {
    model: (path, position, models) => {
      if (!watched || models < 2) return
      clear()
      terminal.err(shorten(`${position + 1}/${models} ${safe(path)}`, columnsOf(terminal) - 1))
      shown = true
    },
    done: clear,
  }
}
