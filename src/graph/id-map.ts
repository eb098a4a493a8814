/**
 * A map whose keys number themselves from 0 on: an array. In a graph of 100,000 nodes it is several times faster, and
 * smaller, than a Map of objects.
 */
export class IdMap<K extends { readonly id: number }, V> {
  private readonly slots: (V | undefined)[]

  /** `like`: starts with what that one holds. */
  constructor(like?: IdMap<K, V>) {
    this.slots = like ? [...like.slots] : []
  }

  get(key: K): V | undefined {
    return this.slots[key.id]
  }
  has(key: K): boolean {
    return this.slots[key.id] !== undefined
  }
  set(key: K, value: V): void {
    // An array that grows without gaps stays one in memory.
    while (this.slots.length <= key.id) this.slots.push(undefined)
    this.slots[key.id] = value
  }
  delete(key: K): void {
    if (this.has(key)) this.slots[key.id] = undefined
  }
}
