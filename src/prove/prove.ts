/** Asks the real providers, where this machine can, and holds their answers against the static ones. */
import { isProblem, Problem } from '../result/problem.ts'
import type { TargetResult } from '../result/result.ts'
import { type TemporaryFolder, temporaryFolder } from '../runtimes/process/at-exit.ts'
import { type AskOptions, askProvider } from './ask.ts'
import { compared, notProved } from './compare.ts'
import { copyModel, type ModelCopy } from './copy.ts'
import { type Question, questionOf } from './questions.ts'
import type { Proof } from './task.ts'

export interface ProveOptions extends Partial<AskOptions> {
  /** The static answer is about the nodes as they stand: the session then optimises nothing, either. */
  readonly asIs?: boolean
  /** Before a provider is asked: `webgpu`, `onnxruntime-web 1.30.0`. */
  readonly onAsk?: (target: string, runtime: string) => void
}

const defaultLimit = 120_000

/** The answers of `targets` about the model at `path`, with what the real providers say. */
export async function prove(
  path: string,
  targets: readonly TargetResult[],
  options: ProveOptions = {},
): Promise<TargetResult[]> {
  const work = new Work(path, options)
  try {
    const proved: TargetResult[] = []
    for (const target of targets) proved.push(await work.prove(target))
    return proved
  } finally {
    work.end()
  }
}

class Work {
  private folder: TemporaryFolder | null = null
  private copy: Promise<ModelCopy> | null = null

  constructor(
    private readonly path: string,
    private readonly options: ProveOptions,
  ) {}

  async prove(target: TargetResult): Promise<TargetResult> {
    try {
      const question = questionOf(target.id, target.parameters)
      if (!question) return { ...target, verified: null }
      this.options.onAsk?.(target.id, question.runtime)
      const proof = await this.ask(question)
      return compared(target, question, proof)
    } catch (error) {
      if (!isProblem(error)) throw error
      return notProved(target, error)
    }
  }

  private async ask(question: Question): Promise<Proof> {
    if (this.path === '-' || /^[a-z][a-z0-9+.-]+:\/\//i.test(this.path))
      throw new Problem('runtime-unavailable', 'a real provider is asked about files only', {
        fix: 'save the model into a file first',
      })
    this.folder ??= temporaryFolder()
    const folder = this.folder.path
    this.copy ??= copyModel(this.path, folder)
    const models = [await this.copy]
    const { asIs, timeLimit = defaultLimit, signal } = this.options
    const level = asIs ? 'disabled' : 'basic'
    const [proof] = await askProvider({ ...question.task, level, models }, folder, { timeLimit, signal })
    if (!proof) throw new Error('a model without an answer')
    return proof
  }

  end(): void {
    this.folder?.remove()
  }
}
