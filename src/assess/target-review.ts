/** Reviews of a target of one's own: what its file says, and whether it answers as its author expects. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { checkModel } from '../check/check.ts'
import { schemaVocabulary } from '../check/vocabulary.ts'
import { type Model, nodeRef } from '../graph/model.ts'
import { readModel } from '../graph/read.ts'
import { inferModel } from '../infer/infer.ts'
import { lintFile } from '../profiles/lint.ts'
import { Registry } from '../profiles/load.ts'
import { resolveTargets, type Target } from '../profiles/targets.ts'
import type { TargetLint, TargetTest } from '../result/answers.ts'
import { Problem } from '../result/problem.ts'
import { type Placement, schemaVersion, type TargetResult } from '../result/result.ts'
import { tool } from '../result/tool.ts'
import { findNode } from './find-node.ts'

/** Form, conditions and meaning of a profile. The exit code is 1 where an error is found. */
export function lintTarget(file: string): TargetLint {
  const findings = [...lintFile(file, new Registry(), schemaVocabulary())]
  const exitCode = findings.some(({ severity }) => severity === 'error') ? 1 : 0
  return { schemaVersion, tool, exitCode, file, findings }
}

/** One line of a file of cases; `model` is a path from that file. */
interface Case {
  readonly model: string
  readonly node: string | number
  readonly expected: Placement
  /** Parameters as after `@`: `api=29,nchw=true`. */
  readonly parameters?: string
}

const placements: readonly Placement[] = ['target', 'host', 'folded', 'blocked', 'unknown']

/**
 * Judges the nodes of a JSON file of cases, `[{ "model", "node", "expected", "parameters"? }]`. The exit code is 1
 * where an answer is another than expected.
 * @throws Problem for a file that cannot be read or understood, and for models and nodes that are not there
 */
export async function testTarget(file: string, casesFile: string): Promise<TargetTest> {
  const registry = new Registry([file])
  const id = registry.added[0] ?? ''
  const models = new Map<string, Promise<Asked>>()
  const cases: TargetTest['cases'] = []
  for (const one of readCases(casesFile)) {
    const path = resolve(dirname(casesFile), one.model)
    const asked = await (models.get(path) ?? keep(models, path, ask(path)))
    const [target] = resolveTargets([one.parameters ? `${id}@${one.parameters}` : id], registry)
    if (target) cases.push(judge(one, asked, target))
  }
  const exitCode = cases.every(({ expected, found }) => expected === found) ? 0 : 1
  return { schemaVersion, tool, exitCode, file, cases }
}

interface Asked {
  readonly model: Model
  readonly check: (target: Target) => TargetResult
}

async function ask(path: string): Promise<Asked> {
  const model = await readModel(path)
  const inference = inferModel(model)
  const results = new Map<string, TargetResult>()
  const check = (target: Target): TargetResult => {
    const key = JSON.stringify(target.parameters)
    const result = results.get(key) ?? checkModel(model, inference, [target])[0]
    if (!result) throw new Error('one target gives one result')
    results.set(key, result)
    return result
  }
  return { model, check }
}

function keep<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value)
  return value
}

function judge(one: Case, { model, check }: Asked, target: Target): TargetTest['cases'][number] {
  const node = findNode(model, String(one.node))
  const verdict = check(target).nodes.find(({ index, scope }) => index === node.index && scope === node.graph.scope)
  if (!verdict) throw new Error(`no verdict for node ${nodeRef(node)} of ${model.path}`)
  const { placement: found, why = null } = verdict
  return { model: one.model, node: String(one.node), expected: one.expected, found, why }
}

function readCases(path: string): Case[] {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Problem('bad-cases', `the cases ${path} cannot be read: ${reason}`, { path, cause })
  }
  const list: unknown[] = Array.isArray(json) ? json : []
  const wrong = list.findIndex((one) => !isCase(one))
  if (list.length > 0 && wrong < 0) return list as Case[]
  throw new Problem(
    'bad-cases',
    list.length === 0 ? `${path} holds no cases` : `${path}: case ${wrong} is not a case`,
    {
      path,
      expected: `[{ "model": "path from this file", "node": 17, "expected": "${placements.join('|')}" }]`,
    },
  )
}

function isCase(one: unknown): one is Case {
  if (one === null || typeof one !== 'object') return false
  const { model, node, expected, parameters } = one as Record<string, unknown>
  return (
    typeof model === 'string' &&
    (typeof node === 'string' || typeof node === 'number') &&
    placements.some((placement) => placement === expected) &&
    (parameters === undefined || typeof parameters === 'string')
  )
}
