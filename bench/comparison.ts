/**
 * What comparing costs beside inference: a classifier of 1000 classes with 100 samples on `cpu` and `wasm`. Claim: the
 * arithmetic of the comparison is under 10 % of the inference. Beside it stands what samples take in all, without
 * start-up (that of a run of one sample is taken off): most of the rest is the way of the tensors to the runtimes' own
 * processes and back.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runModel } from '../src/assess/run-model.ts'
import { changedDecision } from '../src/compare/decisions.ts'
import { compareTensors, oddity } from '../src/compare/tensors.ts'
import { defaultTolerance } from '../src/compare/tolerance.ts'
import { createRuntime } from '../src/runtimes/registry.ts'
import { writeNpz } from '../src/tensors/npz.ts'
import type { Tensor, Tensors } from '../src/tensors/tensor.ts'
import { randomSamples } from '../src/wrapper/samples/random.ts'
import { verdict } from './measure.ts'

const path = resolve(import.meta.dirname, '../models/efficientnet-lite.onnx')
const samples = 100

async function inference(): Promise<{ time: number; passed: number; outputs: Tensors[]; feeds: Tensors[] }> {
  let [time, passed] = [0, 0]
  const outputs: Tensors[] = []
  const feeds: Tensors[] = []
  for (const id of ['cpu', 'wasm']) {
    const runtime = createRuntime(id)
    const session = await runtime.open({ path })
    const refs = randomSamples(session.inputs, { count: samples }).slice(0, samples)
    for (const ref of refs) {
      const given = (await ref.load()).tensors ?? {}
      const from = performance.now()
      const ran = await session.run(given)
      passed += performance.now() - from
      time += ran.time
      if (id === 'cpu') {
        outputs.push(ran.outputs)
        feeds.push(given)
      }
    }
    await runtime.close()
  }
  return { time, passed, outputs, feeds }
}

const { time, passed, outputs, feeds } = await inference()

const tolerance = defaultTolerance({ dtype: 'float32', half: false, quantised: null }, 'cpu', '')
const start = performance.now()
for (const one of outputs)
  for (const tensor of Object.values(one)) {
    const other: Tensor = { ...tensor, data: (tensor.data as Float32Array).map((value) => value * (1 + 1e-7)) }
    // On the runtime's own inputs, and on those of the reference.
    for (let twice = 0; twice < 2; twice++) compareTensors(tensor, other, tolerance)
    changedDecision(tensor, other, tolerance)
    oddity(tensor)
  }
const arithmetic = performance.now() - start

const folder = mkdtempSync(join(tmpdir(), 'deploycheck-bench-'))
try {
  const arrays = (count: number): string => {
    const entries = feeds
      .slice(0, count)
      .flatMap((one, i) => Object.entries(one).map(([name, tensor]) => [`s${i}/pre/${name}`, tensor]))
    const file = join(folder, `${count}.npz`)
    writeFileSync(file, writeNpz(Object.fromEntries(entries) as Tensors, false))
    return file
  }
  const whole = async (count: number): Promise<number> => {
    const inputs = arrays(count)
    const from = performance.now()
    await runModel(path, null, { runtimes: ['wasm'], inputs })
    return performance.now() - from
  }
  await whole(1)
  const perRun = (await whole(samples)) - (await whole(1))
  console.log(
    `inference of ${samples} samples on cpu and wasm: ${time.toFixed(0)} ms, with the way there ${passed.toFixed(0)} ms`,
  )
  console.log(`comparing the outputs: ${arithmetic.toFixed(1)} ms; all that the samples take: ${perRun.toFixed(0)} ms`)
  verdict('arithmetic of the comparison, share of the inference', arithmetic / time, 0.1)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
