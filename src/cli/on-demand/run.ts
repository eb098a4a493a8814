/** What `deploycheck run` needs, in a bundle of its own that no other command loads. */
export { runModel } from '../../assess/run-model.ts'
export { runReport } from '../../report/run.ts'
