/** Exported encoder-decoders in ONNX Runtime, called as transformers.js calls them. */
import * as ort from "onnxruntime-node";
import type { OnnxFiles } from "../../src/export/onnx-model.ts";

type Rows = readonly (readonly number[])[];
type Cache = Readonly<Record<string, ort.Tensor>>;

/** The two models of an encoder-decoder, and the sources that they have read. */
export class PairSession {
  readonly encoder: ort.InferenceSession;
  readonly decoder: ort.InferenceSession;
  #source: Readonly<Record<string, ort.Tensor>> = {};
  #cache: Cache | undefined;

  private constructor(encoder: ort.InferenceSession, decoder: ort.InferenceSession) {
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** Opens the models of files or of bytes. */
  static async open(
    encoder: string | OnnxFiles["model"],
    decoder: string | OnnxFiles["model"],
    device: "cpu" | "webgpu" = "cpu",
  ): Promise<PairSession> {
    const options: ort.InferenceSession.SessionOptions = {
      ...{ intraOpNumThreads: 1, logSeverityLevel: 3, executionProviders: [device] },
    };
    const open = async (model: string | Uint8Array): Promise<ort.InferenceSession> =>
      typeof model === "string"
        ? await ort.InferenceSession.create(model, options)
        : await ort.InferenceSession.create(model, options);
    return new PairSession(await open(encoder), await open(decoder));
  }

  /** The shapes of inputs by name, symbols as they are spelt. */
  static inputsOf(
    session: ort.InferenceSession,
  ): Readonly<Record<string, readonly (string | number)[]>> {
    return Object.fromEntries(
      session.inputMetadata.map((each) => [each.name, each.isTensor ? each.shape : []]),
    );
  }

  /** Reads sources; targets begin anew. */
  async read(ids: Rows, mask: Rows): Promise<void> {
    const attention = int64(mask);
    const results = await this.encoder.run({ input_ids: int64(ids), attention_mask: attention });
    this.#source = {
      encoder_hidden_states: results["last_hidden_state"]!,
      encoder_attention_mask: attention,
    };
    this.#cache = undefined;
  }

  /** How many tokens of the sources the last call projected to keys. */
  projected = -1;

  /** Logits of the last of the new tokens, for each row. */
  async write(ids: Rows): Promise<Float32Array[]> {
    const cache = this.#cache ?? this.#emptyCache(ids.length);
    const { logits, ...present } = await this.decoder.run({
      ...{ input_ids: int64(ids), ...this.#source, ...cache },
      use_cache_branch: new ort.Tensor("bool", [this.#cache !== undefined], [1]),
    });
    this.projected = present["present.0.encoder.key"]!.dims[2]!;
    // Those of the source stay as they were first given.
    const kept = (name: string): ort.Tensor | undefined =>
      name.includes("encoder") ? this.#cache?.[name] : undefined;
    this.#cache = Object.fromEntries(
      Object.entries(present).map(([name, tensor]) => {
        const own = name.replace("present", "past_key_values");
        return [own, kept(own) ?? tensor];
      }),
    );
    const [rows, tokens, vocab] = logits!.dims as [number, number, number];
    const data = logits!.data as Float32Array;
    return Array.from({ length: rows }, (_, row) =>
      data.slice((row * tokens + tokens - 1) * vocab, (row + 1) * tokens * vocab),
    );
  }

  async release(): Promise<void> {
    await this.encoder.release();
    await this.decoder.release();
  }

  /** As transformers.js makes it: `batch_size` is known, and any other symbol is 0. */
  #emptyCache(batch: number): Cache {
    const shapes = Object.entries(PairSession.inputsOf(this.decoder));
    return Object.fromEntries(
      shapes
        .filter(([name]) => name.startsWith("past"))
        .map(([name, shape]) => {
          const dims = shape.map((size) =>
            typeof size === "number" ? size : size === "batch_size" ? batch : 0,
          );
          return [name, new ort.Tensor("float32", new Float32Array(), dims)];
        }),
    );
  }
}

function int64(rows: Rows): ort.Tensor {
  const data = BigInt64Array.from(rows.flat(), BigInt);
  return new ort.Tensor("int64", data, [rows.length, rows[0]!.length]);
}
