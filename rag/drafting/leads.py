"""What stands before the subject of a sentence: a time, a place, a case, and the words that a talk begins with."""

from __future__ import annotations

import re

from index.sentences import Sentence

_LEAD = re.compile(
    r"(?:(?:But|And|Yet|So) )?(?:(?:Therefore|Thus|Hence|Then|Yesterday|Today|Now|Later|Soon|Eventually|Finally"
    r"|Originally|Initially|Currently|Recently|Nowadays|Often|Sometimes|Usually|Typically|Generally|Normally"
    r"|Perhaps|Indeed) (?=[A-ZÀ-Þ]|the |an? |both |s?he |it |they |we )"
    r"|There (?=s?he |they |we )|(?:In|On|At|For|During|By|With|From"
    r"|Through) [^,;:()“”\"]{2,40}(?:, \d{4})? (?=(?:s?he|it|they|we|I|our|my) )|(?:In|On|By|As of) (?:the )?(?:early "
    r"|late |mid-)?(?:[A-Z][a-z]+ )?(?:1\d|20)\d\ds? (?=[A-ZÀ-Þ]|the |an? |s?he )|(?:In|On|At|After|Before|During"
    r"|Despite|Following|Since|By|Until|From|Under|Within|With|Through|Throughout|As of|As an?|Among|Over|Across"
    r"|Unlike|Besides|According to|As a result(?: of)?|Because(?: of)?|Due to|Although|While|Though|Even though|Today"
    r"|Now|Then|Next|Also|However|Moreover|Furthermore|Additionally|Similarly|Likewise|Indeed|Consequently"
    r"|Nevertheless|Meanwhile|Finally|First|Second|Third|Thus|Therefore|Hence|Overall|Of course|Originally|Initially"
    r"|Eventually|Later|Earlier|Recently|Currently|Historically|Traditionally|Often|Sometimes|As [A-Z]\w+|As such"
    r"|Usually|Typically|Generally|For (?:example|instance)|Instead|Elsewhere|Perhaps|Sure enough|Ever since|Owing to"
    r"|Without|Around|Near|Behind|Beyond|Inside|Outside|Against|Along|Alongside|Apart from|Aside from|Beside|Above"
    r"|Below|Given|Based on|Together with|Between|Out of|For|To|With|Like|When|Whenever|If|Once|As soon as"
    r"|(?!Italy|Sicily|Emily|Sally|Molly|Billy|Kelly|Holly|Lily|Beverly|Kimberly)[A-Z]\w+ly(?=,| [a-z])"
    r"|[A-Z]\w+ed(?= [a-z]|, (?:s?he\b|they\b|it\b|[A-ZÀ-Þ]))"
    r"|(?!King|Irving|Beijing|Nanjing|Sterling|Fleming)[A-Z]\w+ing(?= [a-z]|,| [^,]{1,60}, (?!an?\b|who\b|which\b))"
    r"|(?:Born|Built|Made|Known|Written|Held|Found|Won|Led|Taken|Drawn)(?= [a-z])"
    r"|(?:That|The) (?:same |next |following )?(?:year|month|week|day|spring|summer|autumn|winter|season)"
    r"(?=,| (?:before|after|of|that|when|in)\b)"
    r"|(?:A|One|Two|Three|Several|Some) (?:day|week|month|year)s? (?:before|after|later"
    r"|earlier))\b[^,;:“”\"()]{0,110}(?:,? \d{4})?, )?"
)
_MARKER = re.compile(
    r"(?:(?:Okay|OK|Yeah|Yep|Yes|Oh|So|And|But|Now),? |(?:Well|No|Sure|Actually|Basically|Frankly|Honestly|Look|Right"
    r"|Again|Of course|In fact|You know|I mean|Obviously|Absolutely|By the way|That said|First of all|First"
    r"|In any case|Right now|In my (?:own )?(?:opinion|view)|Unfortunately|Ladies and gentlemen|(?:Mr\.?|Madam) \w+"
    r"|My (?:friends|fellow \w+)|Again and again|Believe me|However|Therefore|Then|As (?:I|we|you|many"
    r"|some) [^,;:()“”\"]{3,50}), |(?:Remember|Note|I mean|You(?: will|[’']ll) note|I can tell you|It is (?:clear"
    r"|true|obvious|important to note)|I (?:must|want to|would like to) (?:emphasi[sz]e|stress|note|say|add)"
    r"|The (?:fact|truth|good news|bad news|point|reality) is) that )+(?=\w)",
    re.IGNORECASE,
)
"""Words that somebody who speaks begins with, and that state nothing."""
_MORE = re.compile(
    r"(?!(?:if|when|whenever|once|without|unless|as|like)\b)(?:in|on|at|after|before|during|despite|since|until|from"
    r"|under|with|through|throughout|following|against|near|around|as of|as an?"
    r"|among|over|across|according to|because of|due to|for|to|like|by"
    r"|[a-z]+ly|based on|for example|of course|in fact|today|now|again)\b[^,;:“”\"()]{0,80}, (?=(?:I|[Ww]e|the|an?|my"
    r"|our|s?he|they|it|[A-ZÀ-Þ]\w+)\b)"
)
"""A second lead behind the first one."""
_BARE_LEAD = re.compile(
    r"(?:(?:together|then|now|also|today|later|soon|still|sometimes|often|always|once|personally|probably|maybe"
    r"|perhaps|thus|there|here|again|instead|\w+ (?:years?|months?|weeks?|days?|decades?) ago|(?!only|hardly|rarely"
    r"|barely)[a-z]{2,}ly) )+(?=(?:I|[Ww]e|s?he|they|it|you)\b)",
    re.IGNORECASE,
)
"""A lead without a comma, before a pronoun: 'ultimately I'."""


def led(text: str, sentence: Sentence) -> tuple[int, str]:
    """Find where the subject of a sentence begins, and what leads to it, without 'Well,' and the like."""
    marker = _MARKER.match(text, sentence.start, sentence.end)
    # 'But' alone stays: what leads a statement is found with it
    begins = marker.end() if marker and marker.group() not in ("But ", "And ", "So ") else sentence.start
    start = begins
    for pattern in (_LEAD, _MORE, _BARE_LEAD):
        found = pattern.match(text, start, sentence.end)
        if found and (pattern is not _MORE or text.startswith(", ", found.start() - 2)):
            start = found.end()
    return start, text[begins:start]
