/** An exported model in ONNX Runtime, called as transformers.js calls it. */
import * as ort from "onnxruntime-node";

/** Logits `[row][token][vocab]`, and the cache that the next call is given. */
export interface Called {
  readonly logits: readonly (readonly Float32Array[])[];
  readonly cache: Readonly<Record<string, ort.Tensor>>;
}

/** An exported model. */
export class OnnxSession {
  readonly session: ort.InferenceSession;

  private constructor(session: ort.InferenceSession) {
    this.session = session;
  }

  /** Opens the model of a file or of bytes. */
  static async open(model: string | Uint8Array): Promise<OnnxSession> {
    const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
    return new OnnxSession(
      typeof model === "string"
        ? await ort.InferenceSession.create(model, options)
        : await ort.InferenceSession.create(model, options),
    );
  }

  /** The shapes of inputs by name, symbols as they are spelt. */
  get inputs(): Readonly<Record<string, readonly (string | number)[]>> {
    return Object.fromEntries(
      this.session.inputMetadata.map((each) => [each.name, each.isTensor ? each.shape : []]),
    );
  }

  /** New tokens after those of a cache; `mask` is of all tokens. Without a cache it is empty. */
  async call(
    ids: readonly (readonly number[])[],
    mask: readonly (readonly number[])[],
    cache: Called["cache"] = this.#emptyCache(ids.length),
  ): Promise<Called> {
    const results = await this.session.run({
      ...{ input_ids: int64(ids), attention_mask: int64(mask), ...cache },
    });
    const { logits, ...present } = results;
    const [rows, tokens, vocab] = logits!.dims as [number, number, number];
    const data = logits!.data as Float32Array;
    return {
      logits: Array.from({ length: rows }, (_, row) =>
        Array.from({ length: tokens }, (_, at) =>
          data.slice((row * tokens + at) * vocab, (row * tokens + at + 1) * vocab),
        ),
      ),
      cache: Object.fromEntries(
        Object.entries(present).map(([name, tensor]) => [
          name.replace("present", "past_key_values"),
          tensor,
        ]),
      ),
    };
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  /** As transformers.js makes it: `batch_size` is known, and any other symbol is 0. */
  #emptyCache(batch: number): Called["cache"] {
    const names = Object.entries(this.inputs).filter(([name]) => name.startsWith("past"));
    return Object.fromEntries(
      names.map(([name, shape]) => {
        const dims = shape.map((size) =>
          typeof size === "number" ? size : size === "batch_size" ? batch : 0,
        );
        return [name, new ort.Tensor("float32", new Float32Array(), dims)];
      }),
    );
  }
}

function int64(rows: readonly (readonly number[])[]): ort.Tensor {
  const data = BigInt64Array.from(rows.flat(), BigInt);
  return new ort.Tensor("int64", data, [rows.length, rows[0]!.length]);
}
