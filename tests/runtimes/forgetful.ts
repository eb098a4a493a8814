/** A program that opens an endless session and never closes it: says the process of the session, then waits for ever. */
import { createRuntime } from '../../src/runtimes/registry.ts'
import { endless, tensor } from './models.ts'

const runtime = createRuntime('cpu')
const code = await runtime.load({ code: 'export const pid = () => process.pid' })
const { value } = await code.call('pid', [])
const session = await runtime.open({ bytes: endless() })
const run = session.run({ x: tensor('float32', Float32Array.of(1), []) })
// The run has begun when the next request can be heard no more.
console.log(value)
await run
