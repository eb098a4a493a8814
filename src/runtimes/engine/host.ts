/** A place where sessions live, seen from outside: a child process or a page. */
import type { Problem } from '../../result/problem.ts'
import type { Method, Requests } from './requests.ts'

export interface Host {
  /**
   * Rejects with the Problem or the error of the other side, with `runtime-timeout` or `runtime-crashed` when there
   * is no answer, and with `interrupted`. After these three the host is no longer alive.
   * @param limit milliseconds
   */
  ask<M extends Method>(method: M, request: Requests[M][0], limit: number): Promise<Requests[M][1]>
  readonly alive: boolean
  /** Ends it, whatever it is doing; what is asked is rejected, with `why` where it is given. */
  close(why?: Problem): Promise<void>
}
