"""The pure parts of the training program: windows, targets, twins, noise, groups and the loss."""

# ruff: noqa: S311 - seeded draws, no secrets

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

pytest.importorskip("tokenizers")
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace

from rag.training.adapter import load_adapter, save_adapter
from rag.training.average import average
from rag.training.batches import RowMaker, epoch, round_up
from rag.training.card import card
from rag.training.fitting import Fitter, Settings
from rag.training.groups import WEIGHTS, GroupTable, draw_groups
from rag.training.lexical import bm25_table, lexical_scores
from rag.training.loss import Targets, distillation_loss, group_loss, margins, row_loss
from rag.training.measurement import best_spans
from rag.training.network import MPNET, SpanNet, relative_buckets
from rag.training.noise import misspell, noisy
from rag.training.records import Corpus, Example, Paragraph, Span, sentence_bounds
from rag.training.templates import affirmations, descriptions, missing_facts, quotations
from rag.training.tokens import tokenise
from rag.training.twins import entities, opposed, swapped
from rag.training.windows import Cut, cut_windows

TEXT = (
    "Once Alice Moreau founded the Harbour Museum in 1911. Later Boris Lindqvist opened a second hall in Malmo. "
    "The museum now holds 4,200 paintings, maps and coins."
)
OTHER = "The railway reached Malmo in 1856. Steam trains ran until 1950."


def make_tokenizer(*texts: str) -> Tokenizer:
    """Make a word-level tokenizer over the words of `texts`; ids 0 to 2 are MPNet's special tokens."""
    splitter = Whitespace()
    found = [w for text in texts for w, _ in splitter.pre_tokenize_str(text.lower())]
    words = list(dict.fromkeys(["<s>", "<pad>", "</s>", "[UNK]", *found]))
    tokenizer = Tokenizer(WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))  # noqa: S106 - a token of text
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = splitter
    return tokenizer


def make_corpus() -> Corpus:
    """Two paragraphs of one article with an answerable and an unanswerable question."""
    at = TEXT.index("a second hall")
    short, long = Span(at, at + len("a second hall"), 2), Span(at, at + len("a second hall in Malmo"), 1)
    examples = (
        Example("What did Boris Lindqvist open?", 0, (short, long), "wiki", (1,), ("boris lindqvist open",)),
        Example("What did Boris Lindqvist close?", 0, (), "twin", (1,)),
    )
    paragraphs = tuple(Paragraph(t, sentence_bounds(t), "museum") for t in (TEXT, OTHER))
    return Corpus(paragraphs, examples)


def draw(views: int = 40, seed: int = 3) -> tuple[GroupTable, Tokenizer]:
    """Draw groups of the small corpus."""
    tokenizer = make_tokenizer(TEXT, OTHER, "What did Boris Lindqvist open? close")
    return draw_groups(make_corpus(), tokenizer, tokenizer.get_vocab_size(), views, seed), tokenizer


def test_sentences_keep_offsets_and_titles_whole() -> None:
    """Sentence bounds are offsets into the unchanged text and 'Dr.' ends no sentence."""
    found = [TEXT[a:b] for a, b in sentence_bounds(TEXT)]
    assert found == [
        "Once Alice Moreau founded the Harbour Museum in 1911.",
        "Later Boris Lindqvist opened a second hall in Malmo.",
        "The museum now holds 4,200 paintings, maps and coins.",
    ]


@pytest.mark.parametrize("seed", range(20))
def test_windows_partition_the_sentences(seed: int) -> None:
    """Windows cover every sentence once, in order, and keep to the limits of the cut."""
    lengths = [30, 60, 20, 90, 10, 15, 40]
    windows = cut_windows(lengths, Cut(100, 3), Random(seed))
    assert [i for a, b in windows for i in range(a, b)] == list(range(7))
    assert all(b - a <= 3 and (b - a == 1 or sum(lengths[a:b]) <= 100) for a, b in windows)


def test_a_long_sentence_is_a_window_by_itself() -> None:
    """A sentence above the token limit is kept whole."""
    assert cut_windows([250, 10], Cut(100, 4), Random(0))[0] == (0, 1)


def test_targets_land_on_the_words() -> None:
    """Every drawn target span decodes to one of the annotated answers."""
    table, tokenizer = draw()
    told = set()
    for start, spans in zip(table.start, table.spans, strict=True):
        for row, first, last, votes in spans.tolist():
            if votes:
                ids = table.passage_ids[start[row] + first : start[row] + last + 1]
                told.add((" ".join(str(tokenizer.id_to_token(int(i))) for i in ids), votes))
    assert told == {("a second hall", 2), ("a second hall in malmo", 1)}


def test_unanswerable_groups_have_no_target() -> None:
    """A twin's groups hold passages but no span."""
    table, _ = draw()
    twins = table.kind == table.kinds.index("twin")
    assert twins.any()
    assert not table.spans[twins].any()


def test_groups_are_deterministic() -> None:
    """The same seed draws the same arrays, another seed draws others."""
    first, second, other = draw(seed=3)[0], draw(seed=3)[0], draw(seed=4)[0]
    assert np.array_equal(first.start, second.start)
    assert np.array_equal(first.spans, second.spans)
    assert not np.array_equal(first.start, other.start)


def test_groups_survive_the_file(tmp_path: Path) -> None:
    """A table read back equals the one that was written."""
    table, _ = draw(views=2)
    table.save(tmp_path / "groups.npz")
    read = GroupTable.load(tmp_path / "groups.npz")
    assert read.kinds == table.kinds
    assert np.array_equal(read.spans, table.spans)


def test_twins_lose_the_original_name() -> None:
    """A swapped question no longer holds the old name, and the new one does not stand beside the answer."""
    paragraph, (short, _) = make_corpus().paragraphs[0], make_corpus().examples[0].spans
    made = {swapped("What did Boris Lindqvist open?", paragraph, (short,), ["Anna Berg"], Random(s)) for s in range(30)}
    assert made == {"What did Anna Berg open?", "What did Alice Moreau open?", "What did Harbour Museum open?"}


def test_a_name_beside_the_answer_is_never_swapped_in() -> None:
    """'Malmo' stands in the answering sentence, so no twin may ask about it."""
    paragraph, (short, _) = make_corpus().paragraphs[0], make_corpus().examples[0].spans
    made = [swapped("What did Boris Lindqvist open?", paragraph, (short,), ["Malmo"], Random(s)) for s in range(30)]
    assert not any("Malmo" in (twin or "") for twin in made)


def test_opposites_are_refused_where_the_text_uses_them() -> None:
    """'opened' turns to 'closed' only where the paragraph does not speak of closing."""
    paragraph = make_corpus().paragraphs[0]
    assert opposed("Who opened a hall?", paragraph, Random(0)) == "Who closed a hall?"
    closed = Paragraph("It closed in 1950.", ((0, 18),), "museum")
    assert opposed("Who opened a hall?", closed, Random(0)) is None


def test_entities_leave_sentence_openers_out() -> None:
    """Names and numbers are found, a conjunction with a capital is not."""
    assert entities("He met Boris Lindqvist in 1911, But left.") == ["Boris Lindqvist", "1911"]


def test_noise_keeps_numbers_and_asks_something() -> None:
    """Noise never changes a number and never empties a question."""
    for seed in range(30):
        question = noisy("How many paintings did the museum buy in 1911?", Random(seed))
        assert "1911" in question, seed
        assert len(question.split()) >= 3, (seed, question)


def test_noise_is_deterministic() -> None:
    """The same seed gives the same wording."""
    assert noisy("Who opened the hall?", Random(5)) == noisy("Who opened the hall?", Random(5))
    assert misspell("the", Random(0)) == "the"


def test_quotations_are_answered_whole() -> None:
    """The answer to 'what did X say' is all of the quoted words, without marks and closing comma."""
    text = "“We reviewed the map, and then the roads,” Alice Moreau said on Monday."
    (asked,) = quotations(text, Random(0))
    (span,) = asked.spans
    assert text[span.start : span.end] == "We reviewed the map, and then the roads"


def test_descriptions_offer_title_and_name() -> None:
    """'Who is X' is answered by the office beside the name, or with the name."""
    text = "It was Deputy Foreign Minister Sergey Ryabkov who spoke."
    spans = descriptions(text, Random(0))[0].spans
    assert [text[s.start : s.end] for s in spans] == [
        "Deputy Foreign Minister",
        "Deputy Foreign Minister Sergey Ryabkov",
    ]


def test_missing_facts_are_missing() -> None:
    """A question for a fact is made only where no clue to it stands in the text, and has no answer."""
    made = {a.question for s in range(60) for a in missing_facts("In Rome Boris Lindqvist died, aged 81.", Random(s))}
    assert "How old is Boris Lindqvist?" not in made
    assert "How did Boris Lindqvist die?" not in made
    assert "Who is Boris Lindqvist married to?" in made


def test_bm25_finds_the_passage() -> None:
    """The passage with the rare word of the question scores highest."""
    tokenizer = make_tokenizer(TEXT, OTHER)
    table = tokenise(tokenizer, [TEXT, OTHER, "the in"])
    passages = [table.ids[a:b] for a, b in zip(table.bounds, table.bounds[1:], strict=False)]
    asked = tokenise(tokenizer, ["the steam trains"]).ids
    assert lexical_scores([asked], bm25_table(passages, tokenizer.get_vocab_size()))[0].argmax() == 1


def test_rows_are_laid_out_as_the_reader_reads_them() -> None:
    """A row is begin, question, two separators, passage, end; only passage and position 0 can be answers."""
    maker = RowMaker(
        np.array([10, 11, 12, 13], np.int32),
        np.array([7, 8], np.int32),
        np.array([0, 2], np.int32),
        MPNET,
        0,
        torch.device("cpu"),
    )
    rows = maker.rows(torch.tensor([0]), torch.tensor([1]), torch.tensor([2]), 9)
    assert rows.ids[0, :8].tolist() == [0, 7, 8, 2, 2, 11, 12, 2]
    assert rows.mask[0].tolist() == [True] * 8 + [False]
    assert rows.answer[0].nonzero().flatten().tolist() == [0, 5, 6]


def test_an_epoch_sees_every_group_once() -> None:
    """Batches hold each chosen group once, with all its rows."""
    table, _ = draw()
    chosen = np.arange(len(table.size), dtype=np.int32)
    batches = list(epoch(table, chosen, 400, 4, 0))
    assert sorted(np.concatenate([b.groups for b in batches]).tolist()) == chosen.tolist()
    assert sum(len(b.group) for b in batches) == int(table.size.sum())
    assert round_up(33) == 64


def make_targets(weight: float) -> Targets:
    """One group of two rows whose answer, if any, is position 2 of the second row."""
    one = torch.tensor([[1]])
    return Targets(
        one,
        one * 2,
        one * 2,
        torch.tensor([[weight]]),
        torch.tensor([False]),
        torch.tensor([0, 0]),
        torch.tensor([[0, 1]]),
    )


def test_the_group_shares_one_softmax() -> None:
    """With equal logits the answer is one of 1 null and 2 x 2 positions: loss log 5, alone log 3."""
    z = margins(torch.zeros(2, 3, 2), torch.ones(2, 3, dtype=torch.bool))
    assert group_loss(z, make_targets(1.0)).item() == pytest.approx(np.log(5), abs=1e-4)
    assert group_loss(z, make_targets(0.0)).item() == pytest.approx(np.log(5), abs=1e-4)
    assert row_loss(z, make_targets(1.0)).item() == pytest.approx(np.log(3), abs=1e-4)


def test_another_passage_takes_mass_from_the_answer() -> None:
    """Raising a wrong passage's span raises the group's loss and lowers nothing else."""
    logits = torch.zeros(2, 3, 2)
    logits[0, 1] = 4.0
    answer = torch.ones(2, 3, dtype=torch.bool)
    assert group_loss(margins(logits, answer), make_targets(1.0)).item() > 3.5


def test_a_student_that_equals_its_teacher_is_left_alone() -> None:
    """The distillation loss has no gradient where student and teacher agree, and one where they do not."""
    answer = torch.ones(2, 3, dtype=torch.bool)
    logits = torch.tensor([[[0.0, 0.0], [1.0, 2.0], [0.5, -1.0]]] * 2, requires_grad=True)
    z, members = margins(logits, answer), torch.tensor([[0, 1]])
    (same,) = torch.autograd.grad(distillation_loss(z, z.detach(), members, 2.0).sum(), logits, retain_graph=True)
    (other,) = torch.autograd.grad(distillation_loss(z, -z.detach().clamp(-5), members, 2.0).sum(), logits)
    assert same.abs().max().item() < 1e-5
    assert other.abs().max().item() > 0.1


def test_best_spans_never_run_backwards() -> None:
    """The best span has its start before its end even where the best end comes first."""
    logits = torch.zeros(1, 5, 2)
    logits[0, 3, 0], logits[0, 1, 1], logits[0, 4, 1] = 5.0, 6.0, 2.0
    value, first, last = best_spans(logits, torch.ones(1, 5, dtype=torch.bool))
    assert (value.item(), first.item(), last.item()) == (7.0, 3, 4)


def test_relative_buckets_tell_direction() -> None:
    """Zero distance is bucket 0, one back is 1, one ahead is 17, far ahead is 31."""
    buckets = relative_buckets(200)
    assert [int(buckets[0, 0]), int(buckets[1, 0]), int(buckets[0, 1]), int(buckets[0, 199])] == [0, 1, 17, 31]


def make_net(folder: Path, rank: int, seed: int = 0, depth: int = 0) -> SpanNet:
    """Make a reader on a random MPNet trunk of two layers and 16 hidden units."""
    config = {
        "model_type": "mpnet",
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "hidden_size": 16,
        "layer_norm_eps": 1e-5,
    }
    shapes = {
        "embeddings.word_embeddings.weight": (80, 16),
        "embeddings.position_embeddings.weight": (514, 16),
        "encoder.relative_attention_bias.weight": (32, 2),
        "embeddings.LayerNorm.weight": (16,),
        "embeddings.LayerNorm.bias": (16,),
    }
    for i in range(2):
        for name in MPNET.linears:
            out, inner = (32, 16) if name == "intermediate.dense" else (16, 32) if name == "output.dense" else (16, 16)
            shapes[f"encoder.layer.{i}.{name}.weight"] = (out, inner)
            shapes[f"encoder.layer.{i}.{name}.bias"] = (out,)
        for name in (MPNET.attention_norm, "output.LayerNorm"):
            shapes |= {f"encoder.layer.{i}.{name}.{end}": (16,) for end in ("weight", "bias")}
    generator = torch.Generator().manual_seed(7)
    save_file({k: torch.randn(s, generator=generator) * 0.3 for k, s in shapes.items()}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config))
    return SpanNet(folder, rank, seed, torch.device("cpu"), depth)


def fit(net: SpanNet, steps: int) -> float:
    """Train on the small corpus; return the last mean loss."""
    table, _ = draw()
    chosen = np.arange(len(table.size), dtype=np.int32)
    return Fitter(net, table, 0, Settings(steps=steps, rate=5e-3, tokens=600, seed=1)).fit(chosen).loss


def test_adapters_survive_the_file_at_a_higher_rank(tmp_path: Path) -> None:
    """A trained adapter, loaded into a reader of higher rank, gives the same logits up to fp16."""
    net = make_net(tmp_path, rank=2)
    fit(net, 5)
    save_adapter(net, tmp_path / "adapter.safetensors")
    other = make_net(tmp_path, rank=5, seed=9)
    load_adapter(other, tmp_path / "adapter.safetensors")
    ids, mask = torch.arange(12).view(1, 12), torch.ones(1, 12, dtype=torch.bool)
    expected = net.logits(ids, mask, torch.zeros_like(ids))
    assert torch.allclose(other.logits(ids, mask, torch.zeros_like(ids)), expected, atol=2e-2)
    assert "mpnet.encoder.layer.0.attention.attn.q.lora_A.weight" in load_file(tmp_path / "adapter.safetensors")


def test_training_is_deterministic(tmp_path: Path) -> None:
    """The same seed ends at the same tensors."""
    first, second = make_net(tmp_path, rank=2), make_net(tmp_path, rank=2)
    assert fit(first, 4) == fit(second, 4)
    assert all(torch.equal(first.tuned[k], second.tuned[k]) for k in first.tuned)


def test_only_the_top_layers_learn(tmp_path: Path) -> None:
    """With depth 1 of 2 the lower layer's adapter keeps its values and the upper one's does not."""
    net = make_net(tmp_path, rank=2, depth=1)
    before = {k: v.detach().clone() for k, v in net.tuned.items()}
    fit(net, 3)
    changed = {k.split(".")[2] for k in before if k.endswith(".B") and not torch.equal(before[k], net.tuned[k])}
    assert changed == {"1"}


def test_the_gradient_is_the_slope(tmp_path: Path) -> None:
    """The gradient of the low-rank changes tells how much the logits change along a direction."""
    net = make_net(tmp_path, rank=2)
    fit(net, 3)
    ids, mask = torch.arange(24).view(2, 12), torch.arange(12)[None] < torch.tensor([[12], [9]])
    weight = torch.randn(2, 12, 2, generator=torch.Generator().manual_seed(3)) * mask[:, :, None]

    def total() -> torch.Tensor:
        return (net.logits(ids, mask, torch.zeros_like(ids)) * weight).sum()

    total().backward()  # type: ignore[no-untyped-call]
    slopes = [(v, v.grad) for k, v in net.tuned.items() if k.endswith((".A", ".B")) and v.grad is not None]
    expected = sum(float((slope * slope).sum()) for _, slope in slopes)
    step, values = 1e-3 / expected**0.5, []
    for sign in (1, -2):
        with torch.no_grad():
            for v, slope in slopes:
                v += sign * step * slope
            values.append(float(total()))
    assert (values[0] - values[1]) / (2 * step) == pytest.approx(expected, rel=0.01)


def test_the_card_names_data_licences_and_settings() -> None:
    """Every kind of group with its source and licence, and what was measured."""
    record = {
        "rank": 32, "sha256": "ab" * 32, "start": "start.safetensors", "depth": 6, "steps": 7, "rate": 2e-4, "seed": 1,
        "groups": {"squad2": 10, "twin": 5},
        "outcome": {"steps": 7, "groups": 9, "rows": 40, "seconds": 12.0, "loss": 0.9},
        "after": {"sq2/windows": {"f1": 83.1, "exact": 70.0, "evidence": 90.0, "auroc": 0.814}},
    }  # fmt: skip
    written = card(record)
    assert "| 10 squad2 | SQuAD 2.0 development set, the training part | CC BY-SA 4.0 |" in written
    assert "| seed | 1 |" in written
    assert "| sq2/windows | after | 83.1 | 70.0 | 90.0 | 0.814 |" in written
    assert "ab" * 32 in written
    every = card({**record, "groups": dict.fromkeys(WEIGHTS, 3)})
    assert [kind for kind in WEIGHTS if f"| 3 {kind} | " not in every] == []


def test_the_mean_of_adapters_is_the_mean_of_their_products() -> None:
    """Rank one and rank one make rank two, kept whole; the head's mean counts the second three times."""
    generator = torch.Generator().manual_seed(0)

    def adapter(head: float) -> dict[str, torch.Tensor]:
        low, high = (torch.randn(*shape, generator=generator) for shape in ((1, 6), (5, 1)))
        return {"m.lora_A.weight": low, "m.lora_B.weight": high, "qa_outputs.bias": torch.tensor([head])}

    one, two = adapter(1.0), adapter(5.0)
    mean = average([one, two], [1, 3], rank=2)
    product = mean["m.lora_B.weight"].float() @ mean["m.lora_A.weight"].float()
    wanted = [a["m.lora_B.weight"] @ a["m.lora_A.weight"] for a in (one, two)]
    assert torch.allclose(product, wanted[0] / 4 + 3 * wanted[1] / 4, atol=5e-3)
    assert mean["qa_outputs.bias"].item() == 4.0
    assert average([one, two], [1, 3], rank=1)["m.lora_A.weight"].shape == (1, 6)
    assert average([one, one], [1, 1], rank=9)["m.lora_A.weight"] is one["m.lora_A.weight"]


def test_statements_become_questions() -> None:
    """What has a subject and a verb at its head is asked; the answer is the sentence without its full stop."""
    sentences = [
        "The old mill was built by Ann Lee in 1820, but it burnt down.",
        "Ann Lee won the cup in Kent.",
        "It was rebuilt in 1830.",
        "Kent has been flooded twice since.",
        "The pump of the mill, made of iron, was lost.",
    ]
    text = " ".join(sentences)
    starts = [text.index(sentence) for sentence in sentences]
    bounds = [(start, start + len(sentence)) for start, sentence in zip(starts, sentences, strict=True)]
    asked = affirmations(text, bounds)
    assert [made.question for made in asked] == [
        "Was the old mill built by Ann Lee in 1820?",
        "Did Ann Lee win the cup in Kent?",
        "Has Kent been flooded twice since?",
    ]
    assert [text[made.spans[0].start : made.spans[0].end] for made in asked] == [
        sentences[number].rstrip(".") for number in (0, 1, 3)
    ]
