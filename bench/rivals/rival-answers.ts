import type { MemoryReply, RunReply } from "./protocol.ts";

/** A rival's answers, checked and made uniform. PyTorch's process names some fields in full. */
type Reply = Readonly<Record<string, unknown>>;

/** Ready to train: how long that took, and in words where the rival departs from the model or the request. */
export type SetupAnswer = { readonly setupMs: number; readonly notes: readonly string[] };

/** `elapsedMs` is what the asker measured, for a rival that does not say. */
export function setupAnswer(reply: Reply, elapsedMs: number): SetupAnswer {
  const { setupMs = elapsedMs, notes = [] } = reply;
  if (!isNumber(setupMs) || !Array.isArray(notes)) throw unexpected("setup", reply);
  return { setupMs, notes: notes.map(String) };
}

/** Throws when the loss is not a finite number or the times are not one a step: such a run proves nothing. */
export function runAnswer(reply: Reply, steps: number): RunReply {
  const ms = reply["ms"] ?? reply["milliseconds"];
  const losses = reply["losses"];
  const loss = reply["loss"] ?? (Array.isArray(losses) ? (losses as unknown[]).at(-1) : undefined);
  if (!Array.isArray(ms) || ms.length !== steps || !ms.every(isNumber) || !isNumber(loss))
    throw unexpected("run", reply);
  return { ms, loss };
}

export function memoryAnswer(reply: Reply): MemoryReply {
  const { peakBytes } = reply;
  if (!isNumber(peakBytes)) throw unexpected("memory", reply);
  return { peakBytes };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

const expected = {
  setup: '{"ok", "setupMs", "notes"}',
  run: '{"ms": one number a step, "loss": a finite number}',
  memory: '{"peakBytes"}',
} as const;

function unexpected(command: keyof typeof expected, reply: Reply): Error {
  return new Error(
    `answered "${command}" with ${JSON.stringify(reply).slice(0, 200)}; expected ${expected[command]}. ` +
      "Mend the rival's script.",
  );
}
