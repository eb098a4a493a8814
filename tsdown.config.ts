import { defineConfig } from 'tsdown'

export default defineConfig([
  { entry: { index: 'src/index.ts' }, format: 'esm', platform: 'node', target: 'node20', dts: true, clean: false },
  { entry: { cli: 'src/cli/main.ts' }, format: 'esm', platform: 'node', target: 'node20', dts: false, clean: false },
])
