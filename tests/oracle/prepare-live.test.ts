/**
 * The graph as preparation leaves it against the one that onnxruntime-node 1.30 itself saves after its optimisations of
 * level 1: how often each operator is there.
 */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { prepare } from '../../src/check/prepare.ts'
import { isConstant } from '../../src/check/view.ts'
import { readModel } from '../../src/graph/read.ts'
import { inferModel, runtimeView } from '../../src/infer/infer.ts'
import { dataPath, describeData, readJsonGz } from '../data.ts'

const everything = process.env.DEPLOYCHECK_FULL === '1'

/** Which operators the CPU has in float16 only through casts hangs on its instructions. */
const onSomeCpus = ['own-espcn-ts13.fp16.onnx', 'tv-mobilenet-v2-ts13.fp16.onnx']

/** Models whose graphs differ, and why. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  'before level 1 the session expands an operator, or a function of the model, that the CPU has no kernel for': [
    'own-activations-dy20.onnx',
    'own-activations-ts14.onnx',
    'own-vocoder-hifigan-dy18.fp16io.onnx',
    'struct-layernorm-gelu-op20.onnx',
    'struct-local-functions.onnx',
    'struct-sequencemap.onnx',
    'timm-efficientvit-b0-ts17.onnx',
    'timm-levit-128s-ts17.onnx',
    'tv-deeplabv3-mobilenet-v3-ts17.onnx',
    'tv-mobilenet-v3-large-dy21.onnx',
  ],
  'behind level 1 the session casts float16 for operators that the CPU has only in float32': [
    'own-style-transfer-ts13.fp16io.onnx',
    'own-yolo-raw-ts12.fp16io.onnx',
    'sklearn-pipeline-scaler-mlp.onnx',
    'tv-mobilenet-v2-ts13.fp16io.onnx',
    ...onSomeCpus,
  ],
  'a dimension that an earlier run of the optimiser has named in the file is known to the session by that name': [
    'hf-whisper-decoder-ts17.basic.onnx',
    'hf-whisper-decoder-ts17.onnx',
    'timm-vit-tiny-patch16-224-ts17.dynq.onnx',
    'timm-vit-tiny-patch16-224-ts17.fp16io.onnx',
  ],
}
const expected = new Set(Object.values(exceptions).flat())

type Counts = ReadonlyMap<string, number>

function countsOf(operators: Iterable<readonly [domain: string, op: string]>): Counts {
  const counts = new Map<string, number>()
  for (const [domain, op] of operators) {
    const name = domain ? `${domain}::${op}` : op
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** As a session of level 1 saves it; null where it cannot be created. */
async function optimized(name: string): Promise<Counts | null> {
  const folder = mkdtempSync(join(tmpdir(), 'deploycheck-'))
  try {
    const source = join(folder, name)
    copyFileSync(dataPath('corpus', name), source)
    // Weights are not shipped: zeros stand for them.
    const weights = join(folder, 'weights.bin')
    writeFileSync(weights, '')
    truncateSync(weights, bytesOfWeights(name))
    const saved = join(folder, 'saved.onnx')
    const session = await InferenceSession.create(source, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'basic',
      optimizedModelFilePath: saved,
      logSeverityLevel: 4,
      extra: {
        session: {
          optimized_model_external_initializers_file_name: 'saved.bin',
          optimized_model_external_initializers_min_size_in_bytes: '1024',
        },
      },
    })
    await session.release()
    const { graph } = await readModel(saved, { withoutWeights: true })
    return countsOf(graph.nodes.filter((node) => !isConstant(node)).map(({ domain, op }) => [domain, op]))
  } catch {
    return null
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function bytesOfWeights(name: string): number {
  const path = dataPath('corpus', name.replace(/\.onnx$/, '.shapes.json.gz'))
  return existsSync(path) ? ((readJsonGz(path) as { weightsBytes?: number }).weightsBytes ?? 0) : 0
}

async function prepared(name: string): Promise<Counts> {
  const model = await readModel(dataPath('corpus', name), { withoutWeights: true })
  const [main] = prepare(runtimeView(inferModel(model), true)).views
  return countsOf((main?.nodes ?? []).map(({ domain, op }) => [domain, op]))
}

const difference = (ours: Counts, theirs: Counts): string[] =>
  [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((op) => {
    const more = (ours.get(op) ?? 0) - (theirs.get(op) ?? 0)
    return more === 0 ? [] : [`${op} ${more > 0 ? '+' : ''}${more}`]
  })

describeData('preparation, live', () => {
  test('the operators that are left are those of the session', { timeout: 900_000 }, async () => {
    const names = readdirSync(dataPath('corpus')).filter((name) => name.endsWith('.onnx'))
    const different = new Set<string>()
    const wrong: string[] = []
    let count = 0
    for (const [position, name] of names.sort().entries()) {
      if (!everything && position % 24 !== 0) continue
      const theirs = await optimized(name)
      if (!theirs) continue
      count++
      const found = difference(await prepared(name), theirs)
      if (found.length === 0) continue
      different.add(name)
      if (!expected.has(name)) wrong.push(`${name}: ${found.join(', ')}`)
    }
    console.log(`${count - different.size} of ${count} graphs are the same`)
    expect(count).toBeGreaterThan(10)
    expect(wrong).toEqual([])
    if (everything)
      expect(
        [...expected].filter((name) => !different.has(name) && !onSomeCpus.includes(name)),
        'no longer needed',
      ).toEqual([])
  })
})
