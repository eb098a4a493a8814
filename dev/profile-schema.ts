/** Writes op-profiles/profile.schema.json from src/profiles/schema.ts: `npx tsx dev/profile-schema.ts`. */
import { writeFileSync } from 'node:fs'
import { profileSchema } from '../src/profiles/schema.ts'

writeFileSync(
  new URL('../op-profiles/profile.schema.json', import.meta.url),
  `${JSON.stringify(profileSchema, null, 2)}\n`,
)
