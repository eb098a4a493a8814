import type { KnipConfig } from 'knip'

export default {
  entry: ['src/index.ts', 'src/cli/main.ts', 'models/build.ts', 'bench/*.ts', 'bench/peak.mjs', 'dev/*.ts'],
  project: ['src/**/*.ts', 'models/*.ts', 'bench/*.{ts,mjs}', 'dev/*.ts', 'tests/**/*.ts'],
  // the command line asks for these at run time; this repository tests them from part 6 on
  ignoreDependencies: ['onnxruntime-web', 'playwright-core', 'webgpu'],
} satisfies KnipConfig
