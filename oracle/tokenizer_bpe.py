"""Byte-pair tokenizers trained and used by Hugging Face's tokenizers, on the text of `tokenizer_text.py`.

Vocabulary, merges, ids and decoded texts are long and need to be equal to the last sign, so the file holds their SHA-256;
a few lines are written out.
"""

import hashlib
import json

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

import golden
from tokenizer_text import LINES, lines

NAME = "tokenizers"
# With its space, a pattern of GPT-2: https://github.com/openai/gpt-2/blob/master/src/encoder.py
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
SPECIAL = ["<pad>", "<s>", "</s>"]
TRAINED = LINES // 2  # the other lines are only encoded


def digest(value) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def byte_level(special):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(GPT2), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer, pre_tokenizers.ByteLevel(False), dict(
        special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )


def metaspace(special):
    tokenizer = Tokenizer(models.BPE(byte_fallback=True))
    cut = pre_tokenizers.Split(Regex("▁[^▁]*"), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), cut])
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    return tokenizer, pre_tokenizers.Metaspace(), dict(special_tokens=special + BYTES)


def trained(kind, vocab, frequency, special):
    """The tokenizer, once it gives the merges that the library's own way of cutting text leads to."""
    make = {"bpe": byte_level, "bpe-metaspace": metaspace}[kind]
    text = lines()[:TRAINED]
    merges = []
    for own in (True, False):
        tokenizer, theirs, options = make(special)
        if not own:
            tokenizer.pre_tokenizer = theirs
        trainer = trainers.BpeTrainer(vocab_size=vocab, min_frequency=frequency, show_progress=False, **options)
        tokenizer.train_from_iterator(text, trainer)
        merges.append(json.loads(tokenizer.to_str())["model"]["merges"])
        if own:
            kept = tokenizer
    if merges[0] != merges[1]:
        raise SystemExit(f"{kind}: the merges depend on how the way of cutting is written.")
    # The names of bytes are no special tokens of a text.
    document = json.loads(kept.to_str())
    document["added_tokens"] = [token for token in document["added_tokens"] if token["content"] in special]
    return document


def case(kind, vocab, frequency, special=()):
    document = trained(kind, vocab, frequency, list(special))
    tokenizer = Tokenizer.from_str(json.dumps(document))
    text = lines()
    ids = [tokenizer.encode(line, add_special_tokens=False).ids for line in text]
    whole = tokenizer.encode("".join(text), add_special_tokens=False).ids
    decoded = [tokenizer.decode(each, skip_special_tokens=False) for each in ids]
    model = document["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    merges = model["merges"]
    frame = document | {"model": {k: v for k, v in model.items() if k not in ("vocab", "merges")}}
    return {
        "name": f"{kind}, {vocab} tokens, frequency {frequency}" + (f", {len(special)} special" if special else ""),
        "options": {"kind": kind, "vocab": vocab, "minFrequency": frequency, "specialTokens": list(special)},
        "inputs": {}, "outputs": {}, "gradients": {},  # no tensors
        "answer": {
            "document": frame,
            "tokens": {"count": len(tokens), "sha256": digest(tokens)},
            "merges": {"count": len(merges), "first": merges[:5], "last": merges[-5:], "sha256": digest(merges)},
            "ids": {"count": sum(map(len, ids)), "sha256": digest(ids)},
            "whole": {"count": len(whole), "sha256": digest(whole)},
            "decoded": {"sha256": digest(decoded)},
            "lines": [{"line": n, "ids": ids[n]} for n in (3, 49, 1999)],
        },
    }


def other(name, model, **parts):
    """A tokenizer of another model, with its document: what reading a file must give."""
    tokenizer = Tokenizer(model)
    for part, value in parts.items():
        setattr(tokenizer, part, value)
    texts = ["the cat sat on a mat", "The  cats\tsat.", "a dog"]
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    decoded = [tokenizer.decode(each) for each in ids]
    outputs = [{"text": t, "ids": i, "decoded": d} for t, i, d in zip(texts, ids, decoded)]
    return {"name": name, "document": json.loads(tokenizer.to_str()), "outputs": outputs}


def make() -> dict:
    pieces = "[UNK] the cat ##s sat on a mat . dog".split()
    scores = {"<unk>": 0, "▁": -4, "▁the": -2, "▁cat": -3, "s": -2, "▁sat": -3, "▁on": -3, "▁a": -2, "▁mat": -3}
    return {
        "source": golden.source(
            NAME, "huggingface/tokenizers", "bindings/python", packages=("tokenizers",), dtype="int32", seed=20,
            notes=[
                f"Trained on the first {TRAINED} of {LINES} lines of tokenizer_text.py, one line a sequence, all are encoded.",
                "SHA-256 of JSON without spaces: tokens in the order of their ids, merges, ids line by line, decoded lines.",
            ],
        ),
        "text": {"lines": LINES, "trained": TRAINED, "sha256": digest("".join(lines()))},
        "cases": [
            case("bpe", 1200, 2),
            case("bpe", 100_000, 1, SPECIAL),
            case("bpe-metaspace", 1200, 2, SPECIAL),
            case("bpe-metaspace", 100_000, 1),
        ],
        "others": [
            other("WordPiece", models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token="[UNK]"),
                  normalizer=normalizers.BertNormalizer(), pre_tokenizer=pre_tokenizers.BertPreTokenizer(),
                  decoder=decoders.WordPiece(cleanup=False)),
            other("Unigram", models.Unigram(list(scores.items()), unk_id=0),
                  pre_tokenizer=pre_tokenizers.Metaspace(), decoder=decoders.Metaspace()),
        ],
    }  # fmt: skip
