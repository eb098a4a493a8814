/** One line on standard error while something takes time; only for people who watch. */
import { safe, shorten } from '../report/text.ts'
import type { OutputFlags } from './session.ts'
import { columnsOf, type Terminal } from './terminal.ts'

export interface Progress {
  readonly model: (path: string, position: number, models: number) => void
  readonly step: (text: string) => void
  readonly done: () => void
}

export function progressOf(terminal: Terminal, { progress, quiet }: OutputFlags): Progress {
  const watched = progress && !quiet && terminal.errIsTerminal && !terminal.env.CI
  let shown = false
  const clear = () => {
    if (shown) terminal.err('\r\u001b[K')
    shown = false
  }
  const step = (text: string) => {
    if (!watched) return
    clear()
    terminal.err(shorten(safe(text), columnsOf(terminal) - 1))
    shown = true
  }
  return {
    model: (path, position, models) => {
      if (models > 1) step(`${position + 1}/${models} ${path}`)
    },
    step,
    done: clear,
  }
}
