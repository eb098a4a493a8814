/** What a config asks for that says nothing. */
import { defaultGates } from '../assess/gates.ts'
import type { Config } from '../config/config.ts'
import { defaultReference, defaultRuntimes } from '../run/options.ts'
import type { Asks } from './asks.ts'

/** The config with its defaults filled in, as `--print-config` shows it: what a command has no use for is not in it. */
export function withDefaults(config: Config, asks: Asks): Config {
  const { targets, profiles, customOps, asIs, inlineWeights, verdict, prove, gates, formats, latency, ...others } =
    config
  const isRun = asks.everyRun || [config.wrapper, config.runtimes, config.require].some((one) => one !== undefined)
  return {
    models: [],
    withoutWeights: false,
    hash: false,
    ignore: [],
    ...(asks.targets && {
      targets: targets ?? ['ios', 'android', 'web'],
      ...(profiles && { profiles }),
      ...(customOps && { customOps }),
      asIs: asIs ?? false,
      inlineWeights: inlineWeights ?? false,
      prove: prove ?? false,
      ...(verdict && { verdict }),
      gates: { failOn: defaultGates.failOn, ...gates },
    }),
    ...(isRun && {
      runtimes: [...(asks.runtimes ?? defaultRuntimes(config.wrapper !== undefined))],
      reference: defaultReference,
      latency: latency ? { preset: 'quick', ...latency } : (latency ?? asks.latency),
    }),
    ...(!isRun && latency !== undefined && { latency }),
    ...(asks.command === 'ci' && { formats: formats ?? ['pretty'] }),
    ...others,
  }
}
