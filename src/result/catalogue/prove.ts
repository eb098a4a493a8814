/** Findings of `--prove`: what a real provider answers beside what was said of it. `<target>` is the target's id. */
import type { Catalogue } from '../finding.ts'

export const prove = {
  '<target>/contradicted': {
    severity: 'warning',
    title: 'The real provider says otherwise',
    help: 'With `--prove` the provider itself was asked, by making a session of the model, and put these nodes elsewhere than the rules of the target say. The rules are wrong there, or know less than the provider: trust the provider, and tell us.',
    message: (a: { subject: string; runtime: string; taken: boolean }) =>
      `${a.subject}: ${a.runtime} ${a.taken ? 'takes on the target what was said to run on its CPU' : 'leaves on its CPU what was said to run on the target'}`,
  },
  '<target>/refused-in-fact': {
    severity: 'error',
    title: 'The real runtime refuses the model',
    help: 'With `--prove` a session was asked for, and the runtime gave none, although no rule of the target says so. The message is that of the runtime, with the names of the model’s nodes.',
    message: (a: { runtime: string; error: string }) => `${a.runtime} makes no session of the model: ${a.error}`,
  },
  '<target>/loaded-in-fact': {
    severity: 'warning',
    title: 'The real runtime loads the model',
    help: 'With `--prove` a session was asked for and made, although the rules of the target say that the model is blocked there.',
    message: (a: { runtime: string }) => `${a.runtime} makes a session of the model, which was said to be blocked`,
  },
  '<target>/not-proved': {
    severity: 'note',
    title: 'The real provider was not asked',
    help: 'The provider that answers for this target is not installed, is another release than that of the target, or had no room for the model. The verdict is that of the rules alone.',
    message: (a: { why: string }) => `not proved: ${a.why}`,
  },
} satisfies Catalogue
