/**
 * What a reproduction declares: experiments, which are comparisons with all their settings, and rows, which say
 * what a paper found and which claims about our numbers that makes.
 *
 * @module
 */
import type { ComparisonSettings } from "../src/comparison/settings.ts";
import { bitsPerByte } from "../src/measures/bits-per-byte.ts";
import { exactMatch } from "../src/measures/exact-match.ts";
import { exactText } from "../src/measures/text/ranked-texts.ts";
import type { RankingMeasure } from "../src/measures/measure.ts";
import type { ExperimentRecord } from "./record.ts";
import { tokenAccuracy } from "../src/measures/token-accuracy.ts";

/** One comparison. Encodings that this version does not have are left out, with a message. */
export interface Experiment {
  readonly id: string;
  /** One sentence for readers. */
  readonly title: string;
  readonly settings: ComparisonSettings;
  /** How it is run where it is no comparison of encodings; `encodings` then name what is compared. Default: a comparison. */
  readonly study?: (given: StudyRequest) => Promise<ExperimentRecord | undefined>;
}

/** What an experiment that is no comparison is given. */
export interface StudyRequest {
  readonly settings: ComparisonSettings;
  /** Where models keep their checkpoints. */
  readonly folder: string;
  /** Models at once. Default: one for each core. */
  readonly processes?: number | undefined;
  /** Stops after the current steps; the next run goes on from there. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Where a number is taken from. */
export interface Place {
  /** Id of an experiment. */
  readonly experiment: string;
  readonly length: number;
  /** Protocol of a text, condition of a task. Default: the first. */
  readonly protocol?: string;
}

/** What models are judged by, as rows name it. */
export type MeasureName = "bits per byte" | "exact match" | "accuracy by token" | "exact answers";

const measuresByName: Readonly<Record<MeasureName, RankingMeasure>> = {
  "bits per byte": bitsPerByte,
  "exact match": exactMatch,
  "accuracy by token": tokenAccuracy,
  "exact answers": exactText,
};

/** The measure that rows call by that name. */
export function measureNamed(name: MeasureName): RankingMeasure {
  return measuresByName[name];
}

/** Something that a paper found, said of our numbers; `better` and `worse` are encodings. */
export type Claim =
  /** One encoding is better than another at a place, or on average over several. */
  | {
      readonly kind: "order";
      readonly better: string;
      readonly worse: string;
      readonly at: readonly Place[];
      readonly measure: MeasureName;
    }
  /** An encoding's value worsens by no more than this between two places: a share of a loss, or points. */
  | {
      readonly kind: "holds";
      readonly encoding: string;
      readonly from: Place;
      readonly to: Place;
      readonly measure: MeasureName;
      /** 0.02 for two percent, or two points. */
      readonly within: number;
    }
  /** One encoding has a higher mean reciprocal rank than another over several places. */
  | {
      readonly kind: "rank";
      readonly better: string;
      readonly worse: string;
      /** The encodings that are ranked. */
      readonly among: readonly string[];
      readonly at: readonly Place[];
      readonly measure: MeasureName;
    };

/** One finding of the literature. */
export interface Row {
  /** For `--only`. */
  readonly id: string;
  readonly title: string;
  readonly papers: readonly { readonly title: string; readonly url: string }[];
  /** What was published, in words, with where the number is from. */
  readonly published: string;
  /** How ours differs in size and setting. */
  readonly ours: string;
  /** Ids of the experiments it needs. */
  readonly experiments: readonly string[];
  /** What has to hold before the claims mean anything: trained encodings solve what training showed. */
  readonly learned?: {
    readonly at: readonly Place[];
    readonly measure: MeasureName;
    readonly least: number;
    /** Default: all encodings of the experiments. */
    readonly of?: readonly string[];
  };
  /** The claims that decide whether the published order was reproduced; their intervals hold together. */
  readonly claims: readonly Claim[];
  /** Further claims, judged in the same way, that do not decide. */
  readonly further?: readonly Claim[];
  /** What is drawn: an experiment, and a protocol where it is not the first. */
  readonly figures: readonly {
    readonly experiment: string;
    readonly measure: MeasureName;
    readonly protocol?: string;
    readonly title: string;
  }[];
  /** What a longer run would add. */
  readonly longer: string;
}
