/**
 * A model as a family of transformers has it: the configuration, the tensors and their names.
 *
 * A pretrained model keeps its configuration; a model that was trained here gets that of the first family that has it.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import { Configuration } from "../families/configuration.ts";
import { extensionOf } from "../families/extension-record.ts";
import type { DecoderFamily } from "../families/family.ts";
import { decoderFamilies, encoderFamilies, pairFamilies } from "../families/index.ts";
import type { CheckpointFacts } from "../families/load-checkpoint.ts";
import { readFamily } from "../families/read-family.ts";
import type { TensorMap } from "../families/tensor-source.ts";
import { fileIn } from "../files/folder-files.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import type { Weights } from "../parameters/weights.ts";
import type {
  DecoderOnlyRun,
  EncoderDecoderRun,
  ModelRun,
  RecordedEncoding,
} from "../runs/run-document.ts";
import { isEncoder, isPair, isPretrained, lengthOf } from "./export-source.ts";
import type {
  Exportable,
  ExportableDecoder,
  ExportableEncoder,
  ExportablePair,
} from "./export-source.ts";
import { matchingFamily } from "./matching-family.ts";
import type { FamilyModel } from "./matching-family.ts";
import { matchingPair } from "./matching-pair.ts";
import { inBothStyles } from "./rope-styles.ts";

/** A model as its family describes it. */
export interface TransformersTarget {
  readonly family: Pick<DecoderFamily, "name" | "prefix" | "architectures" | "copies">;
  readonly values: ConfigurationValues;
  readonly tensors: TensorMap;
  readonly specs: readonly ParameterSpec[];
  /** Default: those of the model. */
  readonly weights?: Weights;
}

/**
 * The model in the words of its family.
 *
 * @throws {InputError} no family has it
 */
export function targetOf(source: Exportable): TransformersTarget {
  if (isEncoder(source)) return encoderTarget(source);
  if (isPair(source))
    return isPretrained(source) ? pretrainedPair(source) : pairTrainedHere(source);
  const { family, values, description, model } = isPretrained(source)
    ? pretrained(source)
    : trainedHere(source);
  const { tensors } = description;
  const both = inBothStyles(family, values, description);
  return { family, values: both, tensors, specs: model.parameters.specs };
}

/** The configuration of the folder, which transformers must understand as it is. */
function pretrained({
  folder,
  model,
  configuration: values,
}: ExportableDecoder & CheckpointFacts): FamilyModel {
  const file = fileIn(folder, "config.json");
  const record = extensionOf(new Configuration(values, file));
  if (record?.readBy === "relpos")
    throw new InputError(
      `export: ${folder} was extended by ${record.method}, which no configuration of transformers can say. ` +
        `The format onnx takes it as it is.`,
    );
  return { ...readFamily(decoderFamilies, values, file), values, model };
}

function encoderTarget(source: ExportableEncoder): TransformersTarget {
  if (!isPretrained(source))
    throw new InputError(
      "export: encoders are written as folders of transformers where they were read from one. The format onnx takes any of them.",
    );
  const { folder, model, head, configuration: values } = source;
  const { family, description } = readFamily(
    encoderFamilies,
    values,
    fileIn(folder, "config.json"),
  );
  const { architectures, ...rest } = family;
  return {
    // The first has the head for masked tokens, the last has none.
    family: { ...rest, architectures: [(head ? architectures[0] : architectures.at(-1))!] },
    ...{ values, tensors: description.tensors, specs: model.parameters.specs },
  };
}

function pretrainedPair({
  folder,
  model,
  configuration: values,
}: ExportablePair & CheckpointFacts): TransformersTarget {
  const file = fileIn(folder, "config.json");
  const { family, description } = readFamily(pairFamilies, values, file);
  return { family, values, tensors: description.tensors, specs: model.parameters.specs };
}

function pairTrainedHere(source: ExportablePair): TransformersTarget {
  const files = Object.values(
    (source.configuration as EncoderDecoderRun | undefined)?.encodings ?? {},
  );
  const own = files.find(({ file }) => file !== undefined)?.file;
  if (own !== undefined)
    throw new InputError(
      `export: no family of transformers has the encoding of ${own.path}. ` +
        `The format onnx takes any encoding whose cache is keys and values.`,
    );
  const { family, values, description, model, weights } = matchingPair(source);
  const { tensors } = description;
  return { family, values, tensors, specs: model.parameters.specs, weights };
}

function trainedHere({ model, configuration }: ExportableDecoder): FamilyModel {
  const run = configuration as ModelRun | DecoderOnlyRun | undefined;
  const { id, file } = encodingIn(run) ?? { id: model.encoding.id };
  if (file !== undefined)
    throw new InputError(
      `export: no family of transformers has the encoding of ${file.path}. ` +
        `The format onnx takes any encoding whose cache is keys and values.`,
    );
  const length = lengthOf({ model, weights: new Map(), ...(configuration && { configuration }) });
  return matchingFamily(model, id, length ?? 2048);
}

function encodingIn(run: ModelRun | DecoderOnlyRun | undefined): RecordedEncoding | undefined {
  if (run === undefined) return undefined;
  return "encodings" in run ? run.encodings.decoder : run.encoding;
}
