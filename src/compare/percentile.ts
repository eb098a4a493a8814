/** The value at a rank, without sorting everything: reorders `values`. */
export function percentile(values: Float64Array, share: number): number {
  if (values.length === 0) return 0
  const rank = Math.min(values.length - 1, Math.max(0, Math.ceil(share * values.length) - 1))
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number
    let i = low
    let j = high
    while (i <= j) {
      while ((values[i] as number) < pivot) i++
      while ((values[j] as number) > pivot) j--
      if (i > j) break
      const kept = values[i] as number
      values[i++] = values[j] as number
      values[j--] = kept
    }
    if (rank <= j) high = j
    else if (rank >= i) low = i
    else break
  }
  return values[rank] as number
}
