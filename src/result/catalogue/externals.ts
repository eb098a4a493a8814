/** Findings about external data: weights that lie in files beside the model. */
import type { Catalogue } from '../finding.ts'

interface ExternalArgs {
  location: string
}

/** A location in a message: it comes from the file and may be anything. */
const short = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 119)}…` : text)

export const externals = {
  'model/external-missing': {
    severity: 'error',
    title: 'Weights file not found',
    help: 'Tensors of the model lie in a file that is not there. Types, shapes, placements and verdicts are computed as if it were; with --without-weights it is only a note.',
    message: (a: ExternalArgs & { why: string; tensors: number }) =>
      `the weights file ${short(a.location)} for ${a.tensors} tensor${a.tensors === 1 ? '' : 's'} is missing: ${a.why}`,
    expected: (a: ExternalArgs) => `a file ${short(a.location)} beside the model`,
    fix: () => 'put the file beside the model, or pass --without-weights',
  },
  'model/external-escape': {
    severity: 'error',
    title: 'Weights outside the folder of the model',
    help: 'A tensor points at a file outside the folder of the model (by "..", an absolute path, a drive, a URL, a link …). Following it could read any file of this machine, so it is refused, as ONNX asks.',
    message: (a: ExternalArgs & { why: string }) => `the weights location ${short(a.location)} is refused: ${a.why}`,
    expected: () => 'a relative path inside the folder of the model',
    fix: () => 'save the model with its weights beside it, and find out where it comes from',
  },
  'model/external-entry': {
    severity: 'error',
    title: 'Bad external data entry',
    help: 'The entries that say where the data of a tensor lies (location, offset, length) are missing or no numbers.',
    message: (a: { tensor: string; why: string }) => `${a.tensor} has a bad external data entry: ${a.why}`,
    expected: () => 'location, and offset and length as whole numbers of bytes',
    fix: () => 'save the model again',
  },
  'model/external-range': {
    severity: 'error',
    title: 'Weights beyond the end of their file',
    help: 'A tensor points at a range that its weights file does not have: the file is cut, or belongs to another model.',
    message: (a: ExternalArgs & { tensor: string; end: number; size: number }) =>
      `${a.tensor} needs ${short(a.location)} up to byte ${a.end}, but the file has ${a.size}`,
    expected: (a: { end: number }) => `a file of at least ${a.end} bytes`,
    fix: () => 'copy the weights file again, together with the model',
  },
  'model/external-shape': {
    severity: 'error',
    title: 'Shape in external data',
    help: 'A shape, axis or size that an operator reads lies in a file of weights. ONNX Runtime needs it while it loads the model, before it opens such files, and refuses the model: "Cannot parse data from external tensors".',
    message: (a: { count: number; first: string }) =>
      `${short(a.first)}${a.count === 1 ? ' is a shape that lies' : ` and ${a.count - 1} more are shapes that lie`} in external data, which ONNX Runtime refuses to load`,
    fix: () => 'save only large tensors as external data: size_threshold=1024 in onnx.save_model',
  },
  'model/external-unchecked': {
    severity: 'note',
    title: 'Weights file not looked for',
    help: 'The model was not read from a folder (standard input, memory, a URL), so its weights file could not be looked for.',
    message: (a: ExternalArgs & { why: string }) =>
      `the weights file ${short(a.location)} was not looked for: ${a.why}`,
  },
} satisfies Catalogue
