/** The program of the page. In the package it is a file beside this module; from source, in tests, it is bundled here. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

let text: string | null = null

/** One classic script without imports, safe inside a script element. */
export function pageScript(): string {
  text ??= harmless(read())
  return text
}

/** Neither ends a script element nor begins a comment in one. In code these stand in strings and patterns only. */
const harmless = (code: string): string => code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--').trim()

function read(): string {
  const built = fileURLToPath(new URL('./report-page.js', import.meta.url))
  return existsSync(built) ? readFileSync(built, 'utf8') : bundled()
}

function bundled(): string {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild')
  const entry = fileURLToPath(new URL('./page/main.ts', import.meta.url))
  const options = { bundle: true, format: 'iife', target: 'es2022', minifyWhitespace: true, write: false } as const
  return buildSync({ entryPoints: [entry], ...options, logLevel: 'silent' }).outputFiles[0]?.text ?? ''
}
