"""What is made of the numbers of several loads."""

from __future__ import annotations

from tests.vitals import Vitals, medians, missed


def test_medians_are_held_against_the_goals() -> None:
    """Each number by itself; what is just met is met."""
    loads = [
        Vitals(paint=0.1, ready=1.5, shift=0.02, answering=0.0, kilobytes=300.0, requests=70),
        Vitals(paint=0.6, ready=1.4, shift=0.02, answering=0.3, kilobytes=310.0, requests=71),
        Vitals(paint=0.7, ready=9.0, shift=0.00, answering=0.1, kilobytes=330.0, requests=71),
    ]
    middle = medians(loads)
    assert middle == Vitals(paint=0.6, ready=1.5, shift=0.02, answering=0.1, kilobytes=310.0, requests=71)
    assert missed(middle) == ["paint", "answering"]
