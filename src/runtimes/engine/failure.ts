/** An error on its way from a host to whoever asked: as plain data, and back. */
import { isProblem, Problem } from '../../result/problem.ts'

export interface Failure {
  readonly name: string
  readonly message: string
  readonly stack: string
  /** Where it was a Problem. */
  readonly problem: { readonly code: string; readonly expected?: string; readonly fix?: string } | null
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: describe(error), stack: '', problem: null }
  const { name, message, stack = '' } = error
  if (!isProblem(error)) return { name, message, stack, problem: null }
  const { expected, fix } = error.details
  return {
    name,
    message,
    stack,
    problem: {
      code: error.code,
      ...(expected === undefined ? {} : { expected }),
      ...(fix === undefined ? {} : { fix }),
    },
  }
}

/** The Problem that it was, or an Error with the name and the stack of the other side. */
export function errorOf({ name, message, stack, problem }: Failure): Error {
  if (problem) {
    const { code, ...details } = problem
    return new Problem(code, message, details)
  }
  return Object.assign(new Error(message), { name, stack })
}

/** Emscripten throws numbers, users throw anything. */
function describe(thrown: unknown): string {
  try {
    return typeof thrown === 'object' ? JSON.stringify(thrown) : String(thrown)
  } catch {
    return 'something that cannot be shown'
  }
}
