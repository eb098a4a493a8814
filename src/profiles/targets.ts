/** The targets that a user asks for: `android`, `nnapi@api=29`, `coreml-mlprogram@ios=16,ort=1.23,web`. */

import { nearest } from '../result/nearest.ts'
import { Problem } from '../result/problem.ts'
import { defaultTargets, groups } from './groups.ts'
import type { Registry } from './load.ts'
import { type ParameterValues, parameterValues } from './parameters.ts'
import type { Profile } from './profile.ts'

/** One target of a check, in the order asked, groups expanded. */
export interface Target {
  readonly id: string
  /** The group through which it was asked; null when asked by its own name. */
  readonly group: string | null
  /** Whether its verdict and errors gate the exit code. */
  readonly decides: boolean
  readonly parameters: ParameterValues
  readonly profile: Profile
  /** The file of the profile. */
  readonly path: string
}

export interface TargetRequest {
  readonly id: string
  /** As written. */
  readonly parameters: Readonly<Record<string, string>>
}

/**
 * `a@x=1,y=2,b` → a with x and y, and b: after `@` a piece with `=` belongs to the parameters, the first piece
 * without starts a new target.
 * @throws Problem `bad-target`
 */
export function parseTargets(text: string): readonly TargetRequest[] {
  const requests: { id: string; parameters: Record<string, string>; open: boolean }[] = []
  for (const piece of text.split(',').map((part) => part.trim())) {
    const last = requests.at(-1)
    if (last?.open && piece.includes('=') && !piece.includes('@')) {
      readParameter(text, piece, last.parameters)
      continue
    }
    const at = piece.indexOf('@')
    const id = at < 0 ? piece : piece.slice(0, at)
    if (id === '' || id.includes('='))
      throw new Problem(
        'bad-target',
        `${JSON.stringify(text)}: found ${JSON.stringify(piece)} where a target should start`,
        {
          expected: 'id[@param=value[,param=value]]',
          fix: piece.includes('=')
            ? 'write @ before the first parameter, such as nnapi@api=29'
            : 'take the extra comma out',
        },
      )
    const parameters: Record<string, string> = {}
    if (at >= 0) readParameter(text, piece.slice(at + 1), parameters)
    requests.push({ id, parameters, open: at >= 0 })
  }
  return requests
}

function readParameter(text: string, piece: string, into: Record<string, string>): void {
  const equals = piece.indexOf('=')
  const name = piece.slice(0, equals).trim()
  if (equals < 1 || name === '')
    throw new Problem('bad-target', `${JSON.stringify(text)}: ${JSON.stringify(piece)} is not a parameter`, {
      expected: 'param=value',
    })
  Object.defineProperty(into, name, { value: piece.slice(equals + 1).trim(), enumerable: true, configurable: true })
}

/**
 * What `--target` asks for, ready to check; without any, the default groups.
 * @throws Problem `bad-target`, `unknown-target`, `unknown-parameter`, `bad-parameter`, `bad-profile`
 */
export function resolveTargets(texts: readonly string[], registry: Registry): readonly Target[] {
  const asked = texts.length === 0 ? defaultTargets : texts
  return asked.flatMap(parseTargets).flatMap((request) => resolveTarget(request, registry))
}

function resolveTarget({ id, parameters }: TargetRequest, registry: Registry): readonly Target[] {
  const group = groups.get(id)
  if (group && !registry.has(id)) {
    if (Object.keys(parameters).length > 0)
      throw new Problem('bad-parameter', `${id} is a group of targets and has no parameters`, {
        expected: `a target with parameters, one of ${group.targets.join(', ')}`,
      })
    return group.targets
      .filter((member) => registry.has(member))
      .map((member) => target(member, id, group.decides.includes(member), group.parameters?.[member] ?? {}, registry))
  }
  return [target(id, null, true, parameters, registry)]
}

function target(
  id: string,
  group: string | null,
  decides: boolean,
  given: Readonly<Record<string, string>>,
  registry: Registry,
): Target {
  const loaded = registry.get(id)
  if (!loaded) throw unknownTarget(id, registry)
  const { profile, path } = loaded
  return { id: profile.id, group, decides, parameters: parameterValues(profile, given), profile, path }
}

function unknownTarget(id: string, registry: Registry): Problem {
  const names = [...groups.keys(), ...registry.ids()]
  const close = nearest(id, names)
  return new Problem('unknown-target', `there is no target ${JSON.stringify(id.slice(0, 100))}`, {
    expected: `one of ${names.join(', ')}`,
    fix: close === null ? 'deploycheck targets lists all; --profile adds one of your own' : `did you mean ${close}?`,
  })
}
