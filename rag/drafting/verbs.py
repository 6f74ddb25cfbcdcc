"""Verbs that a sentence can be taken apart at: their forms, made of the plain ones by the rules of English."""

from __future__ import annotations

import re

_REGULAR = """
    abandon abolish absorb accept accompany accuse achieve acquire add address adopt affect allow announce
    appear appoint approve argue arrange arrest arrive assume attack attempt attend attract award base belong
    borrow call capture carry cause celebrate change charge claim clean climb close collapse collect combine
    compare compete complete compose conclude condemn conduct confirm connect conquer consider consist contain
    continue contribute convert cover create cross cultivate damage decide declare decline decorate decrease
    defeat defend define deliver demand demolish demonstrate deny depend deploy describe design destroy develop
    die direct discover discuss display dissolve divide dominate donate earn elect emerge employ enable
    encourage end endorse enjoy enter escape establish estimate evolve examine exceed exchange execute expand
    explain explore expose express extend face fail feature fill finance finish flourish focus follow force form
    found fund gain gather generate graduate grant guarantee guide handle happen help hire host identify ignore
    illustrate imagine impose improve include increase indicate influence inform inherit injure insist inspire
    install intend introduce invade invent investigate invite involve issue join kill land last launch learn lie
    link list live locate look love maintain manage mark marry measure mention merge migrate move murder name
    narrate need nominate note notice observe obtain occupy occur offer open operate oppose order organize
    organise originate outline own paint participate pass perform persuade phone place play point praise predict
    present preserve prevent process produce promise promote propose protect prove provide publish purchase
    pursue question raise range rank reach realize receive recognize recognise recommend record recover reduce
    reflect refuse reject relate release remain remove rename rent repair replace report represent request
    rescue require resemble resign resist resolve respond restore result retain retire return reveal reward rule
    save score seem seize select separate serve settle share show sign signal slow solve specialize spread stage
    star start state stay strengthen stress stretch study succeed suffer suggest supply support surround survive
    suspect suspend sustain teach tend test threaten touch trace trade train transfer transform translate travel
    treat trigger try turn uncover undergo understand unite unveil urge use value visit vote vow walk want warn
    wear welcome win witness work worry advance advise advocate aim amount analyse analyze anticipate apply
    assemble assert assess assign assist balance bear benefit boast bomb bother breed broadcast burn campaign
    cease challenge circulate cite coincide colonize commence comment commission communicate complain comprise
    conceive concentrate concern confront construct consult consume contrast cooperate correspond count
    criticise criticize date debate dedicate defy depart depict derive deserve detail detect determine differ
    diminish disappear dismiss distinguish distribute double dry educate eliminate embrace emphasise emphasize
    engage enhance ensure equip erupt evacuate excavate exclude exhibit exist experience fear fit flood flow
    foster furnish grow harm head hesitate highlight honor honour hope house implement imply import incorporate
    integrate intensify interact interpret interrupt interview jump justify lack lay lecture level limit lower
    market matter mediate motivate neglect negotiate number outnumber overlook oversee owe pay penetrate persist
    portray possess postpone pour practice practise prepare prescribe press print prohibit prompt prosecute pull
    punish push rate react read rebuild recall reform regard register regulate rely remember renovate repeat
    reproduce reserve reside respect rest restrict resume retreat reunite rival roam ruin search seek shape
    shift ship shoot shrink sleep smoke sound span specialise sponsor stabilize stimulate store structure
    struggle substitute summarize supervise suppress switch target tax thrive tie total track transport trap
    undermine unify update utilize vary view violate voice wait wash waste weigh widen wish wreck yield
"""
_DOUBLED = (
    "admit ban commit control drop equip fit occur permit plan prefer refer ship span star stop submit "
    "transfer trap travel"
)
_IRREGULAR = """
    arose/arisen/arise beat/beaten/beat became/become/become began/begun/begin brought/brought/bring
    built/built/build bought/bought/buy caught/caught/catch chose/chosen/choose came/come/come dealt/dealt/deal
    drew/drawn/draw drove/driven/drive ate/eaten/eat fell/fallen/fall fed/fed/feed felt/felt/feel
    fought/fought/fight found/found/find fled/fled/flee flew/flown/fly forgot/forgotten/forget
    froze/frozen/freeze gave/given/give went/gone/go got/got/get grew/grown/grow heard/heard/hear held/held/hold
    kept/kept/keep knew/known/know led/led/lead left/left/leave lent/lent/lend lost/lost/lose made/made/make
    met/met/meet overcame/overcome/overcome overthrew/overthrown/overthrow paid/paid/pay ran/run/run
    rose/risen/rise saw/seen/see sold/sold/sell sent/sent/send showed/shown/show sang/sung/sing shot/shot/shoot
    shrank/shrunk/shrink sought/sought/seek slept/slept/sleep laid/laid/lay oversaw/overseen/oversee
    rebuilt/rebuilt/rebuild bore/borne/bear spoke/spoken/speak spent/spent/spend stood/stood/stand
    stole/stolen/steal swam/swum/swim took/taken/take taught/taught/teach told/told/tell thought/thought/think
    threw/thrown/throw underwent/undergone/undergo understood/understood/understand withdrew/withdrawn/withdraw
    won/won/win wore/worn/wear wrote/written/write
"""
_ALIKE = "broadcast cost cut hit hurt put read set shut spread"
"""The past is the plain form."""


def _past(plain: str) -> str:
    if plain in _DOUBLED.split() and plain != "travel":
        return f"{plain}{plain[-1]}ed"
    if plain.endswith("e"):
        return f"{plain}d"
    return re.sub(r"(?<![aeiou])y$", "i", plain) + "ed"


def _third(plain: str) -> str:
    if re.search(r"(?:s|x|ch|sh|o)$", plain):
        return f"{plain}es"
    return re.sub(r"(?<![aeiou])y$", "ie", plain) + "s"


_FORMS = [tuple(forms.split("/")) for forms in _IRREGULAR.split()]
_PLAIN = {plain for *_, plain in _FORMS} | set(_REGULAR.split()) | set(_DOUBLED.split()) | set(_ALIKE.split())
_IRREGULARLY = {plain for *_, plain in _FORMS} | set(_ALIKE.split())
PLAIN_OF_PAST = {
    **{_past(plain): plain for plain in _PLAIN - _IRREGULARLY},
    **{past: plain for past, _, plain in _FORMS},
    **{plain: plain for plain in _ALIKE.split()},
    "travelled": "travel",
}
"""From a past form to the plain one; without 'had', which may belong to another verb, and 'said', which has questions
of its own."""
PLAIN_OF_THIRD = {_third(plain): plain for plain in _PLAIN} | {"has": "have"}
"""From the form after 'she' to the plain one."""
PLAIN = frozenset(_PLAIN | {"have"})
PAST_OF_PARTICIPLE = {
    **{past: past for past in PLAIN_OF_PAST},
    **{participle: past for past, participle, _ in _FORMS},
}
"""From a participle to the past: 'written' to 'wrote'."""
