/**
 * Makes schema/result.json from the types of src/result/result.ts: `tsx dev/result-schema.ts`.
 * Objects may hold more than the schema names: readers ignore what they do not know.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { root, typeSchema } from './type-schema.ts'

export const schemaPath = `${root}schema/result.json`

/** The text of schema/result.json as the types stand now. */
export const resultSchema = (): string =>
  typeSchema({
    file: 'src/result/result.ts',
    type: 'Result',
    title: 'deploycheck result',
    description: 'What `deploycheck --format json` writes. Readers ignore what they do not know.',
  })

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  mkdirSync(`${root}schema`, { recursive: true })
  writeFileSync(schemaPath, resultSchema())
}
