/** The static answer beside answers of a provider that are made up here. */
import { expect, test } from 'vitest'
import { compared } from '../../src/prove/compare.ts'
import { refOf, withNodes } from '../../src/prove/copy.ts'
import type { Question } from '../../src/prove/questions.ts'
import type { NodeVerdict, Placement, TargetResult, Verdict } from '../../src/result/result.ts'

const provider = 'WebGpuExecutionProvider'
const question = { runtime: 'onnxruntime-web 1.30.0', provider } as Question
const sessionOnly: Question = { ...question, provider: null }

const node = (index: number, placement: Placement, scope = ''): NodeVerdict => ({
  index,
  scope,
  name: `n${index}`,
  op: 'Relu',
  domain: '',
  supported: true,
  placement,
  partition: null,
  findings: [],
})

const target = (verdict: Verdict, nodes: NodeVerdict[]): TargetResult => ({
  id: 't',
  group: null,
  decides: true,
  parameters: {},
  verdict,
  coverage: { nodes: null, macs: null },
  partitions: [],
  nodes,
  findings: [],
  causes: [],
})

test('each node gets its answer, in bodies too; what the runtime does not name gets none', () => {
  const answer = compared(
    target('partial', [
      node(0, 'target'),
      node(1, 'host'),
      node(2, 'folded'),
      node(3, 'target'),
      node(0, 'target', '1/body'),
    ]),
    question,
    { placement: { '@0': provider, '@1': 'CPUExecutionProvider', '@1/body/0': provider }, error: null },
  )
  expect(answer.nodes.map(({ verified }) => verified)).toEqual([true, true, null, null, true])
  expect(answer).toMatchObject({ verified: true, proof: { agree: 3, differ: 0 }, findings: [] })
})

test('a node made anew by the runtime keeps the name that it had', () => {
  expect(refOf('@12_token_3')).toBe(12)
  expect(refOf('@1/then_branch/0')).toBe('1/then_branch/0')
  expect(refOf('@cpu')).toBeNull()
  expect(refOf('Relu_12')).toBeNull()
})

test('what the provider contradicts is a warning that names the nodes, both ways', () => {
  const answer = compared(target('partial', [node(0, 'target'), node(1, 'host')]), question, {
    placement: { '@0': 'CPUExecutionProvider', '@1': provider },
    error: null,
  })
  expect(answer.verified).toBe(false)
  expect(answer.findings).toMatchObject([
    { id: 't/contradicted', severity: 'warning', nodes: [1], message: expect.stringContaining('takes on the target') },
    { id: 't/contradicted', severity: 'warning', nodes: [0], message: expect.stringContaining('leaves on its CPU') },
  ])
})

test('a session that is refused against what was said is an error, in the names of the model', () => {
  const answer = compared(target('ready', [node(0, 'target'), node(1, 'target')]), sessionOnly, {
    placement: {},
    error: "no kernel for node '@1'",
  })
  expect(answer.findings).toMatchObject([{ id: 't/refused-in-fact', severity: 'error', nodes: [1] }])
  expect(answer.findings[0]?.message).toContain('node \'Relu "n1"\'')
  expect(answer).toMatchObject({ verified: false, nodes: [{ verified: null }, { verified: false }] })
})

test('a session that is made of a blocked model is a warning', () => {
  const answer = compared(target('blocked', [node(0, 'blocked')]), sessionOnly, { placement: {}, error: null })
  expect(answer.findings).toMatchObject([{ id: 't/loaded-in-fact', severity: 'warning' }])
  expect(answer.verified).toBe(false)
})

test('what fails when it runs has a session first', () => {
  const answer = compared(target('blocked', [node(0, 'blocked')]), question, {
    placement: { '@0': provider },
    error: null,
  })
  expect(answer).toMatchObject({ verified: true, findings: [] })
})

test('a machine without room proves nothing', () => {
  const answer = compared(target('ready', [node(0, 'target')]), sessionOnly, {
    placement: {},
    error: 'std::bad_alloc',
  })
  expect(answer).toMatchObject({ verified: null, findings: [{ id: 't/not-proved', severity: 'note' }] })
})

test('names of the copy in a message become what the caller writes', () => {
  expect(withNodes("at '@3' and '@4/body/1_token_2', not @5x", (ref) => `<${ref}>`)).toBe(
    "at '<3>' and '<4/body/1>', not <5>x",
  )
})
