/** Makes schema/config.json from the types of src/config/config.ts: `tsx dev/config-schema.ts`. */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { root, typeSchema } from './type-schema.ts'

export const configSchemaPath = `${root}schema/config.json`

/** The text of schema/config.json as the types stand now. */
export const configSchema = (): string =>
  typeSchema({
    file: 'src/config/config.ts',
    type: 'Config',
    title: 'deploycheck config',
    description: 'deploycheck.config.json, or what deploycheck.config.ts exports.',
    closed: true,
  })

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(configSchemaPath, configSchema())
