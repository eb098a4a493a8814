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
