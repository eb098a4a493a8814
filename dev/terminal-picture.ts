/** Makes docs/terminal.svg, the picture of the README: what the command really prints, in colour. `tsx dev/terminal-picture.ts` */
import { writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { run } from '../src/cli/run.ts'
import { columns } from '../src/report/text.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
export const terminalPicturePath = `${root}docs/terminal.svg`

const command = ['models/detector-nms.onnx', '--target', 'nnapi,coreml-mlprogram']
const width = 92
const [cell, line, margin] = [7.83, 19, 18]

const colours: Record<string, string> = { 31: '#ff7b72', 32: '#7ee787', 33: '#f2cc60', 36: '#79c0ff' }

/** The text of the picture as things stand now. */
export async function terminalPicture(): Promise<string> {
  let out = ''
  await run(
    command,
    {
      env: { FORCE_COLOR: '1' },
      outIsTerminal: true,
      errIsTerminal: false,
      columns: width,
      out: (text) => {
        out += text
      },
      err: () => {},
    },
    new AbortController().signal,
  )
  const lines = [`\u001b[1m$ npx deploycheck ${command.join(' ')}\u001b[22m`, ...out.trimEnd().split('\n')]
  const height = lines.length * line + margin * 2 + 14
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width * cell + margin * 2)} ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13">
<title>What deploycheck prints about a detector on two targets</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g fill="#e6edf3" xml:space="preserve">
${lines.map((text, i) => lineOf(text, margin + 14 + i * line)).join('\n')}
</g>
</svg>
`
}

/** Each run of one look stands at its own column, so that no font can shift it. */
function lineOf(text: string, y: number): string {
  let [bold, dim, colour, column] = [false, false, '', 0]
  const parts: string[] = []
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escapes
  for (const piece of text.split(/(\u001b\[\d+m| {2,})/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escapes
    const code = /^\u001b\[(\d+)m$/.exec(piece)?.[1]
    if (code === '1') bold = true
    else if (code === '2') dim = true
    else if (code === '22') [bold, dim] = [false, false]
    else if (code !== undefined) colour = colours[code] ?? ''
    else if (piece.trim() !== '') {
      const look = `${bold ? ' font-weight="700"' : ''}${dim ? ' fill="#8b949e"' : colour && ` fill="${colour}"`}`
      const indent = piece.length - piece.trimStart().length
      const x = (margin + (column + indent) * cell).toFixed(1)
      const shown = piece.trim()
      parts.push(`<tspan x="${x}" textLength="${(columns(shown) * cell).toFixed(1)}"${look}>${escaped(shown)}</tspan>`)
    }
    if (code === undefined) column += columns(piece)
  }
  return `<text y="${y}">${parts.join('')}</text>`
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(terminalPicturePath, await terminalPicture())
