/** All kinds of findings: one file per area, joined here. docs/findings.md is generated from it. */
import type { Catalogue } from '../finding.ts'
import { check } from './check.ts'
import { config } from './config.ts'
import { design } from './design.ts'
import { externals } from './externals.ts'
import { fpga } from './fpga.ts'
import { operators } from './operators.ts'
import { profiles } from './profiles.ts'
import { prove } from './prove.ts'
import { reading } from './reading.ts'
import { run } from './run.ts'
import { structure } from './structure.ts'

/** Area → its kinds. An area is a chapter of docs/findings.md. */
export const areas = {
  reading,
  structure,
  externals,
  operators,
  profiles,
  check,
  prove,
  run,
  config,
  design,
  fpga,
} satisfies Record<string, Catalogue>

export const catalogue: Catalogue = Object.assign({}, ...Object.values(areas))
