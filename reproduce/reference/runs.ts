/**
 * Every reference run with its settings, its tests and what was published.
 *
 * @module
 */
import type { ReferenceRun } from "./reference-run.ts";

/** Where the files are, seen from the folder of the project. */
const data = "../shared/data";
const multi30k = `${data}/multi30k-de-en`;
const scitldr = `${data}/scitldr`;

/** The files of bAbI, in the order of its tasks. */
export const babiTasks = [
  ...["qa1_single-supporting-fact", "qa2_two-supporting-facts", "qa3_three-supporting-facts"],
  ...["qa4_two-arg-relations", "qa5_three-arg-relations", "qa6_yes-no-questions", "qa7_counting"],
  ...["qa8_lists-sets", "qa9_simple-negation", "qa10_indefinite-knowledge"],
  ...["qa11_basic-coreference", "qa12_conjunction", "qa13_compound-coreference"],
  ...["qa14_time-reasoning", "qa15_basic-deduction", "qa16_basic-induction"],
  ...["qa17_positional-reasoning", "qa18_size-reasoning", "qa19_path-finding"],
  "qa20_agents-motivations",
] as const;

function babiFile(task: string, part: "train" | "test"): string {
  return `${data}/babi-en/${task}_${part}.txt.gz`;
}

/** All reference runs, in the order of the page. */
export const referenceRuns: readonly ReferenceRun[] = [
  {
    id: "multi30k",
    title: "Multi30k: German to English",
    about: "29,000 captions of pictures to train on, 1,014 to watch the training with.",
    published:
      "A model with 3 layers in each half, width 256, hidden width 512 and 8 heads, after 10 epochs with Adam: 36.5 BLEU by greedy search, " +
      "36.1 in another version of the same notebook, on lower-cased words of its own division. The setting here differs in the vocabulary " +
      "(byte pairs of both languages together), in the optimiser, in label smoothing, and in the search; sacreBLEU counts whole texts with " +
      "upper case, so the values are not on one scale.",
    sources: [
      {
        title: "Trevett, PyTorch Seq2Seq, 6: Attention is All You Need",
        url: "https://github.com/bentrevett/pytorch-seq2seq",
      },
      {
        title: "Elliott et al. 2016, Multi30K: Multilingual English-German Image Descriptions",
        url: "https://arxiv.org/abs/1605.00459",
      },
    ],
    settings: {
      task: "translate",
      data: {
        files: [`${multi30k}/train.de.gz`, `${multi30k}/train.en.gz`],
        validation: [`${multi30k}/val.de.gz`, `${multi30k}/val.en.gz`],
      },
      tokenizer: "bpe:8000",
      ...{ width: 256, heads: 8, hidden: 512, encoderLayers: 3, decoderLayers: 3 },
      ...{ dropout: 0.1, labelSmoothing: 0.1, batch: 128, warmup: 200, steps: 2270 },
      ...{ checkpointEvery: 100, validateEvery: 227, seed: 1 },
    },
    tests: [
      {
        id: "test_2016_flickr",
        files: [`${multi30k}/test_2016_flickr.de.gz`, `${multi30k}/test_2016_flickr.en.gz`],
      },
    ],
    generation: { beams: 5 },
    measures: ["bleu", "chrF"],
    goal: 34,
  },
  {
    id: "babi",
    title: "bAbI: 20 tasks of question answering, trained jointly",
    about:
      "1,000 questions of each of the 20 tasks, in English; one in twenty is held back to watch the training with. 1,000 other questions of " +
      "each task are judged: an answer counts where the whole text is right.",
    published:
      "A plain Transformer that was trained jointly on 1,000 questions of each task has a mean error of 26.8 % and fails 14 of the 20 tasks, " +
      "which is an error above 5 %; a Universal Transformer has 8.5 % and fails 8. Both read each sentence as the sum of its words, and " +
      "the best of ten models by validation error is reported. Here a story is one sequence of words, and there is one model.",
    sources: [
      {
        title: "Dehghani et al. 2019, Universal Transformers, table 1",
        url: "https://arxiv.org/abs/1807.03819",
      },
      {
        title: "Weston et al. 2015, Towards AI-Complete Question Answering",
        url: "https://arxiv.org/abs/1502.05698",
      },
    ],
    settings: {
      task: "answer",
      data: { files: babiTasks.map((task) => babiFile(task, "train")) },
      ...{ tokenizer: "word", sourceLength: 256 },
      ...{ width: 64, heads: 4, encoderLayers: 3, decoderLayers: 1 },
      ...{ batch: 64, warmup: 100, steps: 9000 },
      ...{ checkpointEvery: 50, validateEvery: 200, patience: 20, seed: 1 },
    },
    tests: babiTasks.map((task) => ({
      id: task.replace(/^qa(\d+)_/, "$1 ").replaceAll("-", " "),
      files: [babiFile(task, "test")],
      training: [babiFile(task, "train")],
    })),
    generation: {},
    measures: ["exactText"],
    pass: { least: 0.95, failed: 14, error: 0.268 },
  },
  {
    id: "scitldr",
    title: "SciTLDR: abstracts of papers in one sentence",
    about:
      "1,992 abstracts to train on, 619 to watch the training with; 618 are judged, each against all of its summaries.",
    published:
      "The models of the paper are pretrained ones, fine-tuned on these abstracts; their figures were not read, so none is given. Nothing here is " +
      "pretrained, and 1,992 abstracts are few: the question is whether a small model comes near the first sentence of the abstract.",
    sources: [
      {
        title: "Cachola et al. 2020, TLDR: Extreme Summarization of Scientific Documents",
        url: "https://arxiv.org/abs/2004.15011",
      },
    ],
    settings: {
      task: "summarise",
      data: { files: [`${scitldr}/train.jsonl.gz`], validation: [`${scitldr}/dev.jsonl.gz`] },
      tokenizer: "bpe:4000",
      ...{ width: 128, heads: 4, encoderLayers: 2, decoderLayers: 2 },
      ...{ dropout: 0.1, labelSmoothing: 0.1, batch: 32, warmup: 50, steps: 300 },
      ...{ checkpointEvery: 25, validateEvery: 50, patience: 20, seed: 1 },
    },
    tests: [{ id: "test", files: [`${scitldr}/test.jsonl.gz`] }],
    generation: { beams: 4 },
    measures: ["rouge1", "rouge2", "rougeL"],
    against: "lead",
  },
];
