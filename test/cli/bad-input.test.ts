import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkpointBytes, readCheckpoint } from "../../src/runs/run-storage.ts";
import { filesIn, relpos, start, tinyModel, workplace } from "./relpos.ts";
import type { Outcome } from "./relpos.ts";

const { folder, text, remove } = workplace("bad-input");
/** A disk of this file's own, where this user may mount one. */
let mounted: string | undefined;
// Here and not beside its tests: hooks of a group whose tests are filtered out do not run.
afterAll(async () => {
  if (mounted !== undefined) execFileSync("umount", [mounted]);
  await remove();
});

const at = (name: string): string => path.join(folder, name);
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};
const empty = file("empty.txt", "");
const blank = file("blank.txt", " \n\t\n");
const binary = file(
  "binary.txt",
  Uint8Array.from({ length: 4000 }, (_, i) => (i * 37) % 256),
);
const short = file("short.txt", "Only these few words.\n");
const middling = file("middling.txt", "A line of text, and one more.\n\n".repeat(6));

const train = ["train", "--text", text, ...tinyModel, "--length", "16", "--steps", "4"];
const compare = ["compare", "--text", text, ...tinyModel, "--train-length", "16", "--steps", "4"];

/** One sentence or more on one line, from relpos, without a stack. */
function expectOneLine({ stderr, stdout }: Outcome): void {
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^relpos: [^\n]*[.?]\n$/);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+|node:internal|undefined|NaN is|\[object/);
}

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly message: RegExp;
  /** Default 2: the call was wrong. */
  readonly code?: number;
}

const texts: Case[] = [
  ["empty", [empty], /text .*empty\.txt is empty\. Name a file with some text/],
  ["of white space", [blank], /blank\.txt has only white space/],
  ["binary", [binary], /binary\.txt looks binary: it contains NUL bytes/],
  ["missing", [at("gone.txt")], /gone\.txt does not exist\. Check the path/],
  ["a folder", [folder], /is a folder\. Name the files inside, for example .*\*\.txt/],
  ["given twice", [text, text], /is the same file as .*Name each file once/],
  ["below a file", [path.join(text, "a.txt")], /does not exist/],
].flatMap(([name, given, message]) => {
  const args = ["--text", ...(given as string[])];
  return [
    { name: `train: a text that is ${name as string}`, args: ["train", ...args] },
    { name: `compare: a text that is ${name as string}`, args: ["compare", ...args] },
  ].map((each) => ({ ...each, message: message as RegExp }));
});

const windows: Case[] = [
  {
    name: "train: a text shorter than one training window",
    args: ["train", "--text", short, "--length", "128"],
    message: /the training text has \d+ tokens; a window of 128 needs 129, .*Give more text or a/,
  },
  {
    name: "train: a validation part shorter than one window",
    args: ["train", "--text", middling, "--length", "64"],
    message: /the validation text has \d+ tokens; a window of 64 needs 65/,
  },
  {
    name: "compare: a validation part shorter than the longest test window",
    args: [...compare, "--test-lengths", "16,100000"],
    message: /the validation text has [\d,]+ tokens; a window of 100,000 needs 100,001/,
  },
  {
    name: "compare: a test length below the train length",
    args: [...compare, "--test-lengths", "8,16"],
    message: /test length 8 is shorter than the train length 16\. Test at .* such as 16,32/,
  },
];

const names: Case[] = [
  {
    name: "train: an unknown encoding",
    args: [...train, "--encoding", "ropee"],
    message: /encoding "ropee" is unknown\. Did you mean "rope"\? Known: none, .*t5/,
  },
  {
    name: "compare: an unknown encoding",
    args: [...compare, "--encodings", "rope,aliby"],
    message: /encoding "aliby" is unknown\. Did you mean "alibi"\?/,
  },
  {
    name: "compare: an encoding twice",
    args: [...compare, "--encodings", "rope,rope"],
    message: /encoding rope is given twice/,
  },
  {
    name: "compare: a seed twice",
    args: [...compare, "--seeds", "1,1"],
    message: /seed 1 is given twice/,
  },
  ...["train", "compare"].flatMap((command): Case[] => [
    {
      name: `${command}: an unknown tokenizer`,
      args: [...(command === "train" ? train : compare), "--tokenizer", "chars"],
      message: /tokenizer "chars" is unknown\. Did you mean "char"\? Known: byte, char, word/,
    },
    {
      name: `${command}: an unknown corpus`,
      args: [command, "--corpus", "mobydick"],
      message: /corpus "mobydick" is unknown\. Did you mean "moby-dick"\? Known: moby-dick, sotu/,
    },
    {
      name: `${command}: an unknown device`,
      args: [...(command === "train" ? train : compare), "--device", "gpu"],
      message: /device "gpu" is unknown\..* Known: cpu, webgpu, cuda/,
    },
    {
      name: `${command}: an unknown option`,
      args: [command, "--leyers", "3"],
      message: /unknown option "--leyers"\. Did you mean "--layers"\? See relpos \w+ --help/,
    },
    {
      name: `${command}: a word too many`,
      args: [command, "quickly"],
      message: /too many arguments for "\w+"\. Expected 0 arguments but got 1: quickly/,
    },
    {
      name: `${command}: a corpus and a text`,
      args: [command, "--corpus", "sotu", "--text", text],
      message: /option "--corpus <name>" cannot be used with option "--text <files\.\.\.>"/,
    },
  ]),
  {
    name: "an unknown command",
    args: ["trian"],
    message: /unknown command "trian"\. Did you mean "train"\? See relpos --help/,
  },
  {
    name: "train: an unknown choice",
    args: [...train, "--norm", "batch"],
    message: /"--norm <kind>" argument "batch" is invalid\. Allowed choices are layer, rms/,
  },
];

const sizes: Case[] = [
  {
    name: "train: an odd headDim with rope",
    args: [...train, "--width", "18", "--heads", "2", "--encoding", "rope"],
    message: /rope: the rotated width must be even, .* got 9\. Choose an even headDim/,
  },
  {
    name: "compare: an odd headDim with rope",
    args: [...compare, "--width", "18", "--heads", "2", "--encodings", "none,rope"],
    message: /rope: the rotated width must be even, .* got 9\. Choose an even headDim/,
  },
  ...[train, compare].flatMap((command): Case[] => [
    {
      name: `${command[0]}: heads that do not divide the width`,
      args: [...command, "--heads", "3"],
      message: /width 16 does not divide into 3 heads\. Choose a width .* such as 18/,
    },
    {
      name: `${command[0]}: a width no machine can hold`,
      args: [...command, "--width", "1000000000"],
      message:
        /width 1,000,000,000 .* takes more than \S+ GB, this machine has [\d,.]+ GB\. Choose/,
    },
    {
      name: `${command[0]}: as many layers`,
      args: [...command, "--layers", "1000000000"],
      message: /1,000,000,000 layers .* takes more than .* fewer layers/,
    },
    {
      name: `${command[0]}: such a batch`,
      args: [...command, "--batch", "1000000000"],
      message: /a step of 1,000,000,000 windows .* takes more than .*Choose a smaller batch/,
    },
    {
      name: `${command[0]}: a million threads`,
      args: [...command, "--threads", "1000000"],
      message: /This machine has \d+ cores; give at most \d+ threads/,
    },
  ]),
  {
    name: "compare: such a train length",
    args: [...compare, "--train-length", "1000000000"],
    message: /windows of 1,000,000,000 tokens takes more than/,
  },
  {
    name: "train: micro-batches without end",
    args: [...train, "--accumulate", "1000000000000"],
    message: /takes more than .* fewer micro-batches/,
  },
  {
    name: "train: a warm-up as long as the run",
    args: [...train, "--warmup", "4"],
    message: /the warm-up of 4 steps must be shorter than the 4 steps/,
  },
  {
    name: "compare: a warm-up over half of the run",
    args: [...compare, "--warmup", "3"],
    message: /the warm-up of 3 steps must be at most half of the 4 steps/,
  },
  {
    name: "train: a last rate above the highest",
    args: [...train, "--learning-rate", "1e-3", "--min-learning-rate", "1e-2"],
    message: /the last rate 0\.01 must not be above the highest, 0\.001/,
  },
  {
    name: "train: everything dropped",
    args: [...train, "--dropout", "1"],
    message: /dropout must be from 0 to below 1, got 1/,
  },
  {
    name: "train: a second decay of 1",
    args: [...train, "--beta2", "1"],
    message: /beta2 must be from 0 to below 1, got 1/,
  },
];

const wholeFromOne = {
  train: [
    ...["length", "steps", "batch", "accumulate", "width", "heads", "layers", "hidden"],
    ...["checkpoint-every", "evaluation-tokens"],
  ],
  compare: [
    ...["train-length", "test-lengths", "steps", "batch", "width", "heads", "layers", "stride"],
    ...["evaluation-tokens", "processes"],
  ],
};
const fromZero = {
  train: ["dropout", "min-learning-rate", "weight-decay", "clip"],
  compare: [],
};
const numbers: Case[] = (["train", "compare"] as const).flatMap((command) => {
  const refused = (
    options: readonly string[],
    values: readonly string[],
    message: RegExp,
  ): Case[] =>
    options.flatMap((option) =>
      values.map((value) => ({
        name: `${command} --${option}=${value}`,
        args: [command, `--${option}=${value}`],
        message: new RegExp(
          `"--${option} <.*" argument "${value}" is invalid\\. ${message.source}`,
        ),
      })),
    );
  return [
    ...refused(
      wholeFromOne[command],
      ["0", "-3", "NaN", "2.5"],
      /It must be a whole number of 1 or/,
    ),
    ...refused(fromZero[command], ["-1", "NaN", "1e99"], /It must be a number of 0 or more/),
    ...refused(
      ["learning-rate"],
      ["0", "-1", "NaN", "Infinity", ""],
      /It must be a number above 0/,
    ),
    ...refused(["warmup"], ["-1", "1.5", "NaN"], /It must be a whole number of 0 or more/),
    ...refused(
      [command === "train" ? "seed" : "seeds"],
      ["-1", "x"],
      /It must be a whole number of 0/,
    ),
    ...refused(["out"], [""], /It must be the name of a folder/),
  ];
});

describe.each([
  ["texts", texts],
  ["windows", windows],
  ["names", names],
  ["sizes", sizes],
  ["numbers", numbers],
])("%s", (_, cases) => {
  test.for(cases)(
    "$name",
    { concurrent: true },
    async ({ args, message, code = 2 }, { expect }) => {
      const out = at(`out-${args.join("-").replaceAll(/\W+/g, "-").slice(0, 120)}`);
      // A wrong number is found before --out is needed; so that nothing else is wrong, give it all the same.
      const outcome = await relpos(
        ...args,
        ...(args.at(-1)!.startsWith("--out=") ? [] : ["--out", out]),
      );
      expect(outcome.stderr).toMatch(message);
      expect(outcome.code).toBe(code);
      expectOneLine(outcome);
      await expect(fs.access(out)).rejects.toThrow("ENOENT");
    },
  );
});

describe("output folders", () => {
  const foreign = at("foreign");
  mkdirSync(foreign);
  writeFileSync(path.join(foreign, "thesis.tex"), "years of work");

  test.each(
    [train, compare].flatMap((command): Case[] => [
      {
        name: `${command[0]}: a file`,
        args: [...command, "--out", text],
        message: /the output folder .*text\.txt is a file\. Choose another folder/,
      },
      {
        name: `${command[0]}: below a file`,
        args: [...command, "--out", path.join(text, "run")],
        message: /cannot be made: a part of its path is a file/,
      },
      {
        name: `${command[0]}: a folder of something else`,
        args: [...command, "--out", foreign],
        message: /holds files that are not from relpos \(thesis\.tex\)\. Choose a new or empty/,
      },
      {
        name: `${command[0]}: in /proc`,
        args: [...command, "--out", "/proc/relpos/run"],
        message: /the output folder \/proc\/relpos.* cannot be made|cannot write \/proc\/relpos/,
      },
    ]),
  )("$name", async ({ args, message }) => {
    if (args.includes("/proc/relpos/run") && process.platform !== "linux") return;
    const outcome = await relpos(...args);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.code).toBe(2);
    expectOneLine(outcome);
    expect(await filesIn(foreign)).toEqual(["thesis.tex"]);
    expect(await fs.readFile(path.join(foreign, "thesis.tex"), "utf8")).toBe("years of work");
  });

  const files = {
    "results.json": '{"accuracy": 0.97}',
    "run.json": '{"schema": "other/1", "id": 4}',
    "report.html": "<h1>mine</h1>",
    "evaluation.json": "[]",
  };
  test.each([train, compare])(
    "%s: names that are also ours make no folder ours",
    async (...command) => {
      const own = at(`own-${command[0]}`);
      mkdirSync(own);
      for (const [name, content] of Object.entries(files))
        file(path.join(`own-${command[0]}`, name), content);
      const outcome = await relpos(...command, "--out", own);
      expect(outcome.stderr).toMatch(
        /holds files that are not from relpos \(evaluation\.json, report/,
      );
      expect(outcome.code).toBe(2);
      expectOneLine(outcome);
      for (const [name, content] of Object.entries(files))
        expect(await fs.readFile(path.join(own, name), "utf8")).toBe(content);
      expect(await filesIn(own)).toEqual(Object.keys(files).sort());
    },
  );

  test("train: a file of one's own in the folder of a run is not replaced", async () => {
    const run = at("run-with-own");
    expect((await relpos(...train, "--out", run)).code).toBe(0);
    const checkpoint = await fs.readFile(path.join(run, "checkpoint.safetensors"));
    const evaluation = path.join(run, "evaluation.json");
    await fs.writeFile(evaluation, "mine");
    const outcome = await relpos(...train, "--out", run);
    expect(outcome.stderr).toMatch(
      /evaluation\.json was changed since relpos wrote it, and would be replaced\. Move it away/,
    );
    expect(outcome.code).toBe(2);
    expectOneLine(outcome);
    expect(await fs.readFile(evaluation, "utf8")).toBe("mine");
    expect(await fs.readFile(path.join(run, "checkpoint.safetensors"))).toEqual(checkpoint);
  });

  test("train: run.json removed does not let other settings go on", async () => {
    const run = at("run-without-document");
    expect((await relpos(...train, "--out", run)).code).toBe(0);
    await fs.rm(path.join(run, "run.json"));
    const outcome = await relpos(...train, "--seed", "5", "--out", run);
    expect(outcome.stderr).toMatch(
      /checkpoint\.safetensors is of a run that differs in seed \(1 there, 5 given\)\. Give the settings/,
    );
    expect(outcome.code).toBe(2);
    expectOneLine(outcome);
    expect((await relpos(...train, "--out", run)).code).toBe(0);
    expect(await filesIn(run)).toContain("run.json");
  });

  test("train without one says so", async () => {
    const outcome = await relpos(...train);
    expect(outcome.stderr).toMatch(/--out is missing\. Name the folder of the run/);
    expect(outcome.code).toBe(2);
    expectOneLine(outcome);
  });
});

/** Mounts a file system of the given size; false where this user may not. */
function smallDisk(place: string, size: string): boolean {
  mkdirSync(place);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", place], {
      stdio: "ignore",
    });
    mounted = place;
    return true;
  } catch {
    rmSync(place, { recursive: true });
    return false;
  }
}

describe("a full disk", () => {
  const disk = at("disk");
  const made = smallDisk(disk, "160k"); // one checkpoint of 120 kB fits, a second beside it does not

  test.runIf(made)("stops with one line, keeps the last checkpoint, and goes on", async () => {
    const run = path.join(disk, "run");
    const args = [...train, "--steps", "9", "--checkpoint-every", "3", "--out", run];
    const outcome = await relpos(...args);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(
      /relpos: cannot write .*checkpoint\.safetensors: the disk is full\. /,
    );
    expect(outcome.stderr).toMatch(/Nothing was overwritten\. Free some space and run the same/);
    expect((await readCheckpoint(path.join(run, "checkpoint.safetensors")))!.step).toBe(3);
    expect(await filesIn(run)).not.toContainEqual(expect.stringMatching(/tmp$|lock/));

    execFileSync("mount", ["-o", "remount,size=2m", disk]);
    const again = await relpos(...args);
    expect(again.code, again.stderr).toBe(0);
    const whole = at("not-full");
    expect((await relpos(...args.slice(0, -1), whole)).code).toBe(0);
    for (const name of ["checkpoint.safetensors", "metrics.jsonl"]) {
      const [a, b] = [run, whole].map((place) => fs.readFile(path.join(place, name)));
      expect((await a!).equals(await b!), name).toBe(true);
    }
  });
});

describe("files of a run that were damaged", () => {
  const original = at("original");
  const args = [...train, "--steps", "6", "--checkpoint-every", "2"];

  /** A copy of a finished run with one file changed, and what the same command says of it. */
  async function damaged(
    name: string,
    target: string,
    change: (content: Buffer) => Uint8Array | string,
  ): Promise<{ outcome: Outcome; unchanged: boolean }> {
    if (!(await fs.stat(original).catch(() => undefined)))
      expect((await relpos(...args, "--out", original)).code).toBe(0);
    const run = at(name);
    await fs.cp(original, run, { recursive: true });
    const place = path.join(run, target);
    const content = Buffer.from(change(await fs.readFile(place)));
    await fs.writeFile(place, content);
    const outcome = await relpos(...args, "--out", run);
    return { outcome, unchanged: (await fs.readFile(place)).equals(content) };
  }

  const flipped = (content: Buffer, where: number): Buffer => {
    const copy = Buffer.from(content);
    copy[where < 0 ? content.length + where : where]! ^= 0x10;
    return copy;
  };

  test.each<[string, string, (content: Buffer) => Uint8Array | string, RegExp]>([
    [
      "checkpoint cut short",
      "checkpoint.safetensors",
      (c) => c.subarray(0, -100),
      /checkpoint\.safetensors/,
    ],
    ["checkpoint empty", "checkpoint.safetensors", () => "", /checkpoint\.safetensors/],
    [
      "checkpoint of other bytes",
      "checkpoint.safetensors",
      () => "hello, world: no tensors",
      /checkpoint\.safetensors/,
    ],
    [
      "bit flipped in a weight",
      "checkpoint.safetensors",
      (c) => flipped(c, -301),
      /was damaged since it was written: its checksum does not fit\. Restore it/,
    ],
    [
      "bit flipped in the last",
      "checkpoint.safetensors",
      (c) => flipped(c, -1),
      /its checksum does not fit/,
    ],
    [
      "another step in the header",
      "checkpoint.safetensors",
      (c) => Buffer.from(c.toString("latin1").replace('"step":"6"', '"step":"4"'), "latin1"),
      /its checksum does not fit/,
    ],
    [
      "no metadata",
      "checkpoint.safetensors",
      (c) => Buffer.from(c.toString("latin1").replace('"checksum"', '"chicksum"'), "latin1"),
      /is no checkpoint of a run: its metadata lack "step" or "checksum"/,
    ],
    [
      "metrics: a line of something else",
      "metrics.jsonl",
      (c) => `nonsense\n${c.toString()}`,
      /metrics\.jsonl: line 1 is no step of a run, as it is not JSON\. Restore the file/,
    ],
    [
      "metrics: numbers that are none",
      "metrics.jsonl",
      (c) => c.toString().replace(/"loss":[^,]*/, '"loss":null'),
      /metrics\.jsonl: line 1 is no step/,
    ],
    [
      "metrics: steps lost",
      "metrics.jsonl",
      (c) => c.toString().split("\n").slice(2).join("\n"),
      /metrics\.jsonl has 4 of the 6 steps before/,
    ],
    [
      "metrics: steps swapped",
      "metrics.jsonl",
      (c) => c.toString().replace(/^(.*\n)(.*\n)/, "$2$1"),
      /metrics\.jsonl: line 1 is no step of a run, as its step is 1 and must be 0/,
    ],
    [
      "metrics: another loss",
      "metrics.jsonl",
      (c) => c.toString().replace(/"loss":\d/, '"loss":1'),
      /metrics\.jsonl: its first 6 steps are not those of the checkpoint: their checksum differs/,
    ],
    [
      "run.json cut short",
      "run.json",
      (c) => c.subarray(0, 50),
      /run\.json is not JSON: .*Restore it from a copy/,
    ],
    ["run.json empty", "run.json", () => "", /run\.json is not JSON: it is empty/],
  ])("%s", async (name, target, change, message) => {
    const { outcome, unchanged } = await damaged(name.replaceAll(/\W+/g, "-"), target, change);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.code).toBe(1);
    expectOneLine(outcome);
    expect(unchanged).toBe(true);
  });

  test("run.json of something else: another run", async () => {
    const { outcome, unchanged } = await damaged("foreign-run", "run.json", () => "[1, 2]");
    expect(outcome.stderr).toMatch(
      /run\.json is not of relpos: it must be an object, got a list\. Choose another folder/,
    );
    expect(outcome.code).toBe(2);
    expectOneLine(outcome);
    expect(unchanged).toBe(true);
  });

  test("a checkpoint of another model", async () => {
    const other = at("other-model");
    expect((await relpos(...args, "--encoding", "learned", "--out", other)).code).toBe(0);
    const bytes = await fs.readFile(path.join(other, "checkpoint.safetensors"));
    const { outcome } = await damaged("foreign-model", "checkpoint.safetensors", () => bytes);
    expect(outcome.stderr).toMatch(
      /checkpoint\.safetensors is a checkpoint of another model\. Too many: \S*position\.learned\.table \[\d+, 16\]\./,
    );
    expect(outcome.code).toBe(1);
    expectOneLine(outcome);
  });

  test("a checkpoint whose tensor has another shape", async () => {
    const { outcome } = await damaged("other-shape", "checkpoint.safetensors", () => "");
    expect(outcome.code).toBe(1);
    const run = at("other-shape");
    const { step, tensors } = (await readCheckpoint(
      path.join(original, "checkpoint.safetensors"),
    ))!;
    const changed = new Map(tensors);
    changed.set("head.weight", { shape: [256, 16], data: tensors.get("head.weight")!.data });
    await fs.writeFile(
      path.join(run, "checkpoint.safetensors"),
      checkpointBytes({ step, tensors: changed }),
    );
    const again = await relpos(...args, "--out", run);
    expect(again.stderr).toMatch(
      /Of another shape: head\.weight is \[256, 16\] and must be \[16, 256\]\./,
    );
    expect(again.code).toBe(1);
    expectOneLine(again);
  });
});

describe("files of a comparison that were damaged", () => {
  const out = at("comparison");
  const args = [...compare, "--encodings", "none,rope", "--test-lengths", "16", "--out", out];
  const result = path.join(out, "trials", "rope-1", "result.json");

  test.each<[string, (text: string) => string, RegExp]>([
    ["cut short", (text) => text.slice(0, 100), /rope-1\/result\.json is not JSON: .*Remove this/],
    ["a list", () => "[]", /rope-1\/result\.json has no schema; this version reads .* Remove this/],
    ["null", () => "null", /rope-1\/result\.json has no schema; this version reads .* Remove this/],
    [
      "of another encoding",
      (text) => text.replace('"rope"', '"ripe"'),
      /result\.json is damaged: encoding must be one of/,
    ],
    [
      "without evaluations",
      (text) => text.replace('"evaluations"', '"evaluation"'),
      /result\.json is damaged: evaluations must be an array, got nothing\. Remove this file/,
    ],
  ])("result.json %s", async (_, change, message) => {
    const first = await relpos(...args);
    expect(first.code, first.stderr).toBe(0);
    const whole = await fs.readFile(result, "utf8");
    await fs.writeFile(result, change(whole));
    const outcome = await relpos(...args);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toBe("");
    await fs.rm(result); // as the message says
    expect((await relpos(...args)).code).toBe(0);
  });

  test("run.json of a training run", async () => {
    const run = at("a-training");
    expect((await relpos(...train, "--out", run)).code).toBe(0);
    const outcome = await relpos(...args.slice(0, -1), run);
    expect(outcome.stderr).toMatch(/a-training holds a run that differs in the kind of run/);
    expect(outcome.code).toBe(2);
  });
});

describe("a device that is not there", () => {
  const noDrivers = { VK_ICD_FILENAMES: "/nowhere.json", VK_DRIVER_FILES: "/nowhere.json" };

  test.runIf(process.platform === "linux").each([train, compare])(
    "%s --device webgpu without a graphics card",
    async (...command) => {
      const args = [...command, "--device", "webgpu", "--out", at("gpu")];
      const outcome = await start(args, { env: noDrivers }).outcome;
      expect(outcome.stderr).toMatch(
        /this machine cannot run on webgpu \(.+\)\. WebGPU needs a graphics card .* Use --device cpu/,
      );
      expect(outcome.code).toBe(1);
      expectOneLine(outcome);
      await expect(fs.access(at("gpu"))).rejects.toThrow("ENOENT");
    },
  );
});

describe("help", () => {
  test("relpos alone prints it", async () => {
    const { code, stdout, stderr } = await relpos();
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^Usage: relpos .*compare.*train/s);
  });

  test.each(["train", "compare"])("%s --help has an example that can be read", async (command) => {
    const { code, stdout, stderr } = await relpos(command, "--help");
    expect(code).toBe(0);
    expect(stderr).toBe("");
    const example = new RegExp(`Example:\\n {2}\\$ relpos (${command} .*)`).exec(stdout)?.[1];
    expect(example).toBeDefined();
    // Its options exist: what is wrong with it is the text only.
    const outcome = await relpos(...example!.split(" "));
    expect(outcome.stderr).toMatch(/^relpos: text book\.txt does not exist/);
    expect(outcome.code).toBe(2);
  });

  test("--version prints the version alone", async () => {
    const { code, stdout } = await relpos("--version");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

test("a reader that leaves early is no failure", () => {
  const command = `"${process.execPath}" bin/relpos.js train --help | head -c 10`;
  const run = execFileSync("bash", ["-c", `set -o pipefail; ${command}`], {
    cwd: path.join(import.meta.dirname, "../.."),
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(run.toString()).toBe("Usage: rel");
});

test("train --json prints one document", async () => {
  const { code, stdout, stderr } = await relpos(...train, "--json", "--out", at("json"));
  expect(code, stderr).toBe(0);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  const document = JSON.parse(stdout) as Record<string, unknown>;
  expect(document).toMatchObject({ steps: 4 });
  expect(document["parameters"]).toBeGreaterThan(256 * 16);
  expect(document["validationLoss"]).toBeGreaterThan(0);
  expect(JSON.parse(await fs.readFile(path.join(at("json"), "evaluation.json"), "utf8"))).toEqual(
    document,
  );
});
