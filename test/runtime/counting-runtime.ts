/**
 * Node's package of the runtime, with a record of what crosses between it and the host.
 *
 * @module
 */
import * as ort from "onnxruntime-node";
import { compileWith } from "../../src/runtime/compile.ts";
import { keepsEqualNodes } from "../../src/runtime/runtime-package.ts";
import type { RuntimePackage } from "../../src/runtime/runtime-package.ts";
import type { Compile } from "../../src/runtime/session.ts";

/** One run of a session: the tensors it was given and those it gave. */
export interface RecordedRun {
  readonly inputs: Readonly<Record<string, ort.Tensor>>;
  readonly outputs: Readonly<Record<string, ort.Tensor>>;
  /** Where the inputs were when the run began. */
  readonly locations: Readonly<Record<string, string>>;
}

/** A runtime that records. */
export interface CountingRuntime {
  readonly compile: Compile;
  /** Sizes of the tensors that were made of host arrays, in order. */
  readonly made: number[];
  readonly runs: RecordedRun[];
  /** Sessions that are open. */
  readonly open: () => number;
  /** The options of each session, in order. */
  readonly sessions: readonly ort.InferenceSession.SessionOptions[];
}

/** A runtime of its own record. */
export function countingRuntime(): CountingRuntime {
  const made: number[] = [];
  const runs: RecordedRun[] = [];
  const sessions: ort.InferenceSession.SessionOptions[] = [];
  let open = 0;
  const Tensor = new Proxy(ort.Tensor, {
    construct(target, given: [type: "float32", data: Float32Array, shape: readonly number[]]) {
      made.push(given[1].length);
      return new target(...given);
    },
  });
  const watched = (session: ort.InferenceSession): ort.InferenceSession =>
    ({
      async run(inputs: Record<string, ort.Tensor>, fetches: Record<string, ort.Tensor | null>) {
        const locations = Object.fromEntries(
          Object.entries(inputs).map(([name, { location }]) => [name, location]),
        );
        const outputs = (await (fetches
          ? session.run(inputs, fetches)
          : session.run(inputs))) as Record<string, ort.Tensor>;
        runs.push({ inputs, outputs, locations });
        return outputs;
      },
      async release() {
        open--;
        await session.release();
      },
    }) as unknown as ort.InferenceSession;
  const runtime: RuntimePackage = {
    ort: {
      Tensor,
      InferenceSession: {
        async create(bytes: Uint8Array, options: ort.InferenceSession.SessionOptions) {
          open++;
          sessions.push(options);
          return watched(await ort.InferenceSession.create(bytes, options));
        },
      } as unknown as typeof ort.InferenceSession,
    },
    fillsGivenOutputs: true,
    sessionOptions: (device, threads) => ({
      executionProviders: [device],
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
      extra: keepsEqualNodes,
    }),
  };
  return {
    compile: (graph, options = {}) => compileWith(runtime, graph, options),
    made,
    runs,
    open: () => open,
    sessions,
  };
}
