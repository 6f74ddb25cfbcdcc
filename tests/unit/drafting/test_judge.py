"""The drafts that read best are chosen, of every kind, and shown to the judge with their answer marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.judge import GOOD, chosen, marked, shown

KENT = Article("Kent\n\nAnn Lee sold the old\nmill in 1820.")


def _draft(number: int, template: Template) -> Draft:
    return Draft(f"What is {number}?", template, KENT)


def test_kinds_take_turns() -> None:
    """The best of each comes first; what too many readers would find bad is left out."""
    made = [
        _draft(0, Template.WHO),
        _draft(1, Template.WHO),
        _draft(2, Template.WHEN),
        _draft(3, Template.WHO),
        _draft(4, Template.WHEN),
        _draft(5, Template.WHY),
    ]
    assert [draft.question for draft in chosen(made, [GOOD, 0.95, 0.9, 0.92, 0.85, GOOD - 0.01])] == [
        "What is 1?",
        "What is 2?",
        "What is 3?",
        "What is 4?",
        "What is 0?",
    ]


def test_a_missing_kind_is_asked_beside_six_others() -> None:
    """The best of it, if it is fair; until there are eight kinds."""
    good = [_draft(number, Template.WHO) for number in range(11)]
    when, why, how = (
        _draft(number, kind) for number, kind in ((20, Template.WHEN), (21, Template.WHY), (22, Template.HOW))
    )
    again = _draft(23, Template.WHY)
    fair = [when, why, again, how]
    assert chosen([*good, *fair], [0.9] * 11 + [0.5, 0.6, 0.55, 0.39]) == [good[0], why, *good[1:]]
    assert chosen([*good, *good, *fair], [0.9] * 22 + [0.4, 0.6, 0.55, 0.39])[:3] == [good[0], why, when]
    assert chosen([*good, *fair], [0.9] * 5 + [0.1] * 6 + [0.5, 0.6, 0.55, 0.39]) == good[:5]
    eight = [_draft(number, kind) for number, kind in enumerate(list(Template)[:8])]
    other = _draft(9, list(Template)[9])
    assert chosen([*eight, *eight, other], [0.9] * 16 + [0.6]) == [*eight, *eight]


@given(st.lists(st.tuples(st.sampled_from(list(Template)), st.floats(0, 1)), max_size=60))
def test_what_is_good_is_chosen_once(given: list[tuple[Template, float]]) -> None:
    """All of it, no draft before a better one of its kind, and as many kinds as there are come first."""
    made = [_draft(number, template) for number, (template, _) in enumerate(given)]
    chances = {draft.question: chance for draft, (_, chance) in zip(made, given, strict=True)}
    found = chosen(made, [chance for _, chance in given])
    good = {one for one, chance in chances.items() if chance >= GOOD}
    others = {draft.question for draft in found} - good
    assert good <= {draft.question for draft in found}
    assert len(found) == len(set(found))
    assert len(others) <= len(good) / 6
    kinds = {draft.template for draft in found}
    assert not others or len(kinds) <= 8
    assert {draft.template for draft in found[: len(kinds)]} == kinds
    for kind in kinds:
        own = [chances[draft.question] for draft in found if draft.template is kind]
        assert own == sorted(own, reverse=True)


def test_the_answer_is_marked() -> None:
    """A line end in the sentence is a space, as everywhere."""
    draft = Draft("What did Ann Lee sell?", Template.WHAT, KENT, (Gold(19, 31, 6, 40),))
    assert KENT.text[19:31] == "the old\nmill"
    assert shown(draft, draft.golds[0]) == ("What did Ann Lee sell?", "Kent: Ann Lee sold [ the old mill ] in 1820.")
    assert marked("Kent", "Ann came.", 0, 9) == "Kent: [ Ann came. ]"
