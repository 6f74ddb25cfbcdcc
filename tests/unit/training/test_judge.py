"""The judge of drafts learns from verdicts, which are read as it reads drafts."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from rag.drafting.judge import MOST
from rag.training.judge import alike, batch_of, fit, judged, measure, read_verdicts, renew_head

from .test_training import make_net, make_tokenizer


def test_verdicts_are_read() -> None:
    """Thousands, of which most are good; no article is both learnt from and held back."""
    verdicts = read_verdicts()
    assert len(verdicts) == 18519
    assert sum(one.held for one in verdicts) == 1612
    assert np.mean([one.good for one in verdicts]) == pytest.approx(0.664, abs=0.005)
    titles = [{one.told.partition(": ")[0] for one in verdicts if one.held == held} for held in (False, True)]
    assert not titles[0] & titles[1]
    assert all("[ " in one.told and " ]" in one.told for one in verdicts)


def test_each_pair_is_drawn_once() -> None:
    """In batches of about the same length."""
    tokenizer = make_tokenizer("a")
    read = tokenizer.encode_batch([("a " * (1 + place % 9), "a") for place in range(100)])
    drawn = list(alike(read, Random(1)))  # noqa: S311 - an order, no secret
    assert sorted(place for places in drawn for place in places) == list(range(100))
    assert max(map(len, drawn)) == 16
    assert len({len(read[place]) for place in drawn[0]}) <= 3


def test_long_pairs_are_cut_and_short_ones_filled() -> None:
    """What is filled up is not seen."""
    tokenizer = make_tokenizer("a")
    ids, mask, types = batch_of(tokenizer.encode_batch([("a", "a"), ("a " * 500, "a")]))
    assert ids.shape == mask.shape == types.shape == (2, MOST)
    assert mask.sum(1).tolist() == [2, MOST]


def test_kept_states_give_the_same(tmp_path: Path) -> None:
    """Below the layers that learn, states are computed once; above them, all is as if read at once."""
    tokenizer = make_tokenizer("who what mill it of kent")
    read = tokenizer.encode_batch([("who mill", "kent mill of kent"), ("what", "kent"), ("it", "of it of it of it")])
    net = make_net(tmp_path, rank=2, depth=1)
    with torch.no_grad():
        for name, tensor in net.tuned.items():
            if name.endswith(".B"):
                tensor.normal_(0, 0.3)
    batch = batch_of(read)
    kept = net.below(*batch)
    assert [tuple(one.shape) for one in kept] == [(len(one), 16) for one in read]
    torch.testing.assert_close(net.logits_above(kept), net.logits(*batch))
    with torch.no_grad():
        net.tuned["encoder.layer.0.output.dense.B"].normal_()
        net.forget_merged()
        assert not torch.allclose(net.below(*batch)[0], kept[0])
        torch.testing.assert_close(net.logits_above(net.below(*batch)), net.logits(*batch))


@pytest.mark.parametrize("depth", [0, 1])
def test_a_net_learns_what_is_good(tmp_path: Path, depth: int) -> None:
    """Of two kinds of questions one is good; what was learnt parts them."""
    tokenizer = make_tokenizer("who what mill it of kent")
    read = tokenizer.encode_batch([("who mill", "kent mill"), ("what it", "kent of")] * 40)
    good = [1.0, 0.0] * 40
    net = make_net(tmp_path, rank=2, depth=depth)
    renew_head(net, 3)
    assert net.tuned["qa.bias"].tolist() == [0.0, 0.0]
    before = {name: tensor.detach().clone() for name, tensor in net.tuned.items()}
    fit(net, read, good, 4, 1e-2, 3)
    assert not torch.equal(before["qa.weight"], net.tuned["qa.weight"])
    logits = judged(net, read)
    assert logits.shape == (80,)
    assert measure(logits, good)["auroc"] == 1.0


def test_what_is_chosen_is_measured() -> None:
    """Logits above 0 are chosen: three of five, of which two are good."""
    found = measure(np.array([3.0, 2.0, 1.0, -1.0, -2.0]), [1.0, 1.0, 0.0, 1.0, 0.0])
    assert found == {
        "auroc": 0.833,
        "good of the best 100 %": 60.0,
        "good of the best 80 %": 75.0,
        "good of the best 60 %": 66.7,
        "good of the best 40 %": 100.0,
        "chosen %": 60.0,
        "good of the chosen": 66.7,
    }
