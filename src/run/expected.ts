/** Outputs that samples say are right (ONNX test data), beside those of a runtime. */
import { Tally } from '../compare/tally.ts'
import { compareTensors } from '../compare/tensors.ts'
import type { OutputComparison, StageVerdict } from '../result/run.ts'
import type { Tensors } from '../tensors/tensor.ts'
import type { Sample } from '../wrapper/wrapper.ts'
import type { Rules } from './rules.ts'
import { worstText } from './sentence.ts'

export class ExpectedTally {
  private readonly tally = new Tally()

  constructor(private readonly rules: Rules) {}

  add({ id, expected = {} }: Sample, outputs: Tensors | null): void {
    if (!outputs) return
    for (const [name, tensor] of Object.entries(expected)) {
      const { tolerance, text } = this.rules.output(name, tensor.dtype)
      this.tally.add(id, name, compareTensors(tensor, outputs[name], tolerance), text)
    }
  }

  /** Null where nothing was expected. */
  result(): { verdict: StageVerdict; outputs: OutputComparison[]; what: string } | null {
    const outputs = this.tally.results()
    return outputs.length === 0 ? null : { verdict: this.tally.verdict, outputs, what: worstText(outputs) }
  }
}
