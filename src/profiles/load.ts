/**
 * Where profiles come from: op-profiles/ of this package, files and packages of users. Only what is asked for is
 * read. `extends` is resolved here.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Problem } from '../result/problem.ts'
import type { Profile, Row } from './profile.ts'
import { profileFaults } from './schema.ts'

/** The folder with the profiles of this package: beside src/, and beside the bundled dist/. */
export function builtInFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const candidate = join(folder, 'op-profiles')
    if (existsSync(join(candidate, 'profile.schema.json'))) return candidate
    const parent = dirname(folder)
    if (parent === folder) throw new Error('the folder op-profiles is missing from the installation')
    folder = parent
  }
}

const idPattern = /^[a-z0-9][a-z0-9-]*$/
/** Profiles of users as packages, by their ids or by the names of the packages. */
const packagePrefix = 'deploycheck-target-'
const packageOf = (id: string): string => (id.startsWith(packagePrefix) ? id : packagePrefix + id)

export interface Loaded {
  readonly profile: Profile
  /** The file that was read. */
  readonly path: string
}

/** Profiles by id, read once each. */
export class Registry {
  private readonly loaded = new Map<string, Loaded>()
  private readonly folder = builtInFolder()
  private builtIns: readonly string[] | null = null
  /** Ids of the profiles that the user has added. */
  added: readonly string[] = []

  /**
   * `own`: profiles of the user, as paths of JSON files or names of packages, resolved from `cwd`.
   * @throws Problem `profile-missing`, `bad-profile`
   */
  constructor(
    own: readonly string[] = [],
    private readonly cwd: string = process.cwd(),
  ) {
    for (const name of own) {
      const loaded = this.read(this.locate(name), [])
      this.loaded.set(loaded.profile.id, loaded)
      this.added = [...this.added, loaded.profile.id]
    }
  }

  /** Ids of all built-in profiles and those that were added. */
  ids(): readonly string[] {
    this.builtIns ??= readdirSync(this.folder)
      .filter((file) => file.endsWith('.json') && file !== 'profile.schema.json')
      .map((file) => file.slice(0, -'.json'.length))
      .sort()
    return [...new Set([...this.builtIns, ...this.added])]
  }

  has(id: string): boolean {
    return this.loaded.has(id) || this.builtInPath(id) !== null
  }

  /** The profile with that id, `extends` resolved; null where there is none, also not as an installed package. */
  get(id: string): Loaded | null {
    const known = this.loaded.get(id)
    if (known) return known
    const path = this.builtInPath(id) ?? (idPattern.test(id) ? this.packagePath(packageOf(id)) : null)
    if (path === null) return null
    const loaded = this.read(path, [])
    this.loaded.set(id, loaded)
    return loaded
  }

  private builtInPath(id: string): string | null {
    if (!idPattern.test(id)) return null
    const path = join(this.folder, `${id}.json`)
    return existsSync(path) ? path : null
  }

  private packagePath(name: string): string | null {
    try {
      const path = process.getBuiltinModule('node:module').createRequire(join(this.cwd, 'package.json')).resolve(name)
      return path.endsWith('.json') ? path : null
    } catch {
      return null
    }
  }

  /** The file of a profile that the user names. */
  private locate(name: string): string {
    const path = resolve(this.cwd, name)
    const found = existsSync(path) ? path : this.packagePath(name)
    if (found !== null) return found
    throw new Problem('profile-missing', `there is no profile ${name}`, {
      path: name,
      expected: 'the path of a JSON file, or the name of an installed package whose main file is one',
    })
  }

  /** One file, merged over what it extends. `open` are the files on the way here. */
  private read(path: string, open: readonly string[]): Loaded {
    if (open.includes(path))
      throw new Problem('bad-profile', `"extends" goes round in a circle: ${[...open, path].join(' → ')}`, { path })
    // The package's own profiles are held against the schema by its tests, not at every start.
    const own = dirname(path) === this.folder ? (readJson(path) as Profile) : readProfile(path)
    const base = this.base(own, path, open)
    return { profile: base ? merge(base, own) : own, path }
  }

  /**
   * The profile that one extends, itself merged; null where it extends none.
   * @throws Problem `bad-profile` for a circle or a missing file
   */
  base(own: Profile, path: string, open: readonly string[] = []): Profile | null {
    if (own.extends === undefined) return null
    return this.read(this.basePath(own.extends, path), [...open, path]).profile
  }

  private basePath(name: string, from: string): string {
    const beside = resolve(dirname(from), name.endsWith('.json') ? name : `${name}.json`)
    const path = existsSync(beside) ? beside : this.builtInPath(name)
    if (path !== null) return path
    throw new Problem('bad-profile', `${from} extends ${name}, which does not exist`, {
      path: from,
      expected: `one of ${this.ids().join(', ')}, or a file beside this one`,
    })
  }
}

/**
 * A profile file as it stands, checked against the schema.
 * @throws Problem `bad-profile`, naming the place in the file
 */
function readProfile(path: string): Profile {
  const json = readJson(path)
  const [fault, ...more] = profileFaults(json)
  if (fault)
    throw new Problem('bad-profile', `${path}: at ${fault.path || 'the top'}: ${fault.message}`, {
      path,
      expected: fault.expected,
      ...(more.length === 0 ? {} : { fix: `deploycheck targets lint ${path} lists all ${more.length + 1} faults` }),
    })
  return json as Profile
}

/** Any JSON file. Throws Problem `bad-profile`. */
export function readJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Problem('profile-missing', `the profile ${path} cannot be read`, { path, cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('bad-profile', `${path} is not JSON: ${(cause as Error).message}`, { path, cause })
  }
}

const merged = ['parameters', 'tables', 'tableFields', 'sources', 'let', 'everyNode', 'operators', 'instead'] as const

/**
 * Keys merge one level deep; operators are replaced as a whole, and null removes one. Lists are replaced. What was proved
 * of the other target is not proved of this one.
 */
export function merge(base: Profile, own: Profile): Profile {
  const { extends: _, ...rest } = own
  const { proved: __, ...inherited } = base
  const result: Record<string, unknown> = { ...inherited, ...rest }
  for (const key of merged) if (base[key] || own[key]) result[key] = { ...base[key], ...own[key] }
  if (base.grouping && own.grouping) result.grouping = { ...base.grouping, ...own.grouping }
  const operators: Record<string, readonly Row[]> = {}
  for (const [op, rows] of Object.entries((result as unknown as Profile).operators ?? {}))
    if (rows) operators[op] = rows
  if (result.operators) result.operators = operators
  return result as unknown as Profile
}
