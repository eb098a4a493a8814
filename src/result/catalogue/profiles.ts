/** Findings of `targets lint`: what is wrong or odd in a profile. */
import type { Catalogue } from '../finding.ts'

interface At {
  /** Place in the file: `operators.Resize[0].checks[2]`. */
  at: string
}

const place = (at: string): string => (at === '' ? 'the top of the file' : at)

export const profiles = {
  'profile/form': {
    severity: 'error',
    title: 'Not the form of a profile',
    help: 'The file does not follow profile.schema.json: a key is missing or not known, or a value has another type.',
    message: (a: At & { fault: string; wanted: string }) => `${place(a.at)}: ${a.fault}, expected ${a.wanted}`,
    expected: (a: { wanted: string }) => a.wanted,
  },
  'profile/condition': {
    severity: 'error',
    title: 'A condition that cannot be read',
    help: 'The text is not an expression of the condition language, or a shared condition ("let") is used wrongly.',
    message: (a: At & { fault: string }) => `${place(a.at)}: ${a.fault}`,
  },
  'profile/extends': {
    severity: 'error',
    title: 'A profile to extend that cannot be had',
    help: 'The profile that "extends" names does not exist, has faults itself, or extends this one again.',
    message: (a: At & { fault: string }) => `${place(a.at)}: ${a.fault}`,
  },
  'profile/unknown-name': {
    severity: 'error',
    title: 'A name that means nothing here',
    help: 'The name is no parameter, no shared condition, and no input, output or attribute of any version of the operator in the range of the row. A condition with it could never be decided as meant.',
    message: (a: At & { name: string; owner: string; close: string | null }) =>
      `${place(a.at)}: ${a.owner} has no "${a.name}"`,
    fix: (a: { name: string; close: string | null }) =>
      a.close === null ? `take "${a.name}" out, or correct the range of versions` : `did you mean ${a.close}?`,
  },
  'profile/call': {
    severity: 'error',
    title: 'A function used wrongly',
    help: 'There is no such function, the number of arguments is another one, or an argument has a type that the function cannot take.',
    message: (a: At & { fault: string; help: string }) => `${place(a.at)}: ${a.fault}`,
    fix: (a: { help: string }) => a.help,
  },
  'profile/type': {
    severity: 'error',
    title: 'Values of different types',
    help: 'A comparison, a calculation or a logical word gets a value of a type for which it has no meaning.',
    message: (a: At & { fault: string; help: string }) => `${place(a.at)}: ${a.fault}`,
    fix: (a: { help: string }) => a.help,
  },
  'profile/shadowing': {
    severity: 'error',
    title: 'A parameter or shared condition hides a name of an operator',
    help: 'Parameters and shared conditions are looked up first. One that is named like an input, output or attribute makes that unreachable, without a message.',
    message: (a: At & { name: string; op: string }) => `${place(a.at)}: "${a.name}" hides the ${a.name} of ${a.op}`,
    fix: () => 'give it another name',
  },
  'profile/overlap': {
    severity: 'error',
    title: 'Rows for the same versions',
    help: 'The first row whose versions and "when" hold is taken. A later row for the same versions is never reached when the earlier one has no "when".',
    message: (a: At & { op: string; earlier: number }) =>
      `${place(a.at)}: row ${a.earlier} of ${a.op} has some of the same versions and no "when"`,
    fix: () => 'part the ranges, or give the earlier row a "when"',
  },
  'profile/source': {
    severity: 'error',
    title: 'A rule without a source',
    help: 'Every rule says where it was read, so that others can review it. Rules with evidence "assumed" need no source.',
    message: (a: At & { key: string | null }) =>
      `${place(a.at)}: ${a.key === null ? 'no source' : `the source "${a.key}" is not in "sources"`}`,
    fix: (a: { key: string | null }) =>
      a.key === null ? 'name a key of "sources", or say "evidence": "assumed"' : `add "${a.key}" to "sources"`,
  },
  'profile/table': {
    severity: 'error',
    title: 'A table that does not fit its parameter',
    help: 'A table has the name of an enum parameter and one row for each of its values, all with the same fields.',
    message: (a: At & { fault: string }) => `${place(a.at)}: ${a.fault}`,
    fix: () => 'give every value of the parameter a row with the same fields',
  },
  'profile/parameter': {
    severity: 'error',
    title: 'A default outside of its parameter',
    help: 'The default of a parameter is a value that a user could not set.',
    message: (a: At & { found: string; wanted: string }) => `${place(a.at)}: the default ${a.found} is not ${a.wanted}`,
    expected: (a: { wanted: string }) => a.wanted,
  },
  'profile/phase': {
    severity: 'error',
    title: 'Checks that are never asked',
    help: 'The checks stand in a phase that "order" does not list.',
    message: (a: At & { phase: string; order: string }) => `${place(a.at)}: the phase "${a.phase}" is not in the order`,
    expected: (a: { order: string }) => a.order,
    fix: (a: { phase: string }) => `add "${a.phase}" to "order", or move the checks`,
  },
  'profile/no-operator': {
    severity: 'warning',
    title: 'An operator or version that no schema knows',
    help: 'No known schema has the operator, or none of its versions lies in the range of the row. Names in its conditions cannot be checked.',
    message: (a: At & { op: string; range: string; close: string | null }) =>
      a.range === 'all'
        ? `${place(a.at)}: no operator of that name is known: ${a.op}`
        : `${place(a.at)}: no version ${a.range} of ${a.op} is known`,
    fix: (a: { close: string | null }) =>
      a.close === null ? 'correct the operator or the range' : `did you mean ${a.close}?`,
  },
  'profile/unguarded': {
    severity: 'warning',
    title: 'A value that may not be there is asked before it is guarded',
    help: 'A dimension may be symbolic (ask known or static first), a value may be computed at run time (ask const first), an optional input, or an attribute of some versions, may be left out (ask given first).',
    message: (a: At & { what: string; guard: string }) => `${place(a.at)}: ${a.what} is asked before ${a.guard}`,
    fix: (a: { guard: string }) => `ask ${a.guard} first, or say in the condition what holds without it`,
  },
  'profile/constant': {
    severity: 'warning',
    title: 'A condition that is always true or always false',
    help: 'The condition, or a part of it, hangs on no fact and no parameter.',
    message: (a: At & { part: string; truth: boolean }) => `${place(a.at)}: ${a.part} is always ${a.truth}`,
    fix: () => 'take it out, or ask for a fact',
  },
  'profile/unreachable': {
    severity: 'warning',
    title: 'A check behind one that always refuses',
    help: 'A check before it in the same list is always false, so this one never decides.',
    message: (a: At) => `${place(a.at)}: a check before it always refuses`,
    fix: () => 'take it out, or correct the check before it',
  },
  'profile/unused': {
    severity: 'warning',
    title: 'Something that nothing uses',
    help: 'A parameter, shared condition, table or source is declared, and no rule uses it.',
    message: (a: At & { kind: string; name: string }) => `${place(a.at)}: the ${a.kind} "${a.name}" is not used`,
    fix: () => 'take it out, or use it',
  },
} satisfies Catalogue
