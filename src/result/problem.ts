/**
 * An error that a user can cause: the question could not be asked. Says what was asked, what was found, what to do.
 * The command line prints it without a stack and exits with 2.
 */
export class Problem extends Error {
  override readonly name = 'Problem'
  constructor(
    /** Stable, kebab-case: `not-onnx`, `truncated`, `unknown-target`. */
    readonly code: string,
    /** What was asked and what was found, in one sentence. */
    message: string,
    readonly details: {
      /** Byte position in the file. */
      readonly offset?: number
      readonly path?: string
      /** What was expected there. */
      readonly expected?: string
      /** What the user can do. */
      readonly fix?: string
      readonly cause?: unknown
    } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
  }
}

/** Bundles that are loaded on demand have a class of their own: what counts is what it carries. */
export const isProblem = (error: unknown): error is Problem =>
  error instanceof Error && error.name === 'Problem' && 'code' in error && 'details' in error
