import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig } from 'tsdown'

const shared = { format: 'esm', platform: 'node', target: 'node20', outDir: 'dist' } as const

/** Tables of data as text for JSON.parse: read in half the time of the same object as code. */
const jsonAsText = {
  name: 'json-as-text',
  load(id: string) {
    if (!id.endsWith('.json')) return
    const text = JSON.stringify(JSON.parse(readFileSync(id, 'utf8')))
    return { code: `export default JSON.parse(${JSON.stringify(text)})`, moduleType: 'js' as const }
  },
}

/** Commander needs this module for commands that are programs of their own; there are none, and it is slow to load. */
const noChildProcess = {
  name: 'no-child-process',
  resolveId: (id: string, importer?: string) =>
    id === 'node:child_process' && importer?.includes('commander') ? '\0no-child-process' : undefined,
  load: (id: string) => (id === '\0no-child-process' ? 'module.exports = {}' : undefined),
}

/** Modules of cli/on-demand/ are not part of the command's one file: each is a file beside it, imported when needed. */
const onDemand = {
  name: 'on-demand',
  resolveId: (id: string) =>
    id.startsWith('./on-demand/') ? { id: `./${basename(id, '.ts')}.cjs`, external: true } : undefined,
}

const small = { compress: true, mangle: false, codegen: { removeWhitespace: true } } as const
const bundled = {
  alwaysBundle: ['commander', 'devalue', 'fast-png', 'fflate', 'iobuffer', /^protobufjs/, 'long', 'simple-statistics'],
  onlyBundle: false as const,
}

/**
 * The library leaves its dependencies outside. The command carries them inside and without white space, for little
 * code in few files starts fast; functions keep their names, so that the stack of a bug can be read.
 */
export default defineConfig([
  { ...shared, entry: { index: 'src/index.ts', vitest: 'src/vitest.ts' }, dts: true, plugins: [jsonAsText] },
  {
    ...shared,
    // CommonJS is loaded faster than modules, and the code cache wants one file.
    format: 'cjs',
    entry: { main: 'src/cli/main.ts' },
    dts: false,
    plugins: [jsonAsText, noChildProcess, onDemand],
    minify: small,
    // A script that came out of the code cache may require, but not import.
    outputOptions: { codeSplitting: false, dynamicImportInCjs: false },
    deps: bundled,
  },
  {
    ...shared,
    format: 'cjs',
    entry: ['src/cli/on-demand/*.ts'],
    dts: false,
    plugins: [jsonAsText],
    minify: small,
    deps: bundled,
  },
  // Programs of their own, in a child process and in a page: see src/runtimes/scripts.ts. And what goes into wrappers.
  ...(
    [
      ['node', 'worker', 'src/runtimes/process/worker.ts'],
      ['node', 'prover', 'src/prove/prover.ts'],
      ['browser', 'page', 'src/runtimes/browser/page.ts'],
      ['browser', 'wrapper-host', 'src/wrapper/host.ts'],
    ] as const
  ).map(([platform, name, file]) => ({
    ...shared,
    platform,
    entry: { [name]: file },
    dts: false,
    minify: small,
    outputOptions: { codeSplitting: false },
    outExtensions: () => ({ js: '.mjs' }),
    deps: bundled,
  })),
  // Inlined into HTML reports: see src/report/html/script.ts.
  {
    ...shared,
    platform: 'browser',
    format: 'iife',
    entry: { 'report-page': 'src/report/html/page/main.ts' },
    dts: false,
    minify: small,
    outputOptions: { codeSplitting: false, entryFileNames: '[name].js' },
  },
  { ...shared, format: 'cjs', entry: { cli: 'src/cli/bin.ts' }, dts: false },
])
