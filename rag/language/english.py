"""Lists of English words that several rules share."""

from __future__ import annotations

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
"""Words for offices and callings, as alternatives of a regular expression."""
_ASKING_OR_POINTING = """
    who whom whose what which when where why how do doe did ha have had can could will would should may might he
    she him her hi they them their it this that these those there then so and but or also about was were is are
    be been mani much all ani some one exact did you tell me i we us our your my other els more too among
"""
POINTING_WORDS = frozenset(_ASKING_OR_POINTING.split())
"""Stems of words that ask or point, and say nothing themselves."""
