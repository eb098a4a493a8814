import { expect, test } from 'vitest'
import { readProfile } from '../../src/runtimes/profile.ts'

const node = (name: string, op: string, provider: string, dur: number, index: number): string =>
  `{"cat" : "Node","pid" :1,"tid" :1,"dur" :${dur},"ts" :5,"ph" : "X","name" :"${name}_kernel_time","args" : {"provider" : "${provider}","op_name" : "${op}","node_index" : "${index}"}}`
const gpu = (name: string, dur: number): string =>
  `{"cat" : "Api","pid" :1,"tid" :1,"dur" :${dur},"ts" :5,"ph" : "X","name" :"${name}","args" : {"shapes" : ""}}`
const run = '{"cat" : "Session","pid" :1,"tid" :1,"dur" :9,"ts" :5,"ph" : "X","name" :"model_run","args" : {}}'
const profile = (...events: string[]): string => `[\n${events.join(',\n')}\n]\n`

const [cpu, webgpu] = ['CPUExecutionProvider', 'WebGpuExecutionProvider']

test('nodes by provider, copies apart, and what ran on the CPU although a GPU was asked for', () => {
  const text = profile(
    node('conv', 'Conv', webgpu, 10, 0),
    node('Memcpy', 'MemcpyToHost', webgpu, 5, 3),
    node('nms', 'NonMaxSuppression', cpu, 20, 1),
    node('', 'NonMaxSuppression', cpu, 20, 2),
    run,
  )
  const placement = { nodes: { [webgpu]: 1, [cpu]: 2 }, copies: 1 }
  expect(readProfile(text, webgpu).placement).toEqual({ ...placement, fallback: { NonMaxSuppression: 2 } })
  expect(readProfile(text, cpu).placement).toEqual({ ...placement, fallback: {} })
})

test('times are means per run without the first, which compiles; loops add up; GPU time stands beside', () => {
  const one = (dur: number, device: number) => [
    node('a', 'Conv', webgpu, dur, 0),
    node('b', 'Add', cpu, 100, 1),
    node('b', 'Add', cpu, 300, 1),
    gpu('a&Conv&Transpose', device),
    gpu('a&Conv&Conv2dMM', device * 2),
    run,
  ]
  const { runs, nodes } = readProfile(profile(...one(90_000, 50_000), ...one(1000, 2000), ...one(3000, 4000)), webgpu)
  expect(runs).toBe(3)
  expect(nodes).toEqual([
    { name: 'a', op: 'Conv', provider: webgpu, time: 2, deviceTime: 9 },
    { name: 'b', op: 'Add', provider: cpu, time: 0.4, deviceTime: null },
  ])
  expect(readProfile(profile(...one(90_000, 1)), webgpu).nodes[0]?.time).toBe(90)
})

test('names are read as they stand in the file: quotes, line ends, escapes', () => {
  const names = ['a "quoted\\ \n name\u001b', '"', 'plain']
  const text = profile(...names.map((name, i) => node(name, 'Neg', cpu, 1, i)), run)
  expect(readProfile(text, cpu).nodes.map(({ name }) => name)).toEqual(names)
})

test('without a run, or with something else, there is no profile', () => {
  expect(() => readProfile(profile(node('a', 'Neg', cpu, 1, 0)), cpu)).toThrow('no run was profiled')
  expect(() => readProfile('no JSON', cpu)).toThrow('cannot be read')
})
