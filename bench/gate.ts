/**
 * Does the latency gate cry wolf, and does it sleep? Records repetitions of a whole process on this machine, then draws
 * baselines and later measurements from them: with nothing changed (A/A) every `slower` is a false alarm, with a planted
 * slow-down every other verdict is a miss. Claims: with --repeat 9 at most 1 % false alarms and at least 95 % of +10 %
 * found; a single run keeps the 1 %, too.
 *
 *   npx tsx bench/gate.ts [repetitions, default 30] [file that keeps them, or has them already]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { resolve } from 'node:path'
import { presets } from '../src/latency/plan.ts'
import { seeded, shuffled } from '../src/latency/random.ts'
import { sample, totalOf } from '../src/latency/sample.ts'
import { fastEnd, median } from '../src/latency/statistics.ts'
import { compare } from '../src/latency/verdict.ts'
import { verdict } from './measure.ts'
import { openOnCpu } from './samples.ts'

const model = resolve(import.meta.dirname, '../models/efficientnet-lite.onnx')
const [, , asked = '30', file] = process.argv

/** The samples of each repetition. */
const recorded: number[][] =
  file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : await record(Number(asked))
if (file !== undefined) writeFileSync(file, JSON.stringify(recorded))

async function record(repetitions: number): Promise<number[][]> {
  const all: number[][] = []
  for (let i = 0; i < repetitions; i++) {
    const { runtime, subject } = await openOnCpu(model)
    const [series] = await sample([subject], { preset: presets.quick, random: seeded(i) })
    await runtime.close()
    all.push((series?.samples ?? []).map(totalOf))
    console.error(`${i + 1}/${repetitions}: ${median(all.at(-1) ?? []).toFixed(2)} ms`)
  }
  return all
}

/** How far the processes lie apart. */
function spreadOf(figures: readonly number[]): string {
  const middle = median(figures)
  const sum = figures.reduce((total, one) => total + Math.log(one / middle) ** 2, 0)
  return `${middle.toFixed(2)} ms ±${(Math.sqrt(sum / (figures.length - 1)) * 100).toFixed(1)} %`
}

const figures = recorded.map(fastEnd)
console.log(`${figures.length} repetitions, load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`)
console.log(`medians ${spreadOf(recorded.map(median))}, fast ends ${spreadOf(figures)} between processes`)

const times = 200
const random = seeded(2026)

/** Share of `slower` verdicts where the later measurement is slower by `factor`. */
function alarms(repetitions: number, factor: number, draw: (count: number) => number[]): number {
  let slower = 0
  for (let i = 0; i < times; i++) {
    const drawn = draw(9 + repetitions)
    const now = drawn.slice(9).map((one) => one * factor)
    if (compare(drawn.slice(0, 9), now).verdict === 'slower') slower++
  }
  return slower / times
}

/** Any repetitions: how they lay in time does not matter. */
const anyOf = (count: number): number[] => shuffled(figures, random).slice(0, count)

/** Repetitions that followed each other, the earlier ones as the baseline: the machine's moods are in it. */
const inTime = (count: number): number[] => {
  const start = Math.floor(random() * (figures.length - count + 1))
  return figures.slice(start, start + count)
}

const effects = [1, 1.02, 1.05, 1.1, 1.2]
console.log('\n| slower by | --repeat 9 | the same, in order of time | a single run |\n|---|---|---|---|')
for (const factor of effects) {
  const row = [alarms(9, factor, anyOf), alarms(9, factor, inTime), alarms(1, factor, anyOf)]
  const title = factor === 1 ? 'nothing (A/A)' : `${((factor - 1) * 100).toFixed(0)} %`
  console.log(`| ${title} | ${row.map((share) => `${(share * 100).toFixed(1)} %`).join(' | ')} |`)
}
console.log()
verdict('false alarms with --repeat 9, %', alarms(9, 1, anyOf) * 100, 1)
verdict('+10 % missed with --repeat 9, %', (1 - alarms(9, 1.1, anyOf)) * 100, 5)
verdict('false alarms of a single run, %', alarms(1, 1, anyOf) * 100, 1)
