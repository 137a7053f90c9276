"""BERT's relative positions with both terms, q_i·T_distance and k_j·T_distance: see bert_relative_key.py."""

from bert_relative_key import document

LEGACY = True

NAME = "bert-relative-key-query"


def make() -> dict:
    return document(NAME, "relative_key_query", 26)
