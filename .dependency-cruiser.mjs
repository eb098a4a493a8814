/**
 * The arrows of docs/architecture.md: what each room of src/ may import. A folder imports itself and what stands
 * here; everything else is an error, so that a new arrow is drawn on purpose. Imports of types count, too.
 */
const rooms = {
  result: [],
  files: [],
  onnx: ['result'],
  graph: ['onnx', 'result'],
  tensors: ['graph', 'result'],
  wrapper: ['tensors', 'files', 'onnx', 'graph', 'result'],
  runtimes: ['tensors', 'onnx', 'graph', 'result'],
  compare: ['tensors', 'graph', 'result'],
  latency: ['result'],
  run: ['wrapper', 'runtimes', 'compare', 'latency', 'infer', 'operators', 'tensors', 'graph', 'onnx', 'result'],
  prove: ['runtimes', 'check', 'profiles', 'infer', 'operators', 'graph', 'onnx', 'result'],
  config: ['result'],
  operators: ['graph', 'result'],
  infer: ['operators', 'graph', 'result'],
  profiles: ['graph', 'result'],
  check: ['profiles', 'infer', 'operators', 'graph', 'onnx', 'result'],
  tradeoff: ['result'],
  assess: ['run', 'latency', 'check', 'profiles', 'infer', 'operators', 'graph', 'onnx', 'files', 'result'],
  ci: [
    'config',
    'run',
    'prove',
    'latency',
    'tradeoff',
    'assess',
    'check',
    'profiles',
    'infer',
    'files',
    'report',
    'result',
  ],
  report: ['result'],
}

/** Rooms that import everything and that nobody imports. */
const doors = '^src/(cli/|index\\.ts$|vitest\\.ts$)'

const arrows = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-looks-back`,
  comment: `src/${room}/ imports ${allowed.length ? allowed.join(', ') : 'no other room'}: see docs/architecture.md`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}))

/** A room that is not listed above would escape every arrow. */
const unlisted = {
  name: 'room-without-arrows',
  comment: 'list the folder in .dependency-cruiser.mjs and in docs/architecture.md',
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/(${Object.keys(rooms).join('|')})/`, doors] },
  to: {},
}

export default {
  forbidden: [
    ...arrows,
    unlisted,
    {
      name: 'door-imported',
      comment: 'nobody imports the command line or the public index',
      severity: 'error',
      from: { path: '^src/', pathNot: doors },
      to: { path: doors },
    },
    {
      name: 'cycle',
      comment: 'two files that import each other are one file or three; types alone may meet',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'runtime-in-static-check',
      comment: 'a static check loads no runtime, no browser driver, no bundler',
      severity: 'error',
      // script.ts bundles the page of a report where it runs from source; the package carries it built.
      from: { path: '^src/', pathNot: '^src/((wrapper|runtimes|prove|config)/|report/html/script\\.ts$)' },
      to: { path: 'node_modules/(onnxruntime|webgpu|playwright|vite/|esbuild|rolldown|sharp)' },
    },
    {
      name: 'unresolved',
      comment: 'an import that leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
