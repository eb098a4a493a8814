import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { compile, protoText, wireTableText } from '../../dev/onnx-proto.ts'
import { dataPath, describeData } from '../data.ts'

const committed = (name: string) => readFileSync(new URL(`../../src/onnx/${name}`, import.meta.url), 'utf8')

describeData('the generated schema', () => {
  it('is that of the specification, as the script makes it', () => {
    const facts = JSON.parse(readFileSync(dataPath('schemas', 'onnx-fields.json'), 'utf8')).messages
    const proto = protoText(facts)
    expect(committed('onnx.proto')).toBe(proto)
    expect(committed('wire-table.generated.ts')).toBe(wireTableText(facts))
    const { js, dts } = compile(proto)
    expect(committed('schema.js')).toBe(js)
    expect(committed('schema.d.ts')).toBe(dts)
  })
})
