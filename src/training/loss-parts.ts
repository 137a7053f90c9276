/**
 * What a loss is given and what it returns.
 *
 * @module
 */
import type { Tensor } from "../tensor/tensor.ts";
import type { Dropout } from "../random/dropout.ts";

/** Tensors by name. */
export type Tensors<Name extends string = string> = Readonly<Record<Name, Tensor>>;

/** What a loss is given beside its inputs. */
export interface TrainingPass {
  /** Dropout with a mask of its own for each call, step and micro-batch. */
  readonly dropout: Dropout;
  /** Steps done before this one, a float32 scalar. */
  readonly step: Tensor;
}

/** A loss with numbers to report and points to check. */
export interface LossParts {
  /** The mean over the micro-batch, a float32 scalar. */
  readonly loss: Tensor;
  /**
   * Float32 scalars that are reported with the loss of each step, by name; with several micro-batches, their mean.
   * They have no gradient.
   */
  readonly measures?: Readonly<Record<string, Tensor>>;
  /**
   * Named float32 tensors of the forward pass, in its order. Where a step gives numbers that are not finite, the
   * first of them that is not finite is named.
   */
  readonly stages?: readonly { readonly name: string; readonly output: Tensor }[];
}
