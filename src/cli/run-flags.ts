/** Flags of commands that run models. */
import { statSync } from 'node:fs'
import type { Command } from 'commander'
import type { RunFiles } from '../ci/run-files.ts'
import type { Config, ToleranceConfig } from '../config/config.ts'
import { Problem } from '../result/problem.ts'
import { each } from './flag-values.ts'
import { type LatencyFlags, latencyConfig, withLatencyFlags } from './latency-flags.ts'

export interface RunFlags extends LatencyFlags {
  readonly runtime?: readonly string[]
  readonly require?: readonly string[]
  readonly reference?: string
  readonly samples?: number | string
  readonly seed?: number
  readonly tolerance?: Readonly<Record<string, ToleranceConfig>>
  readonly modelFor?: Readonly<Record<string, string>>
  readonly wrapperFor?: Readonly<Record<string, string>>
  readonly bisect?: boolean
  readonly saveRepro?: string
  readonly record?: string
  readonly replay?: string
  readonly maxDrop?: Readonly<Record<string, number>>
  readonly browser?: string
  readonly threads?: number
  readonly timeLimit?: number
}

export const withRuntimeFlags = (command: Command): Command =>
  withLatencyFlags(command)
    .option(
      '--runtime <id>',
      'where to run it (repeats); default: cpu, wasm, webgpu, with a wrapper browsers, too',
      each,
    )
    .option('--require <id>', 'exit with 1 when this runtime is not available (repeats)', each)
    .option('--reference <id>', 'what the others are held against; default: cpu')
    .option('--samples <n|path>', 'how many at most; or an .npz file, a test_data_set folder', samples)
    .option('--seed <n>', 'of random samples', wholeNumber('seed'))
    .option('--tolerance <output=atol[,rtol]>', 'for an output of the model, or * (repeats)', tolerance)
    .option('--model-for <id=file>', 'the model that this runtime gets in its place (repeats)', assigned('model-for'))
    .option('--wrapper-for <id=file>', 'the wrapper that this runtime gets (repeats)', assigned('wrapper-for'))
    .option('--bisect', 'name the first diverging node also where nothing mismatches')
    .option('--save-repro <folder>', 'write the first diverging node as a model, with its data')
    .option('--record <file.npz>', "write the reference's inputs, outputs and results")
    .option('--replay <file.npz>', 'a recording in place of the reference')
    .option('--max-drop <metric=drop>', 'exit with 1 when a metric drops by more: top1=0.5% (repeats)', maxDrop)
    .option('--browser <path|name>', 'a path, or chrome, edge, chromium (also: CHROME_PATH)')
    .option('--threads <n>', 'threads of a session on the CPU', wholeNumber('threads'))
    .option('--time-limit <seconds>', 'for each request to a runtime', wholeNumber('time-limit', 1))

const wrong = (flag: string, text: string, expected: string, example: string): Problem =>
  new Problem('bad-flag', `--${flag} ${text}: ${expected}`, { expected, fix: `for example: ${example}` })

/** A number of samples, or where they are. A file that is called `12` is written ./12. */
function samples(text: string): number | string {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  if (statSync(text, { throwIfNoEntry: false }) || /[*?[{]/.test(text)) return text
  throw wrong('samples', text, 'a number, or a file or folder that is there', '--samples 20')
}

const wholeNumber =
  (flag: string, least = 0) =>
  (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text)
    throw wrong(flag, text, `a whole number ${least > 0 ? `from ${least} on ` : ''}is expected`, `--${flag} 1`)
  }

function tolerance(text: string, before: NonNullable<RunFlags['tolerance']> = {}): typeof before {
  const [, name, atol, rtol] = /^(.+)=([^,=]+)(?:,([^,=]+))?$/s.exec(text) ?? []
  const [absolute, relative] = [Number(atol), Number(rtol ?? 0)]
  if (name === undefined || !(absolute >= 0) || !(relative >= 0))
    throw wrong('tolerance', text, 'a name, =, and one or two numbers are expected', '--tolerance logits=1e-3,1e-3')
  return { ...before, [name]: { atol: absolute, rtol: relative } }
}

const assigned =
  (flag: string) =>
  (text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => {
    // A runtime's own parameters hold an =, too: browser-webgpu@impl=jsep=model.onnx.
    const [, id, file] = /^([\w-]+(?:@[^=]+=[^=,]+(?:,[^=]+=[^=,]+)*)?)=(.+)$/s.exec(text) ?? []
    if (id === undefined || file === undefined)
      throw wrong(flag, text, 'a runtime, =, and a file are expected', `--${flag} wasm=web.onnx`)
    return { ...before, [id]: file }
  }

/** `top1=0.5%` and `top1=0.005` are the same. */
function maxDrop(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name, number, percent] = /^(.+)=([\d.]+(?:e-?\d+)?)(%?)$/s.exec(text) ?? []
  const value = Number(number) / (percent ? 100 : 1)
  if (name === undefined || !Number.isFinite(value))
    throw wrong('max-drop', text, 'a metric, =, and a number are expected', '--max-drop top1=0.5%')
  return { ...before, [name]: value }
}

/** Flags as a config has them. */
export function runConfig(flags: RunFlags): Config {
  const { runtime, require, reference, samples: given, seed, tolerance: tolerances, modelFor, wrapperFor } = flags
  const { maxDrop: drops, bisect, browser, threads, timeLimit } = flags
  const latency = latencyConfig(flags)
  return {
    ...(runtime && { runtimes: [...runtime] }),
    ...(require && { require: [...require] }),
    ...(reference !== undefined && { reference }),
    ...(given !== undefined && { samples: given }),
    ...(seed !== undefined && { seed }),
    ...(tolerances && { tolerances: { ...tolerances } }),
    ...(drops && { maxDrop: { ...drops } }),
    ...(modelFor && { modelFor: { ...modelFor } }),
    ...(wrapperFor && { wrapperFor: { ...wrapperFor } }),
    ...(bisect && { bisect }),
    ...(browser !== undefined && { browser }),
    ...(threads !== undefined && { threads }),
    ...(timeLimit !== undefined && { timeLimit }),
    ...(latency !== undefined && { latency }),
  }
}

/** Files that runs read and write: those of one command, and no part of a config. */
export const runFiles = ({ record, replay, saveRepro, saveBaseline }: RunFlags): RunFiles => ({
  ...(record !== undefined && { record }),
  ...(replay !== undefined && { replay }),
  ...(saveRepro !== undefined && { saveRepro }),
  ...(saveBaseline !== undefined && { saveBaseline }),
})
