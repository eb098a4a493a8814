/** Models that real providers are asked about: the conformance tests and the models of the shared data. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCases } from '../conformance/cases.ts'
import { dataPath } from '../data.ts'

export interface Provable {
  readonly name: string
  readonly path: string
}

/** `folder`: where models are written that have no file of their own. */
export function provableModels(folder: string): Provable[] {
  const cases = readCases().map(({ file, name, model }, i) => {
    const path = join(folder, `${i}.onnx`)
    writeFileSync(path, Buffer.from(model, 'base64'))
    return { name: `${file}/${name}`, path }
  })
  const corpus = readdirSync(dataPath('corpus')).filter((file) => file.endsWith('.onnx'))
  return [...cases, ...corpus.map((file) => ({ name: file, path: dataPath('corpus', file) }))]
}
