/**
 * Adapters of a model's layers in the layout of PEFT: one product for each module of the family, where several layers here may be
 * parts of one module there.
 *
 *     module.lora_A.weight [rank, in],   module.lora_B.weight [out, rank]
 *
 * Parts of one module (query, key and value of GPT-2) have their own products here. In the file they are one of the sum of
 * their ranks, whose B is 0 where a part does not reach.
 *
 * @module
 */
import type { AdaptedLayer } from "../model/low-rank.ts";
import type { Weights } from "../parameters/weights.ts";
import { sourceOf, storedShape, valuesFrom } from "./tensor-source.ts";
import type { TensorMap, TensorSource } from "./tensor-source.ts";

/** How a family names and lays out its tensors. */
export interface AdapterLayout {
  /** How names of tensors begin: "model.". */
  readonly prefix: string;
  readonly tensors: TensorMap;
}

/** The adapter of one module. */
export interface ModuleAdapter {
  /** Its whole name: "model.layers.0.self_attn.q_proj". */
  readonly module: string;
  readonly rank: number;
  /** `[rank, in]` */
  readonly a: Float32Array;
  /** `[out, rank]` */
  readonly b: Float32Array;
  readonly inner: number;
  readonly outer: number;
  /** Whether the module stores its weight `[in, out]`, as GPT-2's Conv1D does. */
  readonly inOut: boolean;
}

/** The adapters of modules. */
export function moduleAdapters(
  { prefix, tensors }: AdapterLayout,
  layers: readonly AdaptedLayer[],
  weights: Weights,
): readonly ModuleAdapter[] {
  const byModule = new Map<string, { layer: AdaptedLayer; source: TensorSource }[]>();
  for (const layer of layers) {
    const source = sourceOf(layer.weight.name, tensors)!;
    const name = `${source.bare ? "" : prefix}${source.name}`.replace(/\.weight$/, "");
    byModule.set(name, [...(byModule.get(name) ?? []), { layer, source }]);
  }
  return [...byModule].map(([module, parts]) => {
    const [{ layer: first, source }] = parts as [(typeof parts)[0]];
    const [inner, width] = first.weight.shape as [number, number];
    const [outer] = storedShape([width], source) as [number];
    const own = first.a.shape[1]!;
    const rank = own * parts.length;
    const a = new Float32Array(rank * inner);
    const b = new Float32Array(outer * rank);
    for (const [at, part] of parts.entries()) {
      const [down, up] = [part.layer.a, part.layer.b].map(({ name }) => weights.get(name)!.data);
      for (let row = 0; row < inner; row++)
        for (let k = 0; k < own; k++) a[(at * own + k) * inner + row] = down![row * own + k]!;
      const columns = part.layer.b.shape[1]!;
      const places = outputPlaces(part.source, columns, outer);
      for (let column = 0; column < columns; column++)
        for (let k = 0; k < own; k++)
          b[places[column]! * rank + at * own + k] = up![k * columns + column]!;
    }
    return { module, rank, a, b, inner, outer, inOut: source.transposed !== true };
  });
}

/** Which outputs of a module are those of a layer. */
function outputPlaces(source: TensorSource, columns: number, outer: number): Float32Array {
  const all = Float32Array.from({ length: outer }, (_, at) => at);
  return valuesFrom(all, [columns], { ...source, plus: 0 });
}
