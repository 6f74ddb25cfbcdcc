"""What stands beside the body of an article: corrections, bylines, credits of pictures, dates of publication.

It is the article's own and may be asked for ("Who took the picture?"), unlike what `Sentence.boilerplate` marks. But it
stands for no article, and where the body answers about as surely, the body is right: a correction repeats what was
wrong.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rag.reading.reading import Finding, Reading

_AS_SURE = 0.5
"""The body goes first if it is so many times as probable."""
_THIS = r"(?:this|the)\s(?:article|story|report|post|piece|page|headline|caption|column)"
_WORK = r"(?:photo(?:graph)?|image|picture|illustration|video|caption|map)s?"
_ASIDE = re.compile(
    rf"""(?i:correction|clarification|erratum|editor['’]?s\snote)\b[^.:]{{0,60}}[:—–-].*
      | .*\b(?i:earlier|previous|original|prior)\sversions?\sof\s{_THIS}\b.*
      | (?i:{_THIS})\s(?:has\sbeen|was)\s(?:corrected|updated|amended|revised)\b.*
      | (?:By|BY)(?:\s[A-Z][\w.’'-]*,?(?:\s(?:and|&))?){{2,8}}(?:\s(?i:staff|special|senior|for)\b.{{0,60}})?\.?
      | (?i:(?:additional\s)?(?:reporting|editing|writing|translation|photography|text|{_WORK})\sby)\s.{{1,160}}
      | (?i:file\s{_WORK})\b.{{0,160}}
      | .{{0,160}}?\(?(?i:\b(?:{_WORK}(?:\s(?:credit|courtesy|source))?|credits?)\s?:)\s?.{{1,120}}
      | .{{1,160}}\((?i:photo|image|picture|credit)\b[^)]{{1,100}}\)\.?
      | (?i:(?:last\s)?(?:published|updated|posted|modified)(?:\s(?:on|at))?:?)\s.{{0,20}}\d.{{0,40}}
    """,
    re.VERBOSE | re.DOTALL,
)


def is_aside(sentence: str) -> bool:
    """Tell whether a sentence stands beside the body.

    >>> [is_aside(text) for text in ("Image: Ada Byron.", "Correction: the bridge is 40 m long.", "By boat she left.")]
    [True, True, False]

    :param sentence: A whole sentence of an article, as `index.sentences` cuts it.
    """
    return _ASIDE.fullmatch(sentence) is not None


def body_first(reading: Reading) -> Reading:
    """Let what was found in the body go before what was found beside it, where it is about as probable.

    :param reading: What was found, the most probable first.
    :return: The same findings; another may be the first.
    """
    if not reading.findings or not _beside(reading, reading.findings[0]):
        return reading
    least = _AS_SURE * reading.findings[0].confidence
    body = next((one for one in reading.findings if one.confidence >= least and not _beside(reading, one)), None)
    if body is None:
        return reading
    return replace(reading, findings=(body, *(one for one in reading.findings if one is not body)))


def _beside(reading: Reading, finding: Finding) -> bool:
    article = reading.passages[finding.passage].article
    return is_aside(article.text[finding.sentence.start : finding.sentence.end])
