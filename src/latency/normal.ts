/** The normal distribution and Student's t, as far as tests and intervals need them. */

/** `P(Z <= z)`. */
export const normalCdf = (z: number): number => 0.5 * erfc(-z / Math.SQRT2)

/** The z with `P(Z <= z) = p`, by halving; `p` strictly between 0 and 1. */
export function normalQuantile(p: number): number {
  let low = -40
  let high = 40
  while (high - low > 1e-12) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/**
 * Quantile of Student's t: the expansion around the normal quantile (Abramowitz and Stegun 26.7.5). Four degrees of
 * freedom and more: good to 0.2 % at p = 0.99.
 */
export function studentQuantile(p: number, freedom: number): number {
  const z = normalQuantile(p)
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ]
  return terms.reduce((sum, term, power) => sum + term / freedom ** power, 0)
}

/** Complementary error function: its series near 0, its continued fraction beyond. */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x)
  if (x < 3) {
    let term = x
    let sum = x
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= (-x * x) / n
      sum += term / (2 * n + 1)
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum
  }
  let fraction = x
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction
}
