/** Findings about a model on FINN: the same of several nodes is one finding. */
import type { Node } from '../../graph/model.ts'
import { nodeRef } from '../../graph/model.ts'
import { check } from '../../result/catalogue/check.ts'
import { fpga } from '../../result/catalogue/fpga.ts'
import { type Finding, report, type Severity, type Where } from '../../result/finding.ts'
import { subjectOf } from '../target-findings.ts'

const catalogue = { ...check, ...fpga }
export type Kind = keyof typeof catalogue

interface Entry {
  readonly kind: Kind
  readonly id: string
  readonly why: string
  readonly nodes: Set<Node>
  readonly values: Set<string>
  readonly where: Where
  readonly args: Readonly<Record<string, unknown>>
}

const severities: readonly Severity[] = ['error', 'warning', 'note']

export class FlowFindings {
  private readonly entries = new Map<string, Entry>()
  private readonly others: Finding[] = []

  /** `id` without the target. `args`: what the wording of that kind needs beside subject and reason. */
  add(
    kind: Kind,
    about: {
      readonly id: string
      readonly why: string
      readonly nodes?: Iterable<Node>
      readonly values?: Iterable<string>
    },
    where: Where = {},
    args: Readonly<Record<string, unknown>> = {},
  ): void {
    const { id, why, nodes = [], values = [] } = about
    const key = `${kind} ${id} ${why}`
    let entry = this.entries.get(key)
    if (!entry) {
      entry = { kind, id, why, nodes: new Set(), values: new Set(), where, args }
      this.entries.set(key, entry)
    }
    for (const node of nodes) entry.nodes.add(node)
    for (const value of values) entry.values.add(value)
  }

  push(finding: Finding): void {
    this.others.push(finding)
  }

  /** Errors first; ids of the findings that concern a node. */
  finish(target: string): { readonly list: Finding[]; readonly of: (node: Node) => string[] } {
    const idsOf = new Map<Node, string[]>()
    const made = [...this.entries.values()].map(({ kind, id, why, nodes, values, where, args }) => {
      const sorted = [...nodes].sort((a, b) => a.id - b.id)
      const full = `${target}/${id}`
      for (const node of sorted) {
        const ids = idsOf.get(node) ?? []
        if (!ids.includes(full)) ids.push(full)
        idsOf.set(node, ids)
      }
      const place = { ...where, nodes: sorted.map(nodeRef), values: [...values] }
      return { ...report(catalogue, kind, { subject: subjectOf(sorted), why, ...args } as never, place), id: full }
    })
    const all = [...this.others, ...made]
    return {
      list: severities.flatMap((severity) => all.filter((finding) => finding.severity === severity)),
      of: (node) => [...(idsOf.get(node) ?? [])],
    }
  }
}
