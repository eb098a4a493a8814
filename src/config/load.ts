/** Finds and reads the config of a project: code or JSON, held against the schema. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Problem } from '../result/problem.ts'
import { checkConfig } from './check.ts'
import type { Config } from './config.ts'
import { importDefault } from './import-default.ts'

export interface LoadedConfig {
  readonly config: Config
  /** The file as named or found. */
  readonly file: string
  /** Absolute; paths in the config are taken from here. */
  readonly folder: string
}

export const configNames = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `deploycheck.config.${ending}`)

/**
 * The config called `named`, or the one in `folder`; null where there is none and none was named.
 * @throws Problem for a config that is missing, throws, or says what the schema does not know
 */
export async function loadConfig(named?: string, folder: string = process.cwd()): Promise<LoadedConfig | null> {
  const file = named ?? findConfig(folder)
  if (file === null) return null
  const path = resolve(folder, file)
  if (!existsSync(path))
    throw new Problem('missing-config', `there is no config ${file}`, {
      path: file,
      fix: 'check the path: it is taken from the folder in which the command runs',
    })
  const value = path.endsWith('.json') ? readJson(path, file) : await importDefault(path, file)
  return { config: checkConfig(value, file), file, folder: dirname(path) }
}

function findConfig(folder: string): string | null {
  const [first, second] = configNames.filter((name) => existsSync(join(folder, name)))
  if (first !== undefined && second !== undefined)
    throw new Problem('several-configs', `there are two configs, ${first} and ${second}`, {
      fix: `delete one, or say which: --config ${first}`,
    })
  return first ?? null
}

function readJson(path: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Problem('bad-config', `${file} is not JSON: ${cause instanceof Error ? cause.message : cause}`, {
      path: file,
      fix: `mend it at that place; comments and trailing commas need a ${basename(file, '.json')}.mjs`,
      cause,
    })
  }
}
