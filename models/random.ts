/**
 * Seeded numbers for weights. Only integer arithmetic and correctly rounded operations, so that every machine makes
 * the same bytes (Math.log and Math.cos may differ in the last bit between engines).
 */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** Uniform in [0, 1), by the mulberry32 generator. */
  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** Close to a standard normal: the sum of twelve uniform numbers less six. */
  normal(): number {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += this.uniform()
    return sum
  }

  normals(count: number, deviation: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.normal() * deviation)
  }
}
