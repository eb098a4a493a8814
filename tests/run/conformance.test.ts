/** The ONNX backend tests through real runtimes. Minutes: full runs only. */
import { expect, test } from 'vitest'
import { createRuntime } from '../../src/runtimes/registry.ts'
import { describeData } from '../data.ts'
import { conformanceCases, type Outcome, runCase } from './conformance-runs.ts'

/**
 * Where ONNX Runtime gives other values than the stored ones: so recorded with the shared data for its Python package
 * (`ort.status` is `mismatch` for exactly these), and the same on every provider that was tried. `listed`: in
 * onnxruntime's own onnx_backend_test_series_filters.jsonc, as failing with other results.
 */
const known: Readonly<Record<string, string>> = {
  test_attention_4d_with_past_and_present_qk_matmul_bias_3d_mask_causal: 'qk_matmul_output is without the causal mask',
  test_attention_4d_with_past_and_present_qk_matmul_bias_4d_mask_causal: 'qk_matmul_output is without the causal mask',
  test_maxunpool_export_with_output_shape: 'listed',
  test_resize_downsample_scales_cubic_align_corners: 'listed',
  test_resize_downsample_scales_linear_align_corners: 'listed',
}

describeData('the ONNX backend tests', () => {
  test.skipIf(process.env.DEPLOYCHECK_FULL !== '1').each(['cpu', 'wasm', 'webgpu'])(
    '%s: each matches, is not supported there, or is known to differ',
    { timeout: 1_800_000 },
    async (id) => {
      const runtime = createRuntime(id)
      const counts: Partial<Record<Outcome, number>> = {}
      const differing: string[] = []
      try {
        for (const one of conformanceCases()) {
          const { name, outcome } = await runCase(runtime, one)
          counts[outcome] = (counts[outcome] ?? 0) + 1
          if (outcome === 'differs') differing.push(name)
        }
      } finally {
        await runtime.close()
      }
      console.info(`${id}: ${JSON.stringify(counts)}`)
      expect(differing.sort()).toEqual(Object.keys(known).sort())
      expect(counts.match).toBeGreaterThan(1300)
    },
  )
})
