/**
 * A process that ends as its job says: by a signal before it hears anything, with a code, or when it is asked to stop.
 */
import type { EndingJob } from "./child-process.test.ts";

process.on("message", (message: { kind: string; job?: EndingJob }) => {
  process.send!({ heard: message.kind });
  if (message.kind === "stop") process.exit(5);
  const { signal, code } = message.job!;
  if (signal !== undefined) process.kill(process.pid, signal);
  if (code !== undefined) process.exit(code);
});
