/** `node infer-once.mjs <model>`: CPU milliseconds of one inference, with the built library. */
import { inferModel, readModel } from '../dist/index.mjs'

const model = await readModel(process.argv[2])
const before = process.cpuUsage()
const start = performance.now()
inferModel(model)
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ cpu: (user + system) / 1000, wall: performance.now() - start }))
