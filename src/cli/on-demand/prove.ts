/** What `--prove` needs, in a bundle of its own that no other command loads. */
export { prove } from '../../prove/prove.ts'
