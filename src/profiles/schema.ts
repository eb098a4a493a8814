/**
 * The JSON Schema of a profile file, as data: dev/profile-schema.ts writes it to op-profiles/profile.schema.json, and
 * `profileFaults` checks files against it without a schema library. The types are in profile.ts.
 */

import { type Fault, faults, type Schema } from '../result/json-schema.ts'
import { maxLength } from './condition/parse.ts'
import { preparations } from './profile.ts'
import { rangePattern } from './range.ts'

const text: Schema = { type: 'string', minLength: 1 }
const texts: Schema = { type: 'array', items: text }
const map = (items: Schema, description: string): Schema => ({
  type: 'object',
  description,
  additionalProperties: items,
})
const record = (
  description: string,
  required: readonly string[],
  properties: Readonly<Record<string, Schema>>,
  others: Schema | false = false,
): Schema => ({ type: 'object', description, required, properties, additionalProperties: others })
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` })

const conditional = (value: Schema, description: string): Schema => ({
  description: `${description} A value, or alternatives of which the first holds whose condition on parameters does.`,
  anyOf: [
    value,
    {
      type: 'array',
      minItems: 1,
      items: record('One alternative.', ['value'], { when: ref('condition'), value }),
    },
  ],
})

const checkBase = {
  id: { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', description: "Last part of the finding's id." },
  source: { ...text, description: 'Key of "sources".' },
  evidence: ref('evidence'),
  fix: { ...text, description: 'What the user can do.' },
  issue: { ...text, description: 'A public report of the fault.' },
} satisfies Record<string, Schema>

const scalar: Schema = { type: ['number', 'string', 'boolean'] }

const definitions: Readonly<Record<string, Schema>> = {
  condition: { type: 'string', minLength: 1, maxLength, description: 'An expression of the condition language.' },
  version: { type: 'string', pattern: '^\\d+(\\.\\d+){0,3}$' },
  evidence: {
    enum: ['oracle', 'source', 'documented', 'assumed'],
    description: 'How the rule is known, strongest first.',
  },
  parameter: {
    anyOf: [
      record('A whole number, with a default.', ['type', 'title', 'default'], {
        type: { const: 'integer' },
        title: text,
        default: { type: 'integer' },
        min: { type: 'integer' },
        max: { type: 'integer' },
      }),
      record('A version, compared by parts, with a default.', ['type', 'title', 'default'], {
        type: { const: 'version' },
        title: text,
        default: ref('version'),
        min: ref('version'),
        max: ref('version'),
      }),
      record('A whole number that takes the place of another parameter.', ['type', 'title', 'insteadOf'], {
        type: { const: 'integer' },
        title: text,
        insteadOf: text,
        min: { type: 'integer' },
        max: { type: 'integer' },
      }),
      record('A version that takes the place of another parameter.', ['type', 'title', 'insteadOf'], {
        type: { const: 'version' },
        title: text,
        insteadOf: text,
        min: ref('version'),
        max: ref('version'),
      }),
      record('True or false.', ['type', 'title', 'default'], {
        type: { const: 'boolean' },
        title: text,
        default: { type: 'boolean' },
      }),
      record('One of several words.', ['type', 'title', 'default', 'values'], {
        type: { const: 'enum' },
        title: text,
        default: text,
        values: { ...texts, minItems: 1 },
      }),
    ],
  },
  check: {
    description: 'A condition that must hold, or an object with one verb.',
    anyOf: [
      ref('condition'),
      record('False: the target refuses the node.', ['that'], { that: ref('condition'), ...checkBase }),
      record('True: the target claims the node and then fails.', ['fails', 'how'], {
        fails: ref('condition'),
        how: { enum: ['throws', 'aborts', 'build'] },
        ...checkBase,
      }),
      record('True: the target claims the node and computes it wrongly.', ['wrong'], {
        wrong: ref('condition'),
        ...checkBase,
      }),
    ],
  },
  checks: { type: 'array', items: ref('check'), description: "Checks in the provider's order." },
  row: record(
    'Rules for some versions of an operator; every other key is a phase.',
    [],
    {
      since: { type: 'string', pattern: rangePattern, description: '"11..", "8..9", "..12" or "13".' },
      when: ref('condition'),
      source: { ...text, description: 'Key of "sources".' },
      evidence: ref('evidence'),
      notes: texts,
      figures: map(ref('condition'), 'Numbers of a layer that is taken: name and expression.'),
    },
    ref('checks'),
  ),
  kernel: record('A registered kernel.', ['op', 'since'], {
    op: text,
    domain: { type: 'string' },
    since: {
      type: 'array',
      description: 'First and last version; null: the first only.',
      minItems: 2,
      maxItems: 2,
      items: { type: ['integer', 'null'], minimum: 1 },
    },
    types: map(texts, 'Allowed element types by type parameter.'),
    when: ref('condition'),
    cpuInputs: { type: 'array', items: { type: 'integer', minimum: 0 } },
    cpuOutputs: { type: 'array', items: { type: 'integer', minimum: 0 } },
    source: { ...text, description: 'Key of "sources".' },
  }),
}

export const profileSchema: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A target of deploycheck',
  ...record('One target: what it takes, refuses and gets wrong.', ['id', 'title'], {
    $schema: { type: 'string' },
    id: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]*$', description: 'What --target names.' },
    title: text,
    extends: { ...text, description: 'Another profile, by id or path, over which this one merges.' },
    status: record('Where the target stands in its life.', ['state'], {
      state: { enum: ['current', 'deprecated', 'experimental'] },
      since: text,
      instead: texts,
      note: text,
    }),
    notes: { ...texts, description: 'What a verdict of this target does not cover.' },
    parameters: map(ref('parameter'), 'What --target id@name=value can set.'),
    tables: map(
      map(map({ anyOf: [scalar, { type: 'array', items: scalar }] }, 'Fields.'), 'Rows by value of the parameter.'),
      'Fields that an enum parameter of the same name selects: arch.depth.',
    ),
    tableFields: map(
      map(
        record('A field of a table.', ['title', 'source'], {
          title: text,
          source: { anyOf: [text, texts], description: 'Key of "sources", or several.' },
          evidence: ref('evidence'),
        }),
        'Fields.',
      ),
      'What the fields of a table mean, and where they were read.',
    ),
    sources: map(
      record('Where a rule was read.', ['title'], { title: text, path: text, revision: text }),
      'Sources by the key that rows and checks use.',
    ),
    proved: {
      type: 'array',
      description: 'What a real provider said of many models, beside the rules.',
      items: record('With these parameters.', ['parameters', 'with', 'models', 'refused', 'nodes', 'differ'], {
        parameters: map(scalar, 'Those that are not at their default, or that were proved one by one.'),
        with: { ...text, description: 'The runtime that was asked, with its version.' },
        models: { type: 'integer', description: 'Models that it was heard about.' },
        refused: { type: 'integer', description: 'Those of them that it refused.' },
        nodes: { type: 'integer', description: 'Nodes that it was heard about.' },
        differ: { type: 'integer', description: 'Those of them of which it said something else.' },
      }),
    },
    evidence: ref('evidence'),
    host: conditional(
      { type: ['string', 'null'], pattern: '^(cpu|wasm)(@[a-z]+=[a-z0-9.]+)*$' },
      'Where refused nodes run: cpu, wasm or wasm@build=reduced; null: nothing else runs them.',
    ),
    sees: { enum: ['optimized', 'file'], description: 'The graph that the target is asked about.' },
    prepare: { enum: preparations, description: 'Who prepares that graph: ONNX Runtime, or the tools of that flow.' },
    shapes: {
      enum: ['inferred', 'runtime'],
      description: 'The shapes that it is asked with: all that follow, or those that ONNX Runtime itself infers.',
    },
    order: { ...texts, description: 'Phases: exclude, operator, since, kernel are built in, others lists of checks.' },
    let: map(ref('condition'), 'Shared conditions: "large", or "one(t)" with arguments.'),
    model: { ...ref('checks') },
    advice: {
      type: 'array',
      description: 'What a user should know about the model as a whole; it refuses nothing.',
      items: record('One piece.', ['id', 'when', 'text'], {
        id: checkBase.id,
        when: ref('condition'),
        text,
        fix: checkBase.fix,
        source: checkBase.source,
      }),
    },
    everyNode: map(ref('checks'), 'Checks of every node, by phase.'),
    operators: map(
      { type: ['array', 'null'], items: ref('row') },
      'Rows by operator type; null removes what an extended profile has.',
    ),
    instead: map(text, 'What to use in the place of operators that the target does not have; `*`: of all others.'),
    kernels: { type: 'array', items: ref('kernel') },
    grouping: record('How taken nodes become partitions.', [], {
      strategy: conditional({ enum: ['waves', 'perNode', 'regions', 'whole'] }, 'How groups are formed.'),
      units: conditional({ enum: ['node', 'qdq'] }, 'What is judged as one.'),
      stopAfter: conditional(texts, 'Operators at which placement stops.'),
      dropIfOnly: conditional(texts, 'A group of only these is dropped.'),
      dropSingle: conditional(texts, 'A group of one of these is dropped.'),
      dropAllConst: conditional({ type: 'boolean' }, 'A group with only constant inputs is dropped.'),
      pullBack: conditional({ enum: ['never', 'once', 'twice'] }, 'Nodes fed from CPU memory go back to the CPU.'),
      most: { type: 'integer', minimum: 1, description: 'More partitions than this are a warning.' },
      bodies: conditional({ type: 'boolean' }, 'Nodes in bodies are offered, too; default: to all but waves.'),
    }),
    layout: record('What the runtime does for a target that runs on channels last.', ['channelsLast'], {
      channelsLast: conditional(
        { enum: ['never', 'again', 'keeps'] },
        'Whether it is asked a second time, on channels last.',
      ),
      model: { ...ref('checks') },
    }),
  }),
  definitions,
}

/** What is wrong with the form of a profile file, in file order. */
export const profileFaults = (json: unknown): readonly Fault[] => faults(json, profileSchema, definitions)
