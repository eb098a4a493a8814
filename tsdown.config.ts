import { defineConfig } from 'tsdown'

const shared = { format: 'esm', platform: 'node', target: 'node20', outDir: 'dist' } as const

/** The library leaves its dependencies outside; the command carries them inside, for few files start fast. */
export default defineConfig([
  { ...shared, entry: { index: 'src/index.ts' }, dts: true },
  {
    ...shared,
    entry: { cli: 'src/cli/main.ts' },
    dts: false,
    deps: { alwaysBundle: ['commander', /^protobufjs/, 'long'], onlyBundle: false },
  },
])
