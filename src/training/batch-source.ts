/**
 * The batches of a training: a function of seed and step without memory, so that a run resumes exactly.
 *
 * @module
 */
import type { HostTensor } from "../runtime/session.ts";
import { elementCount, printShape, ShapeError } from "../tensor/shape.ts";
import type { DType } from "../tensor/tensor.ts";
import { stepShape } from "./objective.ts";
import type { Objective } from "./objective.ts";

/** Which batch. */
export interface BatchRequest {
  readonly seed: number;
  /** Steps done before the one the batch is for. */
  readonly step: number;
  /** Micro-batches of the step: where there are several, they are the first axis of each input that is not shared. */
  readonly microBatches: number;
}

/** Arrays by input name. */
export type Feeds = Readonly<Record<string, HostTensor>>;

/** A source of batches: the arrays of each declared input. The same request gives the same arrays. */
export type BatchSource = (request: BatchRequest) => Feeds | Promise<Feeds>;

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * Checks the arrays of a step.
 *
 * @throws {ShapeError} one is missing, is not declared, or has another shape, size or type than declared
 */
export function checkFeeds(
  { inputs }: Objective,
  feeds: Feeds,
  { step, microBatches }: Pick<BatchRequest, "step" | "microBatches">,
): void {
  const names = Object.keys(inputs);
  for (const [name, declared] of Object.entries(inputs)) {
    const shape = stepShape(declared, microBatches);
    const dtype: DType = declared.dtype ?? "float32";
    const wanted = `${arrays[dtype].name} ${printShape(shape)}`;
    if (!Object.hasOwn(feeds, name))
      throw new ShapeError(
        `batches: step ${step} has no "${name}", which the objective declares as ${wanted}. ` +
          `Return it from the batch source.`,
      );
    const feed = feeds[name]!;
    const fits =
      feed.shape.join() === shape.join() &&
      feed.data.length === elementCount(shape) &&
      feed.data instanceof arrays[dtype];
    if (!fits)
      throw new ShapeError(
        `batches: "${name}" of step ${step} must be ${wanted}, got ${feed.data.constructor.name} of ` +
          `${feed.data.length} values as ${printShape(feed.shape)}.` +
          (microBatches > 1 && declared.shared !== true
            ? ` The first axis counts the ${microBatches} micro-batches.`
            : ""),
      );
  }
  const extra = Object.keys(feeds).find((name) => !names.includes(name));
  if (extra !== undefined)
    throw new ShapeError(
      `batches: step ${step} has "${extra}", which the objective does not declare. ` +
        `Leave it out, or add it to the objective's \`inputs\`; declared: ${names.join(", ")}.`,
    );
}
