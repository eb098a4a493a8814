/** Name and version of deploycheck, as results carry them. */
import manifest from '../../package.json' with { type: 'json' }

export const tool = { name: manifest.name, version: manifest.version }
