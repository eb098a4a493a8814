/**
 * `deploycheck ci` over a fleet: 200 models × 4 targets, worked out and with the answers of the run before; memory
 * against a fleet of 50. Claims: under 60 s, under 5 s, and at most half as much memory again for four times the models.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { dataPath, hasData } from '../tests/data.ts'
import { deploycheck, interleave, median, printTable, verdict } from './measure.ts'

const scratch = mkdtempSync(join(tmpdir(), 'deploycheck-bench-'))

/** Graphs of the corpus, evenly spread over its 399; without the corpus, copies of the sample models. */
function fleet(count: number): string {
  const from = hasData ? dataPath('corpus') : resolve(import.meta.dirname, '../models')
  const names = readdirSync(from).filter((name) => name.endsWith('.onnx'))
  const folder = join(scratch, `models-${count}`)
  mkdirSync(folder)
  for (let i = 0; i < count; i++) {
    const name = names[Math.floor((i * names.length) / count) % names.length] ?? ''
    copyFileSync(join(from, name), join(folder, `${i}-${name}`))
  }
  const config = join(scratch, `${count}.json`)
  const targets = ['coreml-mlprogram', 'nnapi', 'xnnpack', 'webgpu']
  // The corpus has no weights: that would be an error of every model, and is none of what is measured.
  writeFileSync(config, JSON.stringify({ models: `models-${count}`, targets, withoutWeights: true }))
  return config
}

function main(): void {
  const [small, large] = [fleet(50), fleet(200)]
  const cache = join(scratch, 'cache')
  const ask = (title: string, config: string, ...more: string[]) =>
    deploycheck(title, ['ci', '--config', config, '--quiet', ...more], { peak: true })
  const timings = interleave(
    [
      ask('200 models, worked out', large, '--no-cache'),
      ask('200 models, kept from before', large, '--cache-dir', cache),
      ask('50 models, worked out', small, '--no-cache'),
      ask('50 models, kept from before', small, '--cache-dir', cache),
    ],
    3,
  )
  printTable('deploycheck ci, 4 targets', timings)
  const [cold, kept, coldSmall, keptSmall] = timings
  verdict('200 models × 4 targets, worked out, seconds', median(cold?.times ?? []) / 1000, 60)
  verdict('200 models × 4 targets, kept from before, seconds', median(kept?.times ?? []) / 1000, 5)
  const memory = (a: typeof cold, b: typeof cold) => (a?.peakMegabytes ?? Number.NaN) / (b?.peakMegabytes ?? Number.NaN)
  verdict('memory of 200 models, × 50, worked out', memory(cold, coldSmall), 1.5)
  verdict('memory of 200 models, × 50, kept from before', memory(kept, keptSmall), 1.5)
}

try {
  main()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
