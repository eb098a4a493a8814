/**
 * What `deploycheck models/keyword-spotter-lstm.onnx --target ios,android --fail-on partial --format blob` wrote, with a
 * run beside it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readBlob } from '../../src/report/blob.ts'
import type { Result } from '../../src/result/result.ts'
import { run } from './sample-run.ts'

const text = readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8')

export const recorded: Result = { ...readBlob(text, 'recorded.json').result, runs: [run] }
