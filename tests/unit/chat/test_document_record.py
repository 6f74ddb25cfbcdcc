"""A reader's document comes back from its page as it was, and nothing else passes for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from index.article import Article, is_blank
from index.errors import InputError
from index.landmarks import Landmarks
from rag.chat.document_record import DocumentRecord
from rag.chat.uploads import own_id


@st.composite
def _articles(draw: st.DrawFn) -> Article:
    text = draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda one: not is_blank(one)))
    marks = st.lists(st.integers(0, len(text)))
    pages, headings = sorted(draw(marks)), sorted(set(draw(marks)))
    url = draw(st.none() | st.just("https://plums.example/ä?b=c"))
    digest = draw(st.none() | st.just("0a" * 32))
    return Article(text, url, landmarks=Landmarks(tuple(pages), tuple(headings)), document_sha256=digest)


@given(_articles())
def test_a_document_comes_back_as_it_was(article: Article) -> None:
    """All that is shown of it."""
    data = DocumentRecord.of(article).model_dump_json().encode()
    back = DocumentRecord.read(data, own_id(article))
    # what makes two articles equal leaves most of it out
    for name in ("text", "url", "landmarks", "document_sha256", "title", "digest", "id"):
        assert getattr(back, name) == getattr(article, name)


@given(_articles(), st.data())
def test_what_was_altered_is_refused(article: Article, data: st.DataObject) -> None:
    """Whatever it is: the seal covers all of it, the id the text."""
    record = DocumentRecord.of(article)
    other = DocumentRecord.of(replace(article, text=f"{article.text}."))
    name = data.draw(st.sampled_from(["text", "url", "pages", "headings", "document_sha256"]))
    value = {"text": other.text, "url": "https://a.example", "document_sha256": "f" * 64}.get(name, [1, 1])
    changed = record.model_copy(update={name: value})
    for one in (changed, other):
        with pytest.raises(InputError, match=r"^What came is not the document that was here\. Add it again\.$"):
            DocumentRecord.read(one.model_dump_json().encode(), own_id(article))


def test_a_million_wrong_marks_are_one_fault() -> None:
    """Else a record of 10 MB would take a gigabyte of errors."""
    record = DocumentRecord.of(Article("Ripe plums."))
    wrong = record.model_copy(update={"pages": [-1] * 1_000_000}).model_dump_json().encode()
    with pytest.raises(InputError, match=r"^What came is not the document that was here\.") as refused:
        DocumentRecord.read(wrong, own_id(Article("Ripe plums.")))
    assert isinstance(refused.value.__cause__, ValidationError)
    assert refused.value.__cause__.error_count() == 1
