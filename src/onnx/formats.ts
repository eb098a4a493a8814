/** What a file is that is not an ONNX model: known beginnings, each with what to do. */

export interface Format {
  /** `format:gzip`, as the finding names it. */
  readonly id: string
  /** Completes "this is …". */
  readonly name: string
  readonly fix: string
}

/** Bytes at a place: text is Latin-1. */
type Magic = readonly [at: number, bytes: string]

const convert = 'export the model to ONNX'

const magics: readonly (readonly [magic: Magic, id: string, name: string, fix: string])[] = [
  [[0, '\x1f\x8b'], 'gzip', 'a gzip archive', 'unpack it first (gunzip)'],
  [[0, '\x28\xb5\x2f\xfd'], 'zstd', 'a Zstandard archive', 'unpack it first (unzstd)'],
  [[0, 'BZh'], 'bzip2', 'a bzip2 archive', 'unpack it first (bunzip2)'],
  [[0, '\xfd7zXZ\0'], 'xz', 'an xz archive', 'unpack it first (unxz)'],
  [[0, '7z\xbc\xaf\x27\x1c'], '7z', 'a 7-Zip archive', 'unpack it first'],
  [[0, 'Rar!\x1a\x07'], 'rar', 'a RAR archive', 'unpack it first'],
  [[257, 'ustar'], 'tar', 'a tar archive', 'unpack it first (tar xf)'],
  [[0, '\x80\x02'], 'pytorch', 'a pickle stream (a PyTorch checkpoint)', 'export it with torch.onnx.export'],
  [[0, '\x80\x03'], 'pytorch', 'a pickle stream (a PyTorch checkpoint)', 'export it with torch.onnx.export'],
  [[0, '\x80\x04'], 'pytorch', 'a pickle stream (a PyTorch checkpoint)', 'export it with torch.onnx.export'],
  [[0, '\x80\x05'], 'pytorch', 'a pickle stream (a PyTorch checkpoint)', 'export it with torch.onnx.export'],
  [[4, 'TFL3'], 'tflite', 'a TensorFlow Lite model', 'convert it with tflite2onnx, or start from the original model'],
  [[4, 'ORTM'], 'ort', 'an ORT-format model of ONNX Runtime', 'give the .onnx file from which it was made'],
  [[4, 'PTE0'], 'executorch', 'an ExecuTorch program', convert],
  [[4, 'ET12'], 'executorch', 'an ExecuTorch program', convert],
  [[0, '\x89HDF\r\n\x1a\n'], 'hdf5', 'an HDF5 file (Keras)', 'convert it with tf2onnx'],
  [[0, 'GGUF'], 'gguf', 'a GGUF model', 'export the original model to ONNX'],
  [[0, 'ggml'], 'gguf', 'a GGML model', 'export the original model to ONNX'],
  [[0, '\x93NUMPY'], 'npy', 'a NumPy array', 'give the model, not its data'],
  [[0, '\x89PNG\r\n\x1a\n'], 'png', 'a PNG image', 'give the model file'],
  [[0, '\xff\xd8\xff'], 'jpeg', 'a JPEG image', 'give the model file'],
  [[0, 'GIF8'], 'gif', 'a GIF image', 'give the model file'],
  [[0, '%PDF-'], 'pdf', 'a PDF document', 'give the model file'],
  [[0, '\x7fELF'], 'elf', 'a program or shared library', 'give the model file'],
  [[0, 'MZ\x90'], 'exe', 'a Windows program', 'give the model file'],
  [[0, 'version https://git-lfs.'], 'git-lfs', 'a Git LFS pointer, not the model itself', 'run "git lfs pull"'],
  [[0, '\xff\xfe'], 'text', 'UTF-16 text', 'give the binary model'],
  [[0, '\xfe\xff'], 'text', 'UTF-16 text', 'give the binary model'],
]

/** Shapes of text, tried in this order on a beginning that is all text. */
const texts: readonly (readonly [pattern: RegExp, id: string, name: string, fix: string])[] = [
  [
    /^\s*(<!doctype html|<html|<head|<body)/i,
    'html',
    'an HTML page',
    'download the model itself (a login or error page was saved in its place)',
  ],
  [/^\s*<\?xml/i, 'xml', 'an XML file', 'give the binary model (for OpenVINO, the .onnx from which it was made)'],
  [/^\s*[[{]/, 'json', 'a JSON file', 'give the binary model; JSON can be converted with onnx.parser or protobuf'],
  [
    /(^|\n)\s*(ir_version|opset_import|producer_name|graph)\s*[:{]/,
    'protobuf-text',
    'an ONNX model in protobuf text form',
    'convert it: onnx.save(onnx.load(path, format="textproto"), "model.onnx")',
  ],
]

/** Names what `head`, the beginning of a file of `size` bytes, is; null where it may be a protobuf message. */
export function formatOf(head: Uint8Array, size: number | null): Format | null {
  const latin1 = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1')
  if (latin1.startsWith('PK\x03\x04') || latin1.startsWith('PK\x05\x06')) return zip(latin1)
  for (const [[at, bytes], id, name, fix] of magics)
    if (latin1.startsWith(bytes, at)) return { id: `format:${id}`, name, fix }
  if (isSafetensors(head, latin1, size))
    return {
      id: 'format:safetensors',
      name: 'a safetensors file',
      fix: 'export the model to ONNX: this holds weights only',
    }
  if (!isText(latin1)) return null
  for (const [pattern, id, name, fix] of texts) if (pattern.test(latin1)) return { id: `format:${id}`, name, fix }
  return { id: 'format:text', name: 'a text file', fix: 'give the binary model' }
}

function zip(latin1: string): Format {
  const torch = /data\.pkl|\/version|archive\//.test(latin1)
  const keras = latin1.includes('model.weights.h5')
  if (torch) return { id: 'format:pytorch', name: 'a PyTorch archive', fix: 'export it with torch.onnx.export' }
  if (keras) return { id: 'format:keras', name: 'a Keras archive', fix: 'convert it with tf2onnx' }
  return { id: 'format:zip', name: 'a zip archive', fix: 'unpack it first' }
}

/** Eight bytes of header length, then a JSON object. */
function isSafetensors(head: Uint8Array, latin1: string, size: number | null): boolean {
  if (head.length < 9 || !/^\{\s*["}]/.test(latin1.slice(8))) return false
  const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true))
  return length >= 2 && (size === null || length <= size - 8)
}

/** Printable ASCII and white space only, and long enough that no small protobuf message looks so by chance. */
const isText = (latin1: string): boolean =>
  latin1.length >= 8 && /^[\t\n\r\x20-\x7e]+$/.test(latin1.replace(/^\xef\xbb\xbf/, ''))
