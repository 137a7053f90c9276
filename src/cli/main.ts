/**
 * The program `relpos`: runs the command line with the arguments of this process.
 *
 * @module
 */
import { main } from "./command-line.ts";
import { surviveFailingStreams } from "./standard-streams.ts";

const output = surviveFailingStreams();
const code = await main(process.argv.slice(2));
process.exitCode = code || (output.lost ? 1 : 0);
