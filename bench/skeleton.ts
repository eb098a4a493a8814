/**
 * Weights cost nothing: a model with 1 GB of them, as one file and as external data, against its skeleton alone.
 * Claims: the same time within 20 %, and less than 150 MB of memory.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encoder, type Storage, writeModel } from './graphs.ts'
import { deploycheck, interleave, printTable, ratio, verdict } from './measure.ts'

const titles: Readonly<Record<Storage, string>> = {
  absent: 'skeleton alone',
  inline: 'one file',
  external: 'external data',
}

const scratch = mkdtempSync(join(tmpdir(), 'deploycheck-bench-'))
try {
  const plan = encoder(20, 1024)
  const commands = (Object.keys(titles) as Storage[]).map((storage) => {
    const path = join(scratch, `${storage}.onnx`)
    const weights = writeModel(path, plan, storage)
    const title = `${titles[storage]}: ${megabytes(statSync(path).size)} file, ${megabytes(weights)} weights`
    return deploycheck(title, [path, '--target', 'android', '--without-weights'], { peak: true })
  })
  const timings = interleave(commands, 9)
  printTable(`${plan.graph.node?.length} nodes, 1 GB of weights`, timings)
  const [skeleton, ...full] = timings
  for (const timing of full) {
    verdict(`time against the skeleton, ${timing.title}`, ratio(timing, skeleton), 1.2)
    verdict(`peak memory in MB, ${timing.title}`, timing.peakMegabytes ?? Number.NaN, 150)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
