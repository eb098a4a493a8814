/** What `deploycheck runtimes` needs, in a bundle of its own that no other command loads. */
export { runtimesReport } from '../../report/runtimes.ts'
export { listRuntimes } from '../../runtimes/list.ts'
