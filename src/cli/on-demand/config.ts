/** What reads and writes configs, in a bundle of its own: a config may be code, and code that V8 has kept cannot import. */
export { firstConfig } from '../../ci/init.ts'
export { loadConfig } from '../../config/load.ts'
