/**
 * The program `relpos`: runs the command line with the arguments of this process.
 *
 * @module
 */
import { main } from "./command-line.ts";

// A reader such as `head` may close the pipe early; that is no failure.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
process.exitCode = await main(process.argv.slice(2));
