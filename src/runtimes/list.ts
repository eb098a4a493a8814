/** What can run a model on this machine: every runtime, or those that are asked for, tried at the same time. */
import type { RuntimeInfo, RuntimeList } from '../result/answers.ts'
import { schemaVersion } from '../result/result.ts'
import { tool } from '../result/tool.ts'
import { createRuntime, runtimeIds, titleOf } from './registry.ts'
import type { Runtime, RuntimeSettings } from './runtime.ts'

/**
 * @param texts ids, with parameters or without; empty: all
 * @param required ids that must be available, listed as well
 * @throws Problem `unknown-runtime`, `unknown-parameter`, `bad-parameter`, `interrupted`
 */
export async function listRuntimes(
  texts: readonly string[],
  required: readonly string[],
  settings: RuntimeSettings,
): Promise<RuntimeList> {
  const asked = [...new Set([...(texts.length === 0 && required.length === 0 ? runtimeIds : texts), ...required])]
  const runtimes = asked.map((text) => createRuntime(text, settings))
  try {
    const infos = await Promise.all(runtimes.map(infoOf))
    const missing = infos.filter(({ id, available }) => required.includes(id) && !available).map(({ id }) => id)
    return { schemaVersion, tool, exitCode: missing.length > 0 ? 1 : 0, runtimes: infos, missing }
  } finally {
    await Promise.all(runtimes.map((runtime) => runtime.close()))
  }
}

async function infoOf(runtime: Runtime): Promise<RuntimeInfo> {
  const { id, kind } = runtime
  const { adapter, parts, ...rest } = await runtime.available()
  return {
    id,
    title: titleOf(id),
    kind,
    ...rest,
    versions: parts,
    adapter: adapter?.name ?? null,
    software: adapter?.software ?? null,
    float16: adapter?.float16 ?? null,
  }
}
