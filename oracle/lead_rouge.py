"""ROUGE of the first sentence of each abstract of SciTLDR, by rouge-score: what a summary that needs no model reaches.

    python oracle/lead_rouge.py ../shared/data/scitldr/test.jsonl.gz

prints the mean F of ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum, each against the best of the references. The numbers are in
`test/data/pairs/real-files.test.ts`. It makes no golden file, because the data are not in the repository.
"""

import gzip
import json
import sys

from rouge_score.rouge_scorer import RougeScorer

KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]


def main(file: str) -> None:
    scorer = RougeScorer(KINDS)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    scores = [scorer.score_multi(row["target"], row["source"][0].strip()) for row in rows]
    for kind in KINDS:
        print(kind, sum(score[kind].fmeasure for score in scores) / len(scores))


if __name__ == "__main__":
    main(sys.argv[1])
