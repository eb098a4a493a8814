/**
 * Holds the rules against the real providers, over the conformance tests and the models of the shared data, and writes
 * the figures into the profiles: `npx tsx dev/prove.ts [target] [part of a model's name]`. With a part of a name it prints
 * only. Models are asked as they stand in the file, with nothing optimised, so that each node is answered for.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkModel } from '../src/check/check.ts'
import { readModel } from '../src/graph/read.ts'
import { inferModel } from '../src/infer/infer.ts'
import { Registry } from '../src/profiles/load.ts'
import type { Profile, Proved } from '../src/profiles/profile.ts'
import { parseTargets, resolveTargets, type Target } from '../src/profiles/targets.ts'
import { askProvider } from '../src/prove/ask.ts'
import { compared } from '../src/prove/compare.ts'
import { copyModel, type ModelCopy } from '../src/prove/copy.ts'
import { type Question, questionOf } from '../src/prove/questions.ts'
import type { Proof } from '../src/prove/task.ts'
import { isProblem } from '../src/result/problem.ts'
import type { TargetResult } from '../src/result/result.ts'
import { provableModels } from '../tests/prove/models.ts'

const targets = [
  'webgpu@impl=native,platform=browser',
  'webgpu@impl=jsep,platform=browser',
  'wasm@build=full',
  'wasm@build=reduced',
  'cpu',
]
const modelsOfAProcess = 60
const timeLimit = 600_000

const [, , wanted = '', part = ''] = process.argv
const folder = mkdtempSync(join(tmpdir(), 'deploycheck-proof-'))
const registry = new Registry()

interface Copied {
  readonly name: string
  readonly path: string
  readonly copy: ModelCopy
}

/** The answers about the models, null where the process ended while one was asked about. */
async function ask(question: Question, copies: readonly Copied[]): Promise<(Proof | null)[]> {
  const proofs: (Proof | null)[] = []
  while (proofs.length < copies.length) {
    const models = copies.slice(proofs.length, proofs.length + modelsOfAProcess).map(({ copy }) => copy)
    const task = { ...question.task, level: 'disabled' as const, models }
    const answers = await askProvider(task, folder, { timeLimit }).catch((error: unknown) => {
      if (isProblem(error)) return []
      throw error
    })
    proofs.push(...answers)
    if (answers.length < models.length) proofs.push(null)
    process.stderr.write(`\r${question.runtime} ${proofs.length}/${copies.length} `)
  }
  return proofs
}

async function answerOf(path: string, target: Target): Promise<TargetResult> {
  const model = await readModel(path, { withoutWeights: true })
  const [result] = checkModel(model, inferModel(model), [target], { asIs: true })
  if (!result) throw new Error('a target without an answer')
  return result
}

/** Prints what differs; gives the figures. */
async function prove(target: Target, copies: readonly Copied[]): Promise<Omit<Proved, 'parameters'>> {
  const question = questionOf(target.id, target.parameters)
  if (!question) throw new Error(`nothing answers for ${target.id}`)
  const proofs = await ask(question, copies)
  const figures = { models: 0, nodes: 0, differ: 0, refused: 0 }
  for (const [i, { name, path }] of copies.entries()) {
    const proof = proofs[i]
    if (!proof) {
      console.log(`${target.id} ${name}: no answer`)
      continue
    }
    const result = compared(await answerOf(path, target), question, proof)
    const { agree = 0, differ = 0 } = result.proof ?? {}
    if (agree + differ > 0 || proof.error !== null) figures.models++
    figures.nodes += agree + differ
    figures.differ += differ
    if (proof.error !== null) figures.refused++
    if (result.verified === false) {
      const causes = result.findings.filter(({ id }) => /-in-fact$|contradicted$/.test(id))
      const nodes = result.nodes.filter(({ verified }) => verified === false)
      const some = nodes.slice(0, 2).map(({ op, placement, why }) => `${op} ${placement} ${why ?? ''}`)
      console.log(
        `${target.id} ${name}: ${[...causes.map(({ message }) => message), ...some].join(' | ').replace(/\s+/g, ' ').slice(0, 240)}`,
      )
    }
  }
  return { with: question.runtime, ...figures }
}

/** Puts the entry in place of the old one, and leaves the rest of the file as people have laid it out. */
function write(id: string, entry: Proved): void {
  const path = join(import.meta.dirname, '..', 'op-profiles', `${id}.json`)
  const text = readFileSync(path, 'utf8')
  const { proved = [] } = JSON.parse(text) as Profile
  const same = (other: Proved) => JSON.stringify(other.parameters) === JSON.stringify(entry.parameters)
  const entries = [...proved.filter((other) => !same(other)), entry].map((one) => `    ${JSON.stringify(one)}`)
  const without = text.replace(/ {2}"proved": \[\n(.*\n)*? {2}\],\n/, '')
  const list = `  "proved": [\n${entries.join(',\n')}\n  ],\n`
  writeFileSync(path, without.replace(/^ {2}"sources": /m, `${list}  "sources": `))
}

try {
  const copies: Copied[] = []
  for (const { name, path } of provableModels(folder)) {
    if (!name.includes(part)) continue
    const own = mkdtempSync(join(folder, 'copy-'))
    copies.push({ name, path, copy: await copyModel(path, own) })
  }
  for (const text of targets.filter((one) => one.startsWith(wanted))) {
    const [target, request] = [resolveTargets([text], registry)[0], parseTargets(text)[0]]
    if (!target || !request) throw new Error(`no target ${text}`)
    const proved = { parameters: request.parameters, ...(await prove(target, copies)) }
    console.log(`\n${target.id} ${JSON.stringify(proved)}`)
    if (part === '') write(target.id, proved)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
