/** What `deploycheck compare` needs, in a bundle of its own that no other command loads. */
export { compareModels } from '../../assess/compare-models.ts'
export { comparisonReport } from '../../report/comparison.ts'
