"""BAM's generalised Gaussian prior, own float64 derivation of ArthurSBianchessi/BAM, models/bam.py and bam_ssmax.py.

    bias[h, i, j] = −e^α_h · (|j − i − (e^μ_h − e^−μ_h)| + 1e-5)^β_h
    SSMax           scores = (scale · q·k + bias) · s_h · ln(number of keys up to the query)

The authors hold μ at 0 unless asked. Scores are not written: keys that a negative β hides may stand at any low number.
"""

import torch

import golden
from position_bias import DIGITS, HEADS, attention_case, distances, groups, positions

NAME = "bam"


def column(parameter):
    return parameter[:, None, None]


def prior(learned, lengths):
    b = -distances(lengths)
    if "theta-mu" in learned:
        mu = column(learned["theta-mu"])
        b = b - (mu.exp() - (-mu).exp())
    return -((b.abs() + 1e-5) ** column(learned["theta-beta"])) * column(learned["theta-alpha"]).exp()


def growth(learned, lengths):
    return column(learned["scale"]) * (positions(lengths)[0] + 1).log()[:, None]


def make() -> dict:
    draw = golden.Draw(31)
    shared = groups(draw)

    def case(group, name, options, causal):
        made = whole_case(group, name, options, causal)
        del made["outputs"]["scores"]
        return made

    def whole_case(group, name, options, causal):
        parameters = {"theta-alpha": draw.normal(HEADS, std=0.7), "theta-beta": draw.normal(HEADS, std=0.5)}
        if options.get("offset"):
            parameters["theta-mu"] = draw.normal(HEADS, std=0.8)
        if options.get("scalable"):
            parameters["scale"] = draw.normal(HEADS, mean=1, std=0.3)
            # (scale · q·k + bias) · growth, in the terms of attention_case: factor and bias carry the growth each.
            return attention_case(shared, group, name, options, parameters,
                                  lambda p, n: prior(p, n) * growth(p, n), causal, factor=growth)  # fmt: skip
        return attention_case(shared, group, name, options, parameters, prior, causal)

    return {
        "source": golden.source(NAME, "own derivation of ArthurSBianchessi/BAM",
                                "oracle/bam.py, after models/bam.py and models/bam_ssmax.py", seed=31, digits=DIGITS),
        "shared": shared,
        "cases": [case("square", "plain", {}, False), case("long", "plain", {}, True),
                  case("long", "offset", {"offset": True}, True), case("square", "offset", {"offset": True}, False),
                  case("long", "SSMax", {"scalable": True}, True),
                  case("square", "SSMax, offset", {"scalable": True, "offset": True}, True)],
    }  # fmt: skip
