/** Outputs whose shape the tests call static and inference leaves open, each with the reason. */
export const expectedUnknown: ReadonlyMap<string, string> = new Map([])

const inverse = 'inverse_indices has one element for each element of the input, whatever they are'
const noStopwords = 'without stopwords nothing is removed'

/** Outputs that the tests call dependent on data although their size is not, each with the reason. */
export const knownDespiteData: ReadonlyMap<string, string> = new Map([
  ['test_strnormalizer_nostopwords_nochangecase y', noStopwords],
  ['test_strnorm_model_nostopwords_nochangecase y', noStopwords],
  ['test_unique_bfloat16_sorted_without_axis inverse_indices', inverse],
  ['test_unique_length_1 inverse_indices', inverse],
  ['test_unique_not_sorted_without_axis inverse_indices', inverse],
  ['test_unique_sorted_with_axis inverse_indices', inverse],
  ['test_unique_sorted_with_axis_3d inverse_indices', inverse],
  ['test_unique_sorted_with_negative_axis inverse_indices', inverse],
  ['test_unique_sorted_without_axis inverse_indices', inverse],
])
