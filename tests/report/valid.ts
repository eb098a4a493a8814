/** Holds reports against the published schemas of their formats. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { validateXML } from 'xmllint-wasm'

const read = (file: string): string => readFileSync(join(import.meta.dirname, '../schemas', file), 'utf8')

/** The schemas are of older drafts; nothing that they use has changed since but the name of `id`. */
function compile(file: string): ValidateFunction {
  const { $schema: _, id, ...schema } = JSON.parse(read(file))
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false })
  return ajv.compile(id ? { $id: id, ...schema } : schema)
}

const sarif = compile('sarif-2.1.0.json')
const gitlab = compile('gitlab-codeclimate.json')

const errorsOf = (validate: ValidateFunction, data: unknown): unknown[] =>
  validate(data) ? [] : (validate.errors ?? [])

export const sarifErrors = (text: string): unknown[] => errorsOf(sarif, JSON.parse(text))

/** GitLab holds every entry against its schema. */
export const gitlabErrors = (text: string): unknown[] =>
  (JSON.parse(text) as unknown[]).flatMap((entry) => errorsOf(gitlab, entry))

export async function junitErrors(text: string): Promise<unknown[]> {
  const { valid, errors } = await validateXML({
    xml: [{ fileName: 'report.xml', contents: text }],
    schema: [read('junit-10.xsd')],
  })
  return valid ? [] : [...errors]
}
