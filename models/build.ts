/**
 * Writes the sample models beside this file: `npm run models`. The same script gives the same bytes on every
 * machine; a test holds the committed files against it.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleModels } from './samples.ts'

for (const [name, build] of Object.entries(sampleModels)) {
  const bytes = build()
  writeFileSync(join(import.meta.dirname, `${name}.onnx`), bytes)
  console.log(`${name}.onnx  ${(bytes.length / 1e6).toFixed(2)} MB`)
}
