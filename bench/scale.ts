/**
 * Time by number of nodes: convolution and encoder blocks, 10,000 and 100,000 nodes. Claims: linear (ten times the
 * nodes at most ten times the time), and 100,000 nodes within 3 s.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mixedGraph, writeModel } from './graphs.ts'
import { deploycheck, interleave, median, printTable, ratio, verdict } from './measure.ts'

const scratch = mkdtempSync(join(tmpdir(), 'deploycheck-bench-'))
try {
  const commands = [10_000, 30_000, 100_000].map((nodes) => {
    const path = join(scratch, `${nodes}.onnx`)
    const plan = mixedGraph(nodes)
    writeModel(path, plan, 'inline')
    return deploycheck(`${plan.graph.node?.length} nodes`, [path, '--target', 'android', '--quiet'], { peak: true })
  })
  const timings = interleave(commands, 5)
  printTable('convolution and encoder blocks', timings)
  const [small, , large] = timings
  verdict('100,000 against 10,000 nodes', ratio(large, small), 10)
  verdict('seconds for 100,000 nodes', median(large?.times ?? []) / 1000, 3)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
