/**
 * Types and shapes of real models, held against what was measured at run time with the recorded input shapes.
 * `npm test` takes every eighth model; the full run takes all of them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { dimText, isKnown, isUnknown } from '../../src/graph/dim.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel } from '../../src/infer/infer.ts'
import { dataPath, describeData, readJsonGz } from '../data.ts'

interface Measured {
  inputs: Record<string, { dtype: string; shape: number[] | null }>
  tensors: Record<string, [dtype: string, dims: number[] | null]>
  dataDependent: string[]
}

const dtypeName = (word: string): string => (word === 'float' ? 'float32' : word === 'double' ? 'float64' : word)

const full = process.env.DEPLOYCHECK_FULL === '1'

describeData('inference on real models', () => {
  const names = readdirSync(dataPath('corpus'))
    .filter((file) => file.endsWith('.onnx'))
    .filter((_, i) => full || i % 8 === 0)
    .map((file) => file.slice(0, -5))

  it('never claims a size that was measured otherwise', async () => {
    const wrong: string[] = []
    const open = new Map<string, number>()
    let exact = 0
    let partly = 0
    let dependent = 0
    for (const name of names) {
      const measured = readJsonGz(dataPath('corpus', `${name}.shapes.json.gz`)) as Measured
      const model = await readModel(readFileSync(dataPath('corpus', `${name}.onnx`)))
      const inputShapes = new Map(
        Object.entries(measured.inputs).flatMap(([input, { shape }]) => (shape ? [[input, shape] as const] : [])),
      )
      const inference = inferModel(model, { inputShapes })
      const moving = new Set(measured.dataDependent)
      for (const node of model.graph.nodes)
        for (const value of node.outputs) {
          const want = value && measured.tensors[value.name]
          if (!value || !want?.[1]) continue
          const { type, why } = inference.facts(value)
          const shape = type?.kind === 'tensor' ? type.shape : null
          const place = `${name}: ${node.op} ${node.name} → ${value.name}`
          const got = `${type?.kind === 'tensor' ? type.dtype : type?.kind} ${JSON.stringify(shape?.map(dimText) ?? null)}`
          const fixed = shape?.every(isKnown) ?? false
          if (
            (type?.kind === 'tensor' && type.dtype && type.dtype !== dtypeName(want[0])) ||
            (shape && shape.length !== want[1].length) ||
            shape?.some((dim, i) => isKnown(dim) && dim !== want[1]?.[i])
          )
            wrong.push(`${place}: ${got}, measured ${want[0]} [${want[1]}]`)
          else if (moving.has(value.name)) {
            dependent++
            if (fixed) wrong.push(`${place}: ${got} claimed, and it was seen to depend on data`)
          } else if (fixed) exact++
          else {
            partly++
            const reason = shape?.find(isUnknown)?.why ?? why ?? 'no reason'
            const key = `${node.op}: ${reason}`
            open.set(key, (open.get(key) ?? 0) + 1)
          }
        }
    }
    const most = [...open].sort((a, b) => b[1] - a[1]).slice(0, 40)
    console.log(`${names.length} models: ${exact} exact, ${partly} open, ${dependent} depend on data`)
    console.log(most.map(([key, n]) => `${n} ${key}`).join('\n'))
    expect(wrong).toEqual([])
  })
})
