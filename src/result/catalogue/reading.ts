/** Findings about the file as a whole: versions, imports, metadata, names, and the data of tensors. */
import type { Catalogue } from '../finding.ts'

interface TensorArgs {
  /** Name of the tensor, or where it stands. */
  tensor: string
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

export const reading = {
  'model/no-graph': {
    severity: 'error',
    title: 'No graph',
    help: 'The file is a readable model message, but it holds no graph: there is nothing to run.',
    message: () => 'the model has no graph',
    expected: () => 'a graph in field 7 of the model',
    fix: () => 'export the model again',
  },
  'model/no-ir-version': {
    severity: 'error',
    title: 'No IR version',
    help: 'Every model says by which version of the ONNX format it is to be read. Runtimes refuse one that does not.',
    message: () => 'the model has no IR version',
    expected: () => 'ir_version from 1 to 14',
    fix: () => 'set ir_version, or export again',
  },
  'model/unknown-ir-version': {
    severity: 'error',
    title: 'Impossible IR version',
    help: 'The IR version is not a positive number.',
    message: (a: { version: string }) => `IR version ${a.version} does not exist`,
    expected: () => 'ir_version from 1 to 14',
    fix: () => 'set ir_version to that of the exporter, or export again',
  },
  'model/newer-ir-version': {
    severity: 'warning',
    title: 'IR version newer than known',
    help: 'The file says that it follows a version of the ONNX format that did not exist when this tool was made. What is known of it is checked; runtimes of today refuse such files.',
    message: (a: { version: string; newest: number }) =>
      `IR version ${a.version} is newer than ${a.newest}, the newest known`,
    expected: (a: { newest: number }) => `at most ${a.newest}`,
    fix: () => 'export for an older ONNX version, or use a newer release of this tool',
  },
  'model/old-ir-version': {
    severity: 'warning',
    title: 'IR version of 2017',
    help: 'Before IR version 3 models had no operator set imports. Most runtimes no longer load them.',
    message: (a: { version: string }) => `IR version ${a.version} is older than 3, with which operator sets came`,
    fix: () => 'export again with a current exporter',
  },
  'model/no-opset-import': {
    severity: 'error',
    title: 'No operator set import',
    help: 'The model (or a function in it) does not say by which version of the operator set its operators are meant.',
    message: (a: { function: string | null }) =>
      a.function === null ? 'the model imports no operator set' : `the function ${a.function} imports no operator set`,
    expected: () => 'at least one opset_import',
    fix: () => 'add an opset_import, or export again',
  },
  'model/unknown-opset': {
    severity: 'error',
    title: 'Unknown operator set version',
    help: 'The imported version of an operator set does not exist, or is newer than all that are known.',
    message: (a: { domain: string; version: string; newest: number | null }) =>
      `${a.domain} ${a.version} does not exist${a.newest === null ? '' : `; the newest known is ${a.newest}`}`,
    expected: (a: { newest: number | null }) => (a.newest === null ? 'a version of at least 1' : `1 to ${a.newest}`),
    fix: () => 'export for an operator set that exists',
  },
  'model/duplicate-opset-import': {
    severity: 'note',
    title: 'Operator set imported twice',
    help: 'A domain is imported twice with the same version: harmless, but some tools refuse it.',
    message: (a: { domain: string; version: string }) => `${a.domain} ${a.version} is imported twice`,
  },
  'model/conflicting-opset-import': {
    severity: 'error',
    title: 'Operator set imported with two versions',
    help: 'A domain is imported with two versions; which of them counts differs from runtime to runtime.',
    message: (a: { domain: string; versions: string }) => `${a.domain} is imported with versions ${a.versions}`,
    expected: () => 'one version per domain',
    fix: () => 'keep the import that the model was exported for',
  },
  'model/duplicate-metadata': {
    severity: 'warning',
    title: 'Metadata key written twice',
    help: 'A key of metadata_props is there more than once; the last one counts.',
    message: (a: { key: string }) => `the metadata key "${a.key}" is there more than once`,
    fix: () => 'keep one of them',
  },
  'model/text-not-utf8': {
    severity: 'note',
    title: 'Names that are not UTF-8',
    help: 'ONNX names are UTF-8 by convention. Bytes that are not are shown as \\xNN; different names stay different here, but other tools may confuse them.',
    message: (a: { count: number }) =>
      `${plural(a.count, 'text')} in the model ${a.count === 1 ? 'is' : 'are'} not UTF-8`,
    fix: () => 'rename them',
  },
  'model/unsafe-name': {
    severity: 'warning',
    title: 'Name that is dangerous to print',
    help: 'A name holds characters that terminals, web pages, spreadsheets, CI systems or shells may act upon: control characters, direction overrides, markup, formulas, commands, templates, paths out of a folder. The reports of this tool escape them; other tools may not.',
    message: (a: { danger: string; count: number }) =>
      `${plural(a.count, 'name')} ${a.count === 1 ? 'holds' : 'hold'} ${a.danger}`,
    fix: () => 'rename them, and find out where the model comes from',
  },
  'model/long-name': {
    severity: 'warning',
    title: 'Very long name',
    help: 'A name of thousands of characters costs memory in every tool and breaks logs and tables. The reports of this tool cut it.',
    message: (a: { count: number; longest: number }) =>
      `${plural(a.count, 'name')} ${a.count === 1 ? 'is' : 'are'} very long, the longest has ${a.longest} characters`,
    expected: () => 'at most 4096 characters',
    fix: () => 'rename them',
  },
  'model/attribute-not-read': {
    severity: 'note',
    title: 'Large attribute left in the file',
    help: 'A string attribute of several megabytes (mostly a compiled network) was passed over; nothing here depends on it.',
    message: (a: { node: string; attribute: string; bytes: number }) =>
      `${a.node}: the attribute ${a.attribute} holds ${a.bytes} bytes, which were not read`,
  },
  'model/tensor-size': {
    severity: 'error',
    title: 'Tensor data of the wrong size',
    help: 'The data of a tensor does not have the size that its element type and dimensions say. Runtimes refuse the model or read beyond the data.',
    message: (a: TensorArgs & { shape: string; expected: string; found: string }) =>
      `${a.tensor} ${a.shape} needs ${a.expected}, but has ${a.found}`,
    expected: (a: { expected: string }) => a.expected,
    fix: () => 'export the model again',
  },
  'model/tensor-field': {
    severity: 'error',
    title: 'Tensor data in the wrong field',
    help: 'The elements of a tensor stand in a field that its element type does not use, or in two fields at once, so that tools read different values.',
    message: (a: TensorArgs & { dtype: string; found: string; expected: string }) =>
      `${a.tensor} is ${a.dtype}, but its data is in ${a.found}`,
    expected: (a: { expected: string }) => a.expected,
    fix: () => 'export the model again',
  },
  'model/tensor-dim': {
    severity: 'error',
    title: 'Negative dimension of a tensor',
    help: 'A constant tensor has a dimension below zero.',
    message: (a: TensorArgs & { dim: string }) => `${a.tensor} has a dimension of ${a.dim}`,
    expected: () => 'dimensions of at least 0',
    fix: () => 'export the model again',
  },
  'model/bad-dtype': {
    severity: 'error',
    title: 'Unknown element type',
    help: 'The number that stands for the element type is not one of ONNX (0 means undefined).',
    message: (a: { what: string; number: number }) => `${a.what} has element type ${a.number}, which does not exist`,
    expected: () => 'an element type from 1 (float32) to 28',
    fix: () => 'export the model again, or use a newer release of this tool if the type is new',
  },
  'model/tensor-value-range': {
    severity: 'warning',
    title: 'Elements outside the range of their type',
    help: 'A tensor of a small integer type is stored in a wider field and holds values that the type cannot; runtimes cut them off.',
    message: (a: TensorArgs & { dtype: string; value: string }) => `${a.tensor} is ${a.dtype} but holds ${a.value}`,
    fix: () => 'export the model again',
  },
  'model/huge-rank': {
    severity: 'warning',
    title: 'Tensor with very many dimensions',
    help: 'A tensor with hundreds of dimensions is no real tensor; tools that loop over dimensions may be stopped by it.',
    message: (a: TensorArgs & { rank: number }) => `${a.tensor} has ${a.rank} dimensions`,
    expected: () => 'at most 64 dimensions',
    fix: () => 'find out where the model comes from',
  },
  'model/sparse-indices': {
    severity: 'error',
    title: 'Bad sparse tensor',
    help: 'The indices of a sparse tensor must be int64, one (or one row) per value, in ascending order and inside the tensor.',
    message: (a: TensorArgs & { why: string }) => `${a.tensor}: ${a.why}`,
    expected: () => 'int64 indices, ascending, one per value, inside the tensor',
    fix: () => 'export the model again, or store the tensor densely',
  },
} satisfies Catalogue
