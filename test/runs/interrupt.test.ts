/**
 * Signals that ask a command to stop. They are emitted within this process.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { abortOnInterrupt, interruptOnceListening, stopSignals } from "../../src/runs/interrupt.ts";
import type { Interrupt } from "../../src/runs/interrupt.ts";

let interrupt: Interrupt;
beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.spyOn(process, "exit").mockImplementation((code) => {
    throw new Error(`exit ${String(code)}`);
  });
});
afterEach(() => {
  interrupt.release();
  vi.restoreAllMocks();
});

const listeners = (): number[] => stopSignals.map((signal) => process.listenerCount(signal));
const send = (signal: NodeJS.Signals): boolean => process.emit(signal, signal);

test.each(stopSignals)("%s stops the work; a second Ctrl-C ends the process", (signal) => {
  interrupt = abortOnInterrupt();
  send(signal);
  expect(interrupt.signal.aborted).toBe(true);
  expect(() => send("SIGINT")).toThrow("exit 130");
});

test("a terminal that closes may say so twice, and the process still ends its step", () => {
  interrupt = abortOnInterrupt();
  send("SIGHUP");
  expect(() => send("SIGHUP")).not.toThrow();
  expect(() => send("SIGTERM")).toThrow("exit 130");
});

test("a signal ends the process while it could not be heard, and is heard afterwards", async () => {
  const before = listeners();
  interrupt = interruptOnceListening();
  for (const work of [() => Promise.resolve(1), () => Promise.reject(new Error("no memory"))]) {
    const during = interrupt.endDuring(async () => {
      expect(listeners()).toEqual(before);
      return await work();
    });
    await during.catch((error: unknown) => expect(error).toMatchObject({ message: "no memory" }));
    expect(listeners()).toEqual(before.map((count) => count + 1));
  }
  send("SIGINT");
  expect(interrupt.signal.aborted).toBe(true);
});
