/** What a config asks for that says nothing. */
import type { Config } from './config.ts'

/** The config with its defaults filled in, as `--print-config` shows it. */
export const withDefaults = (config: Config): Config => ({
  models: [],
  targets: ['ios', 'android', 'web'],
  asIs: false,
  inlineWeights: false,
  withoutWeights: false,
  hash: false,
  ignore: [],
  formats: ['pretty'],
  ...config,
  gates: { failOn: 'blocked', ...config.gates },
})
