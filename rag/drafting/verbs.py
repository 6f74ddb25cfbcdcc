"""Verbs that a sentence can be taken apart at: their forms, made of the plain ones by the rules of English."""

from __future__ import annotations

import re

_REGULAR = """
    abide adore afford aggravate alleviate amplify appease appreciate apprehend articulate ascend ascertain astonish
    astound avenge avert awaken backfire beautify capitalize classify compensate complicate concede confine conform
    confuse conspire contemplate counteract crave culminate curtail debunk deceive deflect denounce deplore despise
    devastate disclose discourage dissuade distract embarrass embolden empathize emulate endanger endeavor endeavour
    enlighten enrage entice entrust erase erode escalate evade evict evoke exert exhaust expedite extinguish
    fabricate fascinate finalize flock frighten frustrate fulfill glorify grapple grieve heed humiliate idolize impede
    implore incite indulge inquire instill intimidate intrigue invoke jeopardize lament legislate liberate magnify
    maximize mitigate mobilize negate nurture oblige obstruct outweigh overwhelm penalize perpetuate plead ponder
    pretend prioritize profess pronounce quell reaffirm reciprocate reconcile reconsider rectify redeem refrain refresh
    refute reignite reiterate rejoice relish relocate renounce repent replicate retaliate retrieve reunify revere
    sabotage salute shatter soothe starve steer subside sympathize terminate terrorize topple traumatize validate
    vilify wander wane wield
    abandon abbreviate abolish absorb accelerate accept access accommodate accompany accomplish account accumulate
    accuse achieve acknowledge acquire act activate adapt add address adjust administer admire adopt advance advise
    advocate affect agree aid aim alarm alienate align allege allocate allot allow alter amass amaze amend amount
    analyse analyze annotate announce annoy answer anticipate apologise apologize appeal appear applaud apply
    appoint approach approve argue arrange arrest arrive ask aspire assassinate assemble assert assess assign
    assimilate assist assume assure attach attack attain attempt attend attract attribute authenticate authorise
    authorize avoid await award back bake balance baptize base bear beckon befriend behave believe belong benefit
    besiege bestow betray bill bless block boast boil bolster bomb bombard boost borrow bother bow breathe breed
    brew broadcast broaden burn bury calculate calibrate call campaign cancel cap captivate capture carry carve
    categorise categorize cater cause cease celebrate certify challenge change characterize charge chase check
    cherish christen circulate cite claim clarify clean climb close cluster coexist coincide collaborate collapse
    collect collide colonize combine command commemorate commence commend comment commission communicate compare
    compel compete compile complain complete comply compose compound compress comprise compute conceive concentrate
    concern conclude condemn condone conduct confer confess confide confirm confront congest congratulate connect
    conquer consider consist consolidate constitute constrain construct consult consume contact contain contend
    continue contrast contribute convene convert convey convict convince cook cooperate coordinate copy correct
    correlate correspond count couple court cover crack craft crash create credit criminalize criticise criticize
    cross cry cultivate curate cure curve damage date debate debut decay decentralize decide decimate declare
    decline decompose decorate decrease dedicate deem deepen default defeat defend define defy degenerate degrade
    delay deliver demand demolish demonstrate deny depart depend depict deploy deposit deprive derive descend
    describe deserve design desire destabilize destroy detach detail detect deteriorate determine develop devise
    devote diagnose dictate die differ dilute diminish dip direct disable disagree disappear disarm disband discard
    discover discriminate discuss dislike dismiss dispatch display dispose disrupt dissolve distinguish distort
    distribute distrust disturb divert divide document dominate donate double download draft dream dress drop dry
    dwarf earn edit educate elaborate elapse elect electrify eliminate embark embed embody embrace emerge emigrate
    emit emphasise emphasize employ empower enable enact enclose encompass encounter encourage end endorse endure
    enforce engage engrave engulf enhance enjoy enlarge enlist enrich enroll ensure entail enter entertain envision
    equip erect err erupt escape escort establish estimate evacuate evaluate evaporate evolve exacerbate exaggerate
    examine excavate exceed exchange exclaim exclude excuse execute exemplify exhibit exist expand expel experience
    experiment expire explain explode exploit explore expose express extend face facilitate fade fail fake fasten
    favor favour fear feature fetch file fill film filter finance finish fit fix flare flood flourish flow focus
    fold follow force form formalize foster found frame free frequent fry fuel fund furnish gain galvanize garner
    gather generalize generate govern grab graduate grant graze greet group grow guarantee guard guess guide hack
    halt hamper hand handle happen harden harm harness harvest hasten hatch hate haul haunt head heal heighten help
    hesitate highlight hinder hinge hire honor honour hope host house hurry hypothesize identify ignite ignore
    illuminate illustrate imagine imitate immerse immigrate immortalize impact impair implement imply import impose
    impress imprison improve inaugurate include incorporate increase indicate induce induct infect infiltrate
    inflate influence inform inhabit inherit initiate inject injure insert insist inspire install institute insulate
    insure integrate intend intensify interact intercept interfere interpret interrogate interrupt intervene
    interview introduce invade invent invest investigate invite involve irrigate isolate issue jail join judge jump
    justify kick kidnap kill knit knock label lack land landscape last laugh launch lay lean learn lecture lessen
    level levy lie limit linger link list listen live load lobby locate lock look loosen loot love lower maintain
    manage mandate manipulate manufacture map march marginalize mark market marry master matter measure mediate melt
    memorize mention merge migrate milk mimic minimise minimize miss mix modify monitor motivate mount mourn move
    multiply murder mutate name narrate need neglect negotiate nest nominate note notice notify nourish nullify
    number obey object obliterate observe obtain occupy occur offend offer omit open operate oppose oppress optimize
    orbit orchestrate ordain order organise organize originate outline outlive outnumber overlap overlook oversee
    owe own pack package paint parallel park participate pass patent pay penetrate perceive perfect perform perish
    persecute persevere persist persuade phone pick pinpoint pioneer pitch place plague plan plant play please
    pledge plot plummet point polarize pollute pop popularize portray pose posit position possess post postpone pour
    practice practise praise pray preach precede predict premiere prepare prescribe present preserve preside press
    prevail prevent print proceed process proclaim produce profit prohibit project prolong promise promote prompt
    propagate propel propose prosecute prosper protect protest prove provide provoke publicize publish pull punish
    purchase pursue push qualify quantify quash question quote radiate rain raise rally range rank rate ravage reach
    react read realise realize rearrange reason reassure rebuild recall receive recite reckon reclaim recognise
    recognize recommend reconvene record recover recruit redefine redesign rediscover redistribute reduce refine
    reflect reform refuse regard register regulate rehearse reinforce reject rejoin relate relax release relegate
    rely remain remap remark remember remind remove rename render renew renovate rent reopen repair repeat replace
    replenish report represent repress reproduce request require rescind rescue research resemble resent reserve
    reside resign resist resolve respect respond rest restore restrict result resume retain retire retreat return
    reunite reuse reveal reverse revert review revise revive revolutionize reward ridicule risk rival roam rob roll
    rotate route ruin rule rush sacrifice sail sanction satisfy save scan scare scatter score scream sculpt seal
    search secrete secure seek seem segment seize select sentence separate serve settle sew shape share sharpen
    shift ship shock shoot shout show shrink shun sign signal signify simplify simulate sleep slip slow smell smile
    smoke smuggle soak soar soften solve sound span spare spawn specialise specialize specify speculate spell
    sponsor spot spread spur spy squeeze stab stabilize stage stain star stare start state stay step stigmatize
    stimulate stir stitch store stray streamline strengthen stress stretch stroke structure struggle study stun
    subdivide submerge subscribe subsidize substitute succeed sue suffer suggest summarise summarize summon
    supersede supervise supply support suppress surge surpass surprise surrender surround survey survive suspect
    suspend sustain swallow sweat swell switch swoop synthesize tackle talk tame target taste tax teach televise
    tempt tend term test testify thank thread threaten thrill thrive thwart tie tighten tolerate top total touch
    tour trace track trade train transcend transfer transform translate transmit transport transpose trap travel
    treat trigger triple trouble trust try turn tweet uncover undergo undermine understand unfold unify unite
    unleash unlock unveil update upgrade urge use usher utilize vaccinate value vanish vary venture verify vibrate
    view violate visit voice volunteer vote vow wait walk want warn warrant wash waste watch weaken wear weigh
    welcome whisper widen win wipe wish witness wonder work worry worsen worship wreck yield
"""
_DOUBLED = (
    "admit allot ban beg grab cap commit compel confer control dip drop embed equip expel fit hug knit map occur omit "
    "permit plan plot pop prefer refer rip rob scan ship shun slam slip span spot spur stab star step stir stop "
    "stun submit swap tap top transfer transmit trap trim "
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
    won/won/win wore/worn/wear wrote/written/write said/said/say
    ground/ground/grind bent/bent/bend bound/bound/bind bit/bitten/bite
    blew/blown/blow broke/broken/break clung/clung/cling dug/dug/dig forbade/forbidden/forbid
    foresaw/foreseen/foresee forgave/forgiven/forgive hung/hung/hang hid/hidden/hide mistook/mistaken/mistake
    rode/ridden/ride rang/rung/ring shook/shaken/shake sank/sunk/sink slid/slid/slide spun/spun/spin
    sprang/sprung/spring swore/sworn/swear swept/swept/sweep swung/swung/swing tore/torn/tear
    undertook/undertaken/undertake drank/drunk/drink meant/meant/mean struck/struck/strike
    upheld/upheld/uphold shone/shone/shine strove/striven/strive woke/woken/wake
    misled/misled/mislead misunderstood/misunderstood/misunderstand repaid/repaid/repay stuck/stuck/stick
    overrode/overridden/override rewrote/rewritten/rewrite rethought/rethought/rethink stung/stung/sting
    bred/bred/breed sat/sat/sit wove/woven/weave wept/wept/weep
"""
_ALIKE = "broadcast burst cost cut hit hurt put read set shut split spread"
"""The past is the plain form."""


def _past(plain: str) -> str:
    if plain in _DOUBLED.split():
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
    "burnt": "burn",
    "learnt": "learn",
    "lit": "light",
    # British spelling: 'travelled'
    **{f"{plain}led": plain for plain in _PLAIN if re.search(r"(?<![aeiou])[aeiou]l$", plain)},
}
"""From a past form to the plain one; without 'had', which may belong to another verb."""
PLAIN_OF_THIRD = {_third(plain): plain for plain in _PLAIN} | {"has": "have"}
"""From the form after 'she' to the plain one."""
OF_ONE = {"am": "is", "are": "is", "were": "was", "have": "has", **{plain: _third(plain) for plain in _PLAIN}}
"""From the form of many to that of one."""
PLAIN = frozenset(_PLAIN | {"have"})
PLAIN_ONLY = PLAIN - PLAIN_OF_PAST.keys()
"""Plain forms that are no past forms as well, as 'put' is."""
PAST_OF_PARTICIPLE = {
    **{past: past for past in PLAIN_OF_PAST},
    **{participle: past for past, participle, _ in _FORMS},
}
"""From a participle to the past: 'written' to 'wrote'."""
TELLING = frozenset(
    re.findall(
        r"\w+",
        "acknowledge add admit agree allege announce argue assert assume believe claim comment conclude confirm decide "
        "declare demand demonstrate deny discover doubt emphasise emphasize establish estimate explain fear feel "
        "find hear "
        "hope hypothesize indicate insist know learn maintain mean note observe point predict promise propose prove "
        "realise "
        "realize recall recognise recognize recommend report reveal rule say show state stress suggest suspect think "
        "understand warn write",
    )
)
"""Plain forms of verbs whose object may be a clause, with 'that' or without."""
DEEDS = frozenset(
    re.findall(
        r"\w+",
        "abandon accept accuse acquire address admire adopt advise advocate agree aim announce answer apologise "
        "apologize apply appoint approve argue arrange arrest ask assassinate assert attack attempt attend avoid "
        "award ban believe bomb borrow build buy call campaign celebrate choose claim climb collaborate "
        "collect comment commission compete complain compose condemn conduct confess conquer consider "
        "contact cook criticise criticize debate decide declare defeat defend demand demolish deny design "
        "discover discuss dispatch distrust donate draft drink eat elect emigrate employ escape execute "
        "explain fear fight fire flee found fund gather graduate hear hide hire hope host imprison "
        "inform inherit insist invade invent investigate invite join judge kidnap kill know learn listen "
        "love march marry meet migrate murder negotiate nominate occupy oppose order organise organize own "
        "participate pay persuade plan praise pray prepare promise promote protest publish purchase pursue "
        "quit read recommend refuse reject remember rent report request rescue resent resign retire review "
        "ride rob rule sail say score search seek seize send settle shoot sign sing speak spend stage steal "
        "study sue summon surrender swim teach tell thank think threaten throw train translate trust try "
        "tweet unveil urge visit volunteer vote walk want warn watch wear welcome witness worship write",
    )
)
"""Plain forms of verbs for what somebody does, as things mostly do not: asked for with 'who'."""
TWO_DEEDS = re.compile(rf" (?:and|or) (?:{'|'.join(sorted(PLAIN))})\b")
"""What is done besides: 'was sold and burnt'."""
AUX = frozenset(re.findall(r"\w+", "am was were is are can could will would may might must should shall"))
"""Verbs that go before the subject in a question."""


def is_participle(word: str) -> bool:
    """Tell whether a word may be a participle: 'written', 'been'."""
    return word in ("been", "proven") or word in PAST_OF_PARTICIPLE or word.endswith("ed")


def is_verb(word: str) -> bool:
    """Tell whether a word may be the verb of a sentence."""
    return word in AUX or word in PLAIN or word in PLAIN_OF_PAST or word in PLAIN_OF_THIRD
