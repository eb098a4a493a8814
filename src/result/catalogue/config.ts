/** Findings about the config and the known-problems file: entries that no longer do what they were written for. */
import type { Catalogue } from '../finding.ts'

interface EntryArgs {
  entry: string
  file: string
}

export const config = {
  'config/entry-expired': {
    severity: 'warning',
    title: 'An accepted problem is due',
    help: 'An entry that lets a finding pass has a date, and that is over: the finding counts again.',
    message: (a: EntryArgs & { expires: string }) => `${a.file}: the entry for ${a.entry} ended on ${a.expires}`,
    fix: () => 'mend the model, or look at it again and give the entry a new date',
  },
  'config/entry-unused': {
    severity: 'warning',
    title: 'An accepted problem is gone',
    help: 'An entry that lets a finding or a gate pass matched nothing in any model. It would let the problem pass when it comes back.',
    message: (a: EntryArgs) => `${a.file}: nothing is left of ${a.entry}`,
    fix: () => 'take the entry out; --update-known does so in a known-problems file',
  },
} satisfies Catalogue
