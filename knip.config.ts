import type { KnipConfig } from 'knip'

export default {
  entry: [
    'bench/*.{ts,mjs}',
    'dev/*.ts',
    // programs of their own: a child process, a page, and one that a test starts
    'src/runtimes/process/worker.ts',
    'src/prove/prover.ts',
    'src/runtimes/browser/page.ts',
    'tests/runtimes/forgetful.ts',
  ],
  project: ['src/**/*.ts', 'models/*.ts', 'bench/*.{ts,mjs}', 'dev/*.ts', 'tests/**/*.ts'],
  // types that only appear in the signature of another export of their file
  ignoreExportsUsedInFile: { interface: true, type: true },
  ignoreDependencies: [
    // optional peers, asked for by name at run time; installed here so that their versions are pinned
    'onnxruntime-web',
    'webgpu',
    // called by .ci/run and by dev/onnx-proto.ts
    '@arethetypeswrong/cli',
    'protobufjs-cli',
  ],
} satisfies KnipConfig
