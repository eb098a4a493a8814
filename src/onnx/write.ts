/**
 * Writes a model back. What was not decoded (weights, doc strings, fields that are not known) is copied by range from
 * the source; decoded messages may be changed before: rename a node, replace an attribute, take a part of the graph.
 */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import type { Writer } from 'protobufjs/minimal.js'
import { MessageWriter, type Piece } from './message-writer.ts'
import type { ModelProto, OnnxFile } from './read.ts'
import { onnx } from './schema.js'

const copyLength = 1 << 20

/** The pieces of `model`, whose undecoded parts are those of `file`. */
function encodeModel(file: OnnxFile, model: ModelProto = file.model): readonly Piece[] {
  const writer = new MessageWriter(file.skeleton)
  // The generated encoders use a few methods of protobufjs' writer; MessageWriter has exactly those.
  onnx.ModelProto.encode(model as onnx.ModelProto.$Properties, writer as unknown as Writer)
  return writer.finish()
}

/** The bytes of a model in the order of the file, range by range, never more than a megabyte at once. */
async function* modelBytes(file: OnnxFile, pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) yield piece
    else
      for (let at = piece.start; at < piece.end; at += copyLength)
        yield await file.source.read(at, Math.min(copyLength, piece.end - at))
  }
}

/** Writes `model` (by default as it was read) to `path`; the file appears there only when it is complete. */
export async function writeModel(file: OnnxFile, path: string, model: ModelProto = file.model): Promise<void> {
  const partial = `${path}.${process.pid}.partial`
  try {
    const descriptor = openSync(partial, 'w')
    try {
      for await (const bytes of modelBytes(file, encodeModel(file, model)))
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
    } finally {
      closeSync(descriptor)
      file.source.close()
    }
    renameSync(partial, path)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}

/** The whole model in memory: for small ones. */
export async function modelToBytes(file: OnnxFile, model: ModelProto = file.model): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const bytes of modelBytes(file, encodeModel(file, model))) parts.push(bytes)
  return Buffer.concat(parts)
}
