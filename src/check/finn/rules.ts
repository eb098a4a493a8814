/** The rules at which FINN stops: those on single nodes stand in the profile, those on what it has made of them here. */
import { checkObject, verbOf } from '../../profiles/checks.ts'
import { type Check, type Profile, rowKeys } from '../../profiles/profile.ts'
import { sourceOf } from '../../profiles/reason.ts'
import type { Evidence, Source } from '../../result/finding.ts'

export interface Rule {
  /** As it stands in the profile; null for what a condition on one node cannot say. */
  readonly condition: string | null
  readonly source: Source | null
  readonly evidence: Evidence | null
  readonly fix: string | null
}

const revision = '39f0c9a, 73ba5ed'
const file = (title: string, folder: string): Source => ({
  title,
  path: `src/finn/transformation/${folder}${title}`,
  revision,
})
const hardware = file('convert_to_hw_layers.py', 'fpgadataflow/')
const reorder = file('reorder.py', 'streamline/')
const absorb = file('absorb.py', 'streamline/')
const flatten = file('move_reshape.py', '')

/** `Op/name` → where it stands and what to do. */
const ofNetworks: Readonly<Record<string, readonly [source: Source, fix: string, evidence?: Evidence]>> = {
  'Add/fork': [reorder, 'version=dev, or a quantiser of its own for every branch', 'oracle'],
  'Mul/fork': [reorder, 'version=dev, or a quantiser of its own for every branch', 'oracle'],
  'BipolarQuant/factor': [hardware, 'a quantiser of several bits, or one-bit weights behind the one-bit activation'],
  'Flatten/input': [flatten, 'feed the flattened tensor'],
  'Flatten/output': [flatten, 'end the model with a layer, or before the Flatten'],
  'MatMul/bipolar': [
    { title: 'bipolar_to_xnor.py of qonnx', path: 'src/qonnx/transformation/bipolar_to_xnor.py', revision: 'fd61cfe' },
    'BipolarQuant with scale 1 on the activation, not behind Relu',
  ],
  'MatMul/sign': [absorb, 'positive scales, or batch normalisation with positive factors'],
  'MaxPool/signed-padding': [
    hardware,
    'no padding for a MaxPool of signed values, or a Relu with an unsigned quantiser',
  ],
  'BipolarQuant/bias': [hardware, 'no Relu before a quantiser of one bit'],
  'Quant/float-thresholds': [
    hardware,
    'change a scale a little, so that thresholds are no whole numbers before they are rounded; version=dev',
    'oracle',
  ],
  'Sign/consumer': [file('sign_to_thres.py', 'streamline/'), 'a node behind the Sign'],
  'Transpose/output': [absorb, 'end the model before the Transpose'],
  'Trunc/factor': [
    file('infer_quant_avg_pool_2d.py', 'qonnx/'),
    'a factor of the size of the kernel, as a number without dimensions',
  ],
  'Trunc/sign': [file('infer_quant_avg_pool_2d.py', 'qonnx/'), 'a quantiser on the line before the AveragePool'],
}

export function ruleOf(profile: Profile, rule: string): Rule {
  const [op = '', id = ''] = rule.split('/')
  for (const row of profile.operators?.[op] ?? [])
    for (const [phase, checks] of Object.entries(row)) {
      if (rowKeys.has(phase) || !Array.isArray(checks)) continue
      for (const check of (checks as readonly Check[]).map(checkObject)) {
        if (check.id !== id) continue
        const source = sourceOf(profile, check.source ?? row.source)
        const evidence = check.evidence ?? profile.evidence ?? null
        return { condition: verbOf(check)[1], source, evidence, fix: check.fix ?? null }
      }
    }
  const [source = null, fix = null, evidence = profile.evidence ?? null] = ofNetworks[rule] ?? []
  return { condition: null, source, evidence, fix }
}

/** Every rule that has a source: for the test that none is missing. */
export const networkRules: readonly string[] = Object.keys(ofNetworks)
