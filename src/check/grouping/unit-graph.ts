/** Units and the edges between them: what grouping works on. Built once per graph, used with many answers. */
import { IdMap } from '../../graph/id-map.ts'
import type { Unit } from '../units.ts'
import type { View, ViewNode } from '../view.ts'

export class UnitGraph {
  /** Every unit after those that make its inputs. */
  readonly order: readonly number[]
  private readonly indexOf = new IdMap<ViewNode, number>()
  private readonly makersOf: readonly (readonly number[])[]
  private readonly usersOf: readonly (readonly number[])[]

  constructor(
    readonly view: View,
    readonly units: readonly Unit[],
  ) {
    const { indexOf } = this
    units.forEach((unit, index) => {
      for (const member of unit.members) if (!indexOf.has(member)) indexOf.set(member, index)
    })
    const makers: number[][] = units.map(() => [])
    const users: number[][] = units.map(() => [])
    /** By unit: the last one that was seen to read from it. */
    const seenBy = new Int32Array(units.length).fill(-1)
    units.forEach((unit, index) => {
      for (const member of unit.members)
        for (const value of member.reads()) {
          const maker = view.maker(value)
          const other = maker ? indexOf.get(maker) : undefined
          if (other === undefined || other === index || seenBy[other] === index) continue
          seenBy[other] = index
          makers[index]?.push(other)
          users[other]?.push(index)
        }
    })
    this.makersOf = makers
    this.usersOf = users
    this.order = topological(this.makersOf, users)
  }

  get size(): number {
    return this.units.length
  }
  /** The unit that a node belongs to. */
  unitOf(node: ViewNode): number | undefined {
    return this.indexOf.get(node)
  }
  /** Units that make what it reads. */
  makers(unit: number): readonly number[] {
    return this.makersOf[unit] ?? none
  }
  users(unit: number): readonly number[] {
    return this.usersOf[unit] ?? none
  }

  /** These units and all that is downstream of them. */
  downstream(from: readonly number[]): Set<number> {
    const reached = new Set(from)
    for (const unit of reached) for (const user of this.users(unit)) reached.add(user)
    return reached
  }
}

const none: readonly number[] = []

function topological(makers: readonly (readonly number[])[], users: readonly (readonly number[])[]): number[] {
  const waiting = makers.map((list) => list.length)
  const order = waiting.flatMap((count, unit) => (count === 0 ? [unit] : []))
  for (let i = 0; i < order.length; i++)
    for (const user of users[order[i] ?? -1] ?? none) {
      const left = (waiting[user] ?? 0) - 1
      waiting[user] = left
      if (left === 0) order.push(user)
    }
  // Units on a cycle of a broken model come last.
  if (order.length < makers.length) {
    const seen = new Set(order)
    for (let unit = 0; unit < makers.length; unit++) if (!seen.has(unit)) order.push(unit)
  }
  return order
}
