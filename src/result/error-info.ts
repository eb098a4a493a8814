/** An error as plain data, and the code that tells ours from the user's. */
import { isProblem } from './problem.ts'
import type { ErrorInfo } from './result.ts'

/** Marks an error that is ours: exit code 3. */
export const internalError = 'internal'

/** A Problem says what the user can do; everything else is a bug of deploycheck. */
export function errorInfo(error: unknown): ErrorInfo {
  if (isProblem(error)) {
    const { offset = null, expected, fix } = error.details
    return {
      code: error.code,
      message: error.message,
      offset,
      ...(expected === undefined ? {} : { expected }),
      ...(fix === undefined ? {} : { fix }),
    }
  }
  return {
    code: internalError,
    message: `internal error, a bug of deploycheck: ${error instanceof Error ? error.message : String(error)}`,
    offset: null,
    fix: 'run it again with --debug, and open an issue with what that prints, the command and, if you can, the model',
  }
}
