/**
 * A tensor of the file whose payload stays where it is until somebody asks. The scanner keeps small payloads in
 * memory (see `inlineLimit` in onnx/); the bytes of large ones are known by place and length only.
 */
import type { DType } from './dtype.ts'

export interface Tensor {
  readonly name: string
  /** Null where the number in the file is not known; `dtypeNumber` then says it. */
  readonly dtype: DType | null
  readonly dtypeNumber: number
  /** As in the file: may be nonsense, which is then a finding. */
  readonly dims: readonly number[]
  readonly sparse: boolean
  readonly payload: Payload
}

export interface Payload {
  /** `none`: no data field at all (an empty or a broken tensor). */
  readonly where: 'file' | 'external' | 'none'
  /** External: the location as written. */
  readonly location: string | null
  /** Bytes of the payload as stored. */
  readonly bytes: number
  /** Stored as raw bytes, not in a typed field. */
  readonly raw?: boolean
  /**
   * The elements, if they can be had at once: in memory, or a small range of a local file.
   * At most `limit` elements are decoded; null when there are more, or when the bytes are not at hand.
   * Integers are numbers where exact, else bigint; bool is 0 or 1; complex are pairs, flat.
   */
  elements(limit: number): readonly Element[] | null
  /** The payload's bytes as stored in `raw_data` order, read now by range. */
  read(): Promise<Uint8Array>
}

export type Element = number | bigint | string
