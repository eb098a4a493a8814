/** docs/wrappers.md: its example is a wrapper, its kit is the kit, and its file format is read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { readNpy } from '../../src/tensors/npy.ts'
import { kit } from '../../src/wrapper/kit/kit.ts'
import { bundleWrapper, wrapperClient } from '../../src/wrapper/load.ts'

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')
const page = read('docs/wrappers.md')
const example = (text: string): string => /^```ts\n([^`]*defineWrapper[^`]*)^```$/m.exec(text)?.[1] ?? ''

test.each(['docs/wrappers.md', 'README.md'])(
  'the example of %s is a wrapper, for Node and for a browser',
  async (path) => {
    const folder = mkdtempSync(join(tmpdir(), 'deploycheck-wrappers-'))
    try {
      writeFileSync(join(folder, 'wrapper.ts'), example(read(path)))
      for (const platform of ['node', 'browser'] as const) {
        const { code } = await bundleWrapper(join(folder, 'wrapper.ts'), platform)
        writeFileSync(join(folder, `${platform}.mjs`), code)
        const module = (await import(pathToFileURL(join(folder, `${platform}.mjs`)).href)) as Record<
          string,
          () => unknown
        >
        const wrapper = wrapperClient({ call: async (name) => ({ value: await module[name]?.(), time: 0 }) })
        expect(await wrapper.describe()).toMatchObject({ preprocess: true, postprocess: true })
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

test('every function of the kit is on the page', () => {
  expect(Object.keys(kit).filter((name) => !new RegExp(`\`${name}[(\`]`).test(page))).toEqual([])
})

test('an array laid out as the page says is one that NumPy would write', () => {
  const npy = (dtype: string, dims: number[], elements: Uint8Array) => {
    let header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${dims.map((dim) => `${dim},`).join('')}), }`
    header = `${header.padEnd(Math.trunc((10 + header.length) / 64) * 64 + 53)}\n`
    expect((10 + header.length) % 64).toBe(0)
    const length = [header.length & 255, header.length >> 8]
    return Buffer.concat([Buffer.from([0x93, 78, 85, 77, 80, 89, 1, 0, ...length]), Buffer.from(header), elements])
  }
  for (let rank = 0; rank < 20; rank++) {
    const dims = Array.from({ length: rank }, () => 1)
    expect(readNpy(npy('<f4', dims, Buffer.from([0, 0, 192, 63])))).toEqual({
      dtype: 'float32',
      dims,
      data: Float32Array.of(1.5),
    })
  }
})
