/**
 * The program `relpos`: runs the command line with the arguments of this process.
 *
 * @module
 */
import { main } from "./command-line.ts";
import { surviveFailingStreams } from "./standard-streams.ts";

const output = surviveFailingStreams();
let ended = false;
process.on("exit", (code) => {
  if (ended || code !== 0) return;
  process.exitCode = 1;
  process.stderr.write(
    "relpos: the command ended before its work was done: it awaits what never comes, such as a promise in a file " +
      "of yours that is never settled. Mend that file.\n",
  );
});
void main(process.argv.slice(2)).then(async (code) => {
  ended = true;
  for (const stream of [process.stdout, process.stderr])
    if (stream.writableLength > 0) await new Promise((written) => stream.write("", written));
  // A stream that failed says so in its next turn.
  await new Promise((next) => setImmediate(next));
  // A timer or a server of a user's file would keep the process alive.
  process.exit(code || (output.lost ? 1 : 0));
});
