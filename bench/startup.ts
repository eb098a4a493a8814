/**
 * What one static check costs as a whole process: against `node -e 0`, and, where Python has onnxruntime, against
 * ONNX Runtime's own check_onnx_model_mobile_usability. Claims: at most 3 × bare Node on MobileNetV2; at most a half
 * of the peer's time there, a fifth on the largest model of the shared corpus.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { dataPath, hasData } from '../tests/data.ts'
import { bareNode, type Command, deploycheck, interleave, printTable, ratio, verdict } from './measure.ts'

const python = process.env.DEPLOYCHECK_PYTHON ?? 'python3'
const hasPeer = spawnSync(python, ['-c', 'import onnxruntime, onnx']).status === 0
const scratch = mkdtempSync(join(tmpdir(), 'deploycheck-bench-'))

interface CorpusEntry {
  readonly name: string
  readonly weightsBytes: number
  readonly totalWeightBytes: number
}

function main(): void {
  const small = hasData
    ? withWeights('tv-mobilenet-v2-ts13')
    : resolve(import.meta.dirname, '../models/efficientnet-lite.onnx')
  const [bare, ours, peer] = measure(small, 15)
  verdict('bare Node, small model', ratio(ours, bare), 3)
  if (peer) verdict("the peer's time, small model", ratio(ours, peer), 0.5)
  if (!hasPeer) console.log(`no peer: ${python} has no onnxruntime and onnx (DEPLOYCHECK_PYTHON names another)`)
  if (!hasData) return
  const [, oursOnLarge, peerOnLarge] = measure(withWeights(largest().name), 5)
  if (peerOnLarge) verdict("the peer's time, largest model", ratio(oursOnLarge, peerOnLarge), 0.2)
}

function measure(model: string, rounds: number) {
  const commands: Command[] = [bareNode, deploycheck('deploycheck --target android', [model, '--target', 'android'])]
  if (hasPeer) {
    const args = ['-m', 'onnxruntime.tools.check_onnx_model_mobile_usability', model]
    commands.push({ title: 'onnxruntime check_onnx_model_mobile_usability', program: python, args })
  }
  const timings = interleave(commands, rounds)
  printTable(basename(model), timings)
  return timings
}

const corpus = (): CorpusEntry[] => JSON.parse(readFileSync(dataPath('corpus', 'index.json'), 'utf8'))

function largest(): CorpusEntry {
  return corpus().reduce((most, entry) => (entry.totalWeightBytes > most.totalWeightBytes ? entry : most))
}

/** A copy of a corpus model beside a weights file of zeros: the corpus ships none, and the peer needs one. */
function withWeights(name: string): string {
  const bytes = corpus().find((entry) => entry.name === name)?.weightsBytes ?? 0
  const folder = mkdtempSync(join(scratch, 'model-'))
  const model = join(folder, `${name}.onnx`)
  copyFileSync(dataPath('corpus', `${name}.onnx`), model)
  const weights = join(folder, 'weights.bin')
  if (bytes > 0) writeFileSync(weights, '')
  if (existsSync(weights)) truncateSync(weights, bytes)
  return model
}

try {
  main()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
