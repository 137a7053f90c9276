/**
 * The package's facts agree with one another, and files stay readable in one sitting.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { version } from "../../src/version.ts";
import { root, sourceFiles } from "./source-files.ts";

const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly bundleDependencies: readonly string[];
  readonly peerDependencies: unknown;
  readonly peerDependenciesMeta: unknown;
  readonly scripts: Readonly<Record<string, string>>;
};

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}
const lock = JSON.parse(fs.readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
/** The packages that a user of relpos gets with it, by their places. */
const shipped = Object.entries(lock.packages).filter(
  ([place, { dev, devOptional }]) => place.startsWith("node_modules/") && !dev && !devOptional,
);
const files = sourceFiles();

test("src/version.ts is package.json's version", () => {
  expect(version).toBe(manifest.version);
});

test("npm test is a chain of scripts, which continuous integration runs one by one", () => {
  const parts = manifest.scripts["test"]!.split(" && ");
  for (const part of parts) {
    const name = /^npm run (\S+)$/.exec(part)?.[1];
    expect(Object.keys(manifest.scripts)).toContain(name);
  }
  expect(parts).toContain("npm run unit");
});

describe("packages", () => {
  const imported = files
    .flatMap(({ specifiers }) => specifiers)
    .filter((specifier) => !/^(\.|node:)/.test(specifier))
    .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)![0]);
  /** What the package carries by itself, and what a program for the browser adds. */
  const elsewhere = ["onnxruntime-node", "onnxruntime-web"];

  test("every package that src imports is a dependency, and every dependency is used", () => {
    expect([...new Set(imported)].sort()).toEqual(
      [...Object.keys(manifest.dependencies), ...elsewhere].sort(),
    );
  });

  // A dependency that is not bundled would need a network when the package is installed.
  test("every dependency is bundled, and none has an install script", () => {
    expect(manifest.bundleDependencies).toEqual(Object.keys(manifest.dependencies));
    const scripts = shipped.filter(([, entry]) => entry.hasInstallScript);
    expect(scripts.map(([place]) => place)).toEqual([]);
    expect(shipped.length).toBeLessThan(80);
  });

  test("the three packages of ONNX Runtime have one version, and the browser's is an optional peer", () => {
    const { "onnxruntime-common": common } = manifest.dependencies;
    const { "onnxruntime-node": node, "onnxruntime-web": web } = manifest.devDependencies;
    expect([node, web]).toEqual([common, common]);
    expect(manifest.peerDependencies).toEqual({ "onnxruntime-web": common });
    expect(manifest.peerDependenciesMeta).toEqual({ "onnxruntime-web": { optional: true } });
  });

  // An unknown key makes every npm and npx print a warning, and stops working with npm's next major version.
  test(".npmrc has only keys that npm knows", () => {
    const keys = fs.readFileSync(path.join(root, ".npmrc"), "utf8").matchAll(/^([\w-]+)=/gm);
    expect([...keys].map((match) => match[1])).toEqual([
      "omit-lockfile-registry-resolved",
      "save-exact",
      "fund",
      "audit",
    ]);
  });
});

test("no file in src has more than 300 lines", () => {
  const long = files
    .map(({ path: name, text }) => ({ name, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > 300)
    .map(({ name, lines }) => `${name}: ${lines} lines`);
  expect(long).toEqual([]);
});

describe("the two entry points share common.ts and add what only one of them can have", () => {
  const names = (entry: string): string[] => {
    const { text } = files.find((file) => file.path === entry)!;
    return [...text.matchAll(/^export (?:type )?\{([^}]*)\} from/gm)]
      .flatMap((match) => match[1]!.split(","))
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .sort();
  };
  const [node, browser] = [names("index.ts"), names("browser.ts")];

  test("both export all of common.ts, and repeat none of it", () => {
    const shared = names("common.ts");
    expect(shared.length).toBeGreaterThan(200);
    for (const entry of ["index.ts", "browser.ts"]) {
      const { text } = files.find((file) => file.path === entry)!;
      expect(text).toContain('export * from "./common.ts";');
      expect(names(entry).filter((name) => shared.includes(name))).toEqual([]);
    }
  });

  test("index.ts has more", () => {
    expect(node.filter((name) => !browser.includes(name))).toEqual([
      "AnswerSpace",
      "AnswerSpansOptions",
      "AskedTask",
      "BeforeAfter",
      "ChatMessage",
      "ChatModel",
      "ChatTemplate",
      "CheckpointFacts",
      "CheckpointLengthLoss",
      "CheckpointLosses",
      "ChosenTokenizer",
      "CompareOnTextOptions",
      "ComparisonProgress",
      "ComparisonRequest",
      "ComparisonRun",
      "Conversation",
      "ConversationOptions",
      "CorpusChoice",
      "DecoderOnlyRun",
      "DistanceMeasure",
      "Draft",
      "DrawRequest",
      "EncoderDecoderRun",
      "EncodingProof",
      "EvaluateCheckpointOptions",
      "EvaluatePairRunOptions",
      "EvaluateRunOptions",
      "ExportFormat",
      "ExportOptions",
      "Exportable",
      "ExportableDecoder",
      "ExportableEncoder",
      "ExportableFacts",
      "ExportablePair",
      "Exported",
      "ExtendFolderOptions",
      "ExtendOptions",
      "Extended",
      "Extension",
      "ExtensionDocument",
      "FileStorageOptions",
      "FineTuneRequest",
      "FineTuneSettings",
      "FolderClaim",
      "FromTrial",
      "Insertion",
      "Json",
      "JudgedPart",
      "LayerProof",
      "LengthLoss",
      "LoadOptions",
      "LoadedCheckpoint",
      "LoadedEncoder",
      "LoadedEncoderDecoder",
      "LongText",
      "MeasuredCell",
      "MeasuredRotation",
      "MetricsBefore",
      "ModelRun",
      "ModelRunKind",
      "NamedModel",
      "OpenRunOptions",
      "OpenedDecoderOnly",
      "OpenedEncoderDecoder",
      "OpenedPairRun",
      "OpenedRun",
      "OpenedSpanRun",
      "PairPartLoss",
      "PairRun",
      "PairRunLosses",
      "PairRunSettings",
      "PairTask",
      "PairYardstick",
      "Pairs",
      "PositionProof",
      "Prediction",
      "ProgressOptions",
      "ProgressStream",
      "ProofOptions",
      "QuantisedType",
      "ReadBack",
      "RecordedCorpus",
      "RecordedEncoding",
      "RecordedPairs",
      "RecordedRun",
      "RecordedSource",
      "ReportFile",
      "RetrievalCell",
      "RetrievalJudge",
      "RetrievalResult",
      "RetrievalTask",
      "RetrievalTaskName",
      "RetrieveOptions",
      "RunDocument",
      "RunEvaluation",
      "RunLosses",
      "SideBySide",
      "SideLoss",
      "SidePageOptions",
      "SidePositions",
      "SideProtocol",
      "SpanRun",
      "SpanText",
      "StoredCheckpoint",
      "StretchLoss",
      "TargetTokens",
      "TextLoss",
      "TextProof",
      "TokenizerProgress",
      "TokenizerSettings",
      "TrainPairRunRequest",
      "TrainRunRequest",
      "TrainRunSettings",
      "TrainTokenizerRequest",
      "TrainableKind",
      "TrainedPairRun",
      "TrainedRun",
      "TrainedTokenizer",
      "TrialJob",
      "ValueKind",
      "WeightType",
      "Wording",
      "WrittenAnswer",
      "abortOnInterrupt",
      "answerSpans",
      "chatTemplate",
      "claimFolder",
      "compareOnText",
      "conversation",
      "defaultFineTuneSettings",
      "defaultPairSettings",
      "defaultTokenizerSettings",
      "defaultTrainSettings",
      "evaluateCheckpoint",
      "evaluatePairRun",
      "evaluateRun",
      "exportModel",
      "extend",
      "extendFolder",
      "fileStorage",
      "fineTuneRun",
      "isCheckpoint",
      "keepRunFile",
      "loadCheckpoint",
      "loadCorpus",
      "loadEncoder",
      "loadEncoderDecoder",
      "loadEncodingFile",
      "loadPairs",
      "openPairRun",
      "openRun",
      "openSpanRun",
      "pairMeasures",
      "quantised",
      "quantisedTypes",
      "readChatTemplate",
      "readCheckpoint",
      "readJsonLines",
      "readLines",
      "readMetrics",
      "readPairs",
      "readParallel",
      "readRunFile",
      "readSpanExamples",
      "readTabbed",
      "readTokenizerFile",
      "reportFiles",
      "retrievalFigure",
      "retrievalPage",
      "retrievalTasks",
      "retrieveAnswers",
      "runComparison",
      "runSchema",
      "runtimeVersion",
      "sidePage",
      "trainPairRun",
      "trainRun",
      "trainTokenizer",
      "trialsOf",
      "withDataChoices",
      "writeAtomically",
    ]);
  });

  test("browser.ts has one name of its own", () => {
    expect(browser.filter((name) => !node.includes(name))).toEqual(["serveRuntimeFrom"]);
  });
});
