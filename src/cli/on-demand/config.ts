/** What reads a config, which may be code, in a bundle of its own: code that V8 has kept cannot import modules. */
export { loadConfig } from '../../config/load.ts'
