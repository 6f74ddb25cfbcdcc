"""Lists of English words that several rules share; strings with '|' are alternatives of a regular expression."""

from __future__ import annotations

import re

QUESTION_WORD = "who|whom|whose|what|when|where|why|which|how"
AUXILIARY = "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might"
"""Verbs that a question which asks for yes or no begins with."""
OPENER = (
    "a|an|the|and|but|or|so|in|on|at|as|if|when|while|after|before|since|although|though|however|meanwhile|also|now"
    "|then|later|earlier|for|from|by|with|to|like|under|during|of|today|yesterday|tomorrow"
)
"""Words that begin a sentence and belong to no name."""
TITLE = "mr|mrs|ms|dr|sir|lord|lady"
"""What a person's name is written after."""
OFFICE = (
    "activist|actor|actress|admiral|adviser|advisor|ambassador|analyst|archbishop|architect|artist|attorney|"
    "author|biologist|bishop|captain|cardinal|chair|chairman|chairwoman|champion|chancellor|chemist|chief|coach|"
    "colonel|commander|commissioner|composer|congressman|congresswoman|critic|defender|delegate|deputy|designer|"
    "diplomat|director|dissident|doctor|duke|economist|editor|emperor|empress|engineer|entrepreneur|envoy|"
    "executive|expert|explorer|founder|general|goalkeeper|governor|head|historian|inspector|inventor|journalist|"
    "judge|justice|king|lawmaker|lawyer|leader|lieutenant|manager|mathematician|mayor|member|midfielder|minister|"
    "negotiator|nurse|officer|official|owner|painter|philosopher|photographer|physicist|player|poet|politician|"
    "pope|premier|president|prince|princess|producer|professor|queen|reporter|representative|researcher|scholar|"
    "scientist|secretary|senator|sergeant|sheriff|singer|skipper|speaker|spokesman|spokespeople|spokesperson|"
    "spokeswoman|striker|student|teacher|writer"
)
"""Words for offices and callings."""
PAST = dict(
    re.findall(
        r"(\w+)/(\w+)",
        "became/become began/begin built/build came/come fell/fall found/find gave/give got/get had/have held/hold "
        "kept/keep led/lead left/leave lost/lose made/make met/meet ran/run rose/rise said/say sent/send sold/sell "
        "spent/spend took/take went/go won/win wrote/write",
    )
)
"""Irregular verbs: the past and the plain form."""
NO_SUBJECT = frozenset(
    re.findall(
        r"\w+",
        "It He She They We I You This That These Those There Here In On At By For From With As If When While After "
        "Before Although However Since During Under Within Among Some Many Most All Both Other Another One Its His Her "
        "Their Our Such So What Who Which",
    )
)
"""Words that begin a sentence and whose meaning is lost in a question that stands alone."""
_ASKING_OR_POINTING = """
    who whom whose what which when where whi how do doe did has have had can could will would should may might he
    she him her his they them their it this that these those there then so and but or also about was were is are
    be been mani much all ani some one exact did you tell me i we us our your my other else more too among
"""
POINTING_WORDS = frozenset(_ASKING_OR_POINTING.split())
"""Stems of words that ask or point, and say nothing themselves."""
