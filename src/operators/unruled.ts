/**
 * Operators of com.microsoft that have a schema and no rule of ours: what they give is not known, and what they cost
 * is not known either, which is not the same as nothing.
 */
import { family, type Operator } from './operator.ts'

const unruled: Operator = { macs: () => null }

export const unruledOperators = family({
  'com.microsoft::BeamSearch': unruled,
  'com.microsoft::ConvStateReplay': unruled,
  'com.microsoft::DecoderAttention': unruled,
  'com.microsoft::DynamicSparseAttention': unruled,
  'com.microsoft::EPContext': unruled,
  'com.microsoft::EngramGate': unruled,
  'com.microsoft::GatedDeltaNet': unruled,
  'com.microsoft::GatedDeltaNetStateReplay': unruled,
  'com.microsoft::GatedRelativePositionBias': unruled,
  'com.microsoft::GreedySearch': unruled,
  'com.microsoft::HyperConnectionLowRankMix': unruled,
  'com.microsoft::HyperConnectionPostMix': unruled,
  'com.microsoft::HyperConnectionPreMix': unruled,
  'com.microsoft::Mamba2Verify': unruled,
  'com.microsoft::MatMulBlockQuantizedFp4Weight': unruled,
  'com.microsoft::MatMulBlockQuantizedFp8Weight': unruled,
  'com.microsoft::MatMulNBitsQLoRA': unruled,
  'com.microsoft::MoEGroupRouter': unruled,
  'com.microsoft::MoEPacked': unruled,
  'com.microsoft::PackedSparseAttentionIndexer': unruled,
  'com.microsoft::PackedSparseAttentionIndexerMerge': unruled,
  'com.microsoft::QOrderedAttention': unruled,
  'com.microsoft::QOrderedLongformerAttention': unruled,
  'com.microsoft::RouterGateUpProj': unruled,
  'com.microsoft::Sampling': unruled,
  'com.microsoft::Snpe': unruled,
  'com.microsoft::SparseAttentionIndexer': unruled,
  'com.microsoft::SparsePagedAttention': unruled,
  'com.microsoft::VarlenCausalConvWithState': unruled,
  'com.microsoft::WhisperBeamSearch': unruled,
  'com.microsoft::WordConvEmbedding': unruled,
})
