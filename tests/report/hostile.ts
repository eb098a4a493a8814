/** A result in which every string that can come from a model, a path or a runtime is an attack on some reader. */
import type { Result } from '../../src/result/result.ts'
import { finding, model, node, result, target } from './sample.ts'
import { run } from './sample-run.ts'

/** HTML, XML, Markdown, terminals, the logs of CI systems, SARIF's own markup. */
const attacks = [
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '<!--<script>',
  ']]>',
  '\u001b[31mred\u001b[2J',
  'a|b|`c`|``d``',
  '::error::boo',
  '##[error]boo',
  '##vso[task.setvariable]boo',
  'line\n::error::next\r\n',
  '[text](https://evil.example) {0} ![i](x)',
  '@everyone closes #1 https://evil.example',
  '**bold** _em_ ~~del~~ $x$ # head',
  '" onload="x\' &amp; &#x3c;',
  '\u202eoverride\u0000\ud800\uffff',
  '__proto__',
] as const

const evil: string = attacks.join(' ')

const guilty = finding({
  id: 'acme/Evil/one',
  severity: 'error',
  message: evil,
  nodes: attacks.map((_, i) => i),
  values: [...attacks],
  condition: evil,
  expected: evil,
  found: { [evil]: evil },
  source: { title: evil, path: evil, revision: evil },
  evidence: 'source',
  fix: evil,
})

export const hostile: Result = {
  ...result(
    model({
      path: evil,
      producer: evil,
      opsets: { [evil]: 1 },
      inputs: [{ name: evil, dtype: evil, shape: [evil] }],
      findings: [guilty],
      targets: [
        target({
          id: 'acme',
          verdict: 'blocked',
          parameters: { [evil]: evil },
          nodes: attacks.map((attack, i) =>
            node(i, {
              name: attack,
              op: attack,
              domain: attack,
              placement: 'blocked',
              why: attack,
              findings: [guilty.id],
            }),
          ),
          findings: [
            guilty,
            ...attacks.map((attack, i) => finding({ id: `acme/${attack}`, message: attack, nodes: [i] })),
          ],
          causes: [{ findings: [guilty.id], nodes: [0], effect: evil }],
          limits: [evil],
          title: evil,
        }),
      ],
      graphs: [
        {
          scope: '',
          nodes: attacks.map((attack, i) => ({
            name: attack,
            op: attack,
            domain: attack,
            inputs: [i],
            outputs: [i + 1],
            attributes: { [attack]: attack },
          })),
          values: [...attacks, 'y'].map((attack) => ({ name: attack, dtype: attack, shape: [attack, 1] })),
        },
      ],
    }),
    ...attacks.map((attack) => ({
      path: attack,
      error: { code: 'truncated', message: attack, offset: 1, expected: attack, fix: attack },
    })),
  ),
  exitCode: 2,
  gates: attacks.map((attack) => ({ model: attack, target: attack, gate: 'error' as const, message: attack })),
  runs: [
    {
      ...run,
      model: evil,
      wrapper: evil,
      source: evil,
      runtimes: run.runtimes.map((runtime) => ({
        ...runtime,
        id: evil,
        adapter: evil,
        reason: runtime.reason && evil,
        sentence: evil,
        metrics: { [evil]: { value: 1, delta: 0, deltaCi95: null } },
      })),
      environment: { cpu: evil, cores: 1, os: evil, node: evil, model: evil },
    },
  ],
  comparison: {
    asked: [evil],
    columns: [{ id: evil, better: 'less', unit: 'ms' }],
    candidates: [
      { model: evil, values: { [evil]: 1 }, isOnFront: true, dominatedBy: [] },
      { model: `b ${evil}`, values: { [evil]: 2 }, isOnFront: false, dominatedBy: [evil] },
    ],
  },
  findings: [{ ...guilty, nodes: [], found: { file: evil } }],
  error: { code: 'unknown-target', message: evil, offset: null, fix: evil },
}
