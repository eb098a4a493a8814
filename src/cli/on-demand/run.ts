/** What runs models, in a bundle of its own that is loaded where some are run. */
export { runModel } from '../../assess/run-model.ts'
