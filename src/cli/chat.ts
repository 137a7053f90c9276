/**
 * `relpos generate --chat`: a conversation, a line of standard input for each turn.
 *
 * @module
 */
import readline from "node:readline";
import { conversation } from "../chat/conversation.ts";
import type { Conversation } from "../chat/conversation.ts";
import { readChatTemplate } from "../chat/read-chat-template.ts";
import { InputError } from "../errors.ts";
import type { EndReason } from "../generation/generated-row.ts";
import type { GenerateOptions } from "../generation/generator.ts";
import { compile } from "../runtime/node.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import { generationOf, withFlagNames } from "./flag-names.ts";
import type { GenerateCommandOptions } from "./generate-options.ts";
import { flagOf } from "./generation-flags.ts";
import { endingAt, openTextModel } from "./open-text-model.ts";
import { printError, printOutput } from "./print.ts";

const exit = "/exit";

/** Runs the command until `/exit` or the end of the input. Ctrl-C ends an answer; while none is written, the conversation. */
export async function chat(options: GenerateCommandOptions): Promise<void> {
  const { model: folder, system, threads } = options;
  refuseOthers(options);
  const device = deviceNamed(options.device);
  await requireDevice(device);
  const template = await readChatTemplate(folder);
  const { model, contextLength, endTokens } = await openTextModel(options);
  const talk = conversation(model, template, {
    ...(system !== undefined && { system }),
    ...(contextLength !== undefined && { contextLength }),
    ...{ compile, device, threads },
  });
  const given = { ...endingAt(endTokens), ...generationOf(options) };
  const terminal = process.stdin.isTTY === true;
  const lines = readline.createInterface({
    input: process.stdin,
    ...(terminal && { output: process.stderr, prompt: "> " }),
    terminal,
  });
  let answering: AbortController | undefined;
  const onInterrupt = (): void => {
    if (answering === undefined) lines.close();
    answering?.abort();
  };
  lines.on("SIGINT", onInterrupt);
  process.on("SIGINT", onInterrupt);
  try {
    if (terminal) lines.prompt();
    for await (const line of lines) {
      if (line.trim() === exit) break;
      if (line.trim() !== "") {
        answering = new AbortController();
        await answer(talk, line, { ...given, signal: answering.signal });
        answering = undefined;
      }
      if (terminal) lines.prompt();
    }
  } finally {
    process.off("SIGINT", onInterrupt);
    lines.close();
    await talk.dispose();
  }
}

async function answer(talk: Conversation, line: string, options: GenerateOptions): Promise<void> {
  let ended: EndReason | undefined;
  for await (const piece of withFlagNames(talk.say(line, options))) {
    printOutput(piece.text);
    ended = piece.ended;
  }
  printOutput("\n");
  if (ended === "aborted") printError("(stopped)\n");
  if (ended === "length") printError("(cut; --max-tokens allows longer answers)\n");
  if (ended === "limit") printError("(cut: the model has no positions for more)\n");
}

/** @throws {InputError} an option has no place in a conversation */
function refuseOthers(options: GenerateCommandOptions): void {
  const wrong = (["prompt", "promptFile", "trial", "json", "encodingFile"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (wrong !== undefined)
    throw new InputError(
      `${flagOf(wrong)} has no place in --chat, which reads turns from standard input and writes answers. Leave one of them out.`,
    );
  if ((options.beams ?? 1) > 1)
    throw new InputError(
      "--beams has no place in --chat: answers are written as they come. Leave it out.",
    );
}
