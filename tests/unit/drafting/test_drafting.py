"""Questions drafted by rule: their gold is exact, they read well, and their twins have no answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from index.article import Article
from index.build import build_index
from index.errors import InputError
from index.sentences import split
from rag.answering.assistant import Assistant
from rag.drafting import command, judge
from rag.drafting.checking import check
from rag.drafting.clauses import statements
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.drafting import asked, pairs
from rag.drafting.source import Source
from rag.drafting.templates import drafts, every_draft
from rag.drafting.twins import twin
from rag.question_sets.jsonl import question_line
from rag.question_sets.reading import read_question_set
from tests.conftest import HOSTILE, WordEncoder, last_words, shows

NEWS = Article(
    "Mills of Kent\n\n"
    "Prime Minister Ada Byron opened the old mill in 1820. Byron said it would “feed all of Kent”. "
    "Mayor Cy Dee met the National Data Bureau (NDB) there. In 1835, Ada Byron sold the mill with 12 other houses. "
    "Twelve people were hurt in the great fire. They recall the 1841 flood of Kent, which the XYZ report left out. "
    "The National Data Bureau is a small body of the crown. Eve Fay, a painter, met Cy Dee. Then Fay left. "
    "Later Fay died."
)
PIECES = (
    "President Ann Lee",
    "Ann Lee",
    "Lee said",
    "In 1952,",
    "the General Data Act (GDA)",
    "“one two three”",
    "built 12 mills",
    "on Tuesday",
    "with 19 other countries",
    "a 1962 standoff known as the Crisis",
    "is a small town",
    "who",
    "and",
    ".",
    ". ",
    "\n\n",
    ",",
    "claimed that",
    "told Cy Dee",
    "was founded in 1820",
    "The old mill was built by ",
    "in Kent",
    "has been split since 1820.",
    "until the flood.",
    "twice a week",
    "when the old mill was sold",
    "After Ann Lee died,",
    "which they sold.",
    *HOSTILE,
)


def _made(article: Article) -> dict[str, list[str]]:
    """What is drafted, with the answers."""
    found = drafts(Source.of(article))
    return {one.question: [article.text[gold.start : gold.end] for gold in one.golds] for one in found}


def test_each_kind_of_question_is_drafted() -> None:
    """From offices, dates, numbers, quotations, abbreviations, definitions and years, with exact answers."""
    assert _made(NEWS) == {
        "Who is Ada Byron?": ["Prime Minister"],
        "What did Ada Byron say?": ["it would “feed all of Kent”"],
        "What does NDB stand for?": ["National Data Bureau"],
        "What happened in 1841?": ["the 1841 flood of Kent"],
        "What is the National Data Bureau?": ["a small body of the crown"],
        "How many people were hurt in the great fire?": ["Twelve"],
        "When did Prime Minister Ada Byron open the old mill?": ["1820"],
        "With how many other houses did Ada Byron sell the mill in 1835?": ["12"],
        "Who opened the old mill in 1820?": ["Prime Minister Ada Byron"],
        "What did Prime Minister Ada Byron open in 1820?": ["the old mill"],
        "What did Prime Minister Ada Byron do in 1820?": ["Prime Minister Ada Byron opened the old mill"],
        "When did Ada Byron sell the mill with 12 other houses?": ["1835"],
        "Who met the National Data Bureau?": ["Mayor Cy Dee"],
        "What did Ada Byron sell in 1835?": ["the mill with 12 other houses"],
        "What did Ada Byron do in 1835?": ["Ada Byron sold the mill with 12 other houses"],
        "Who sold the mill with 12 other houses in 1835?": ["Ada Byron"],
        "Who is Eve Fay?": ["a painter"],
        "Who is the Prime Minister?": ["Ada Byron"],
        "Who was hurt in the great fire?": ["Twelve people"],
        "Is the National Data Bureau a small body of the crown?": [
            "The National Data Bureau is a small body of the crown"
        ],
        "Did Eve Fay meet Cy Dee?": ["Eve Fay, a painter, met Cy Dee"],
        "What does the article say about Ada Byron?": [
            "Byron said it would “feed all of Kent”",
            "Prime Minister Ada Byron opened the old mill in 1820",
            "In 1835, Ada Byron sold the mill with 12 other houses",
        ],
        "What does the article say about the National Data Bureau?": [
            "The National Data Bureau is a small body of the crown",
            "Mayor Cy Dee met the National Data Bureau (NDB) there",
        ],
        "What does the article say about Eve Fay?": ["Eve Fay, a painter, met Cy Dee"],
    }


def test_the_seed_gets_questions_that_a_person_could_ask(seed: Article) -> None:
    """All places that say who somebody is are gold; the article's damaged sentences are left alone."""
    made = _made(seed)
    assert made["Who is Yuri Borisov?"] == ["Russian Deputy Prime Minister", "Deputy Prime Minister"]
    assert made["What does INF stand for?"] == ["Intermediate-Range Nuclear Forces"]
    assert made["What happened in 1962?"] == ["a 1962 standoff known as the Cuban Missile Crisis"]
    held = "hold a “high-level coordination meeting on Venezuela”"
    assert made[f"When did the United States {held} with 19 other countries?"] == ["Tuesday"]
    assert made[f"With how many other countries did the United States {held} on Tuesday?"] == ["19"]
    assert "What did Nicolás Maduro say?" not in made
    assert [question for question in made if "Ukraine" in question] == ["Who has denied plans to attack Ukraine?"]


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("Mayor Ann Lee (12 May 1905 – 3 June 2015) was a painter.", "When was Ann Lee born?", "12 May 1905"),
        ("Mayor Ann Lee (May 12, 1905 – 3 June 2015) was a painter.", "When did Ann Lee die?", "3 June 2015"),
        ("Mayor Ann Lee (born 1934) was a painter.", "When was Ann Lee born?", "1934"),
        ("Helsinki is the largest city of Finland.", "What is the largest city of Finland?", "Helsinki"),
        ("The old mill was founded by farmers in 1820.", "Who founded the old mill in 1820?", "farmers"),
        ("The old mill was equipped by Ann Lee in 1820.", "Who equipped the old mill in 1820?", "Ann Lee"),
        # an event or a century tells when, too
        ("During the long war, the old mill was destroyed.", "When was the old mill destroyed?", "During the long war"),
        ("The old mill was built in the 19th century.", "When was the old mill built?", "in the 19th century"),
        # what for, how, because of what
        (
            "Ann Lee sent guards to the mill to protect the flour.",
            "Why did Ann Lee send guards to the mill?",
            "to protect the flour",
        ),
        (
            "By selling the old mill, Ann Lee saved the farm.",
            "How did Ann Lee save the farm?",
            "By selling the old mill",
        ),
        ("Due to the flood, Ann Lee left the mill.", "Why did Ann Lee leave the mill?", "Due to the flood"),
        (
            "The old mill was used to grind corn for the town.",
            "Why was the old mill used?",
            "to grind corn for the town",
        ),
        # names, sizes, prices, places
        ("The old mill was renamed Lee Hall in 1820.", "What was the old mill renamed in 1820?", "Lee Hall"),
        ("The old mill is about 30 metres high.", "How high is the old mill?", "30 metres"),
        ("Ann Lee sold the old mill for $3 million.", "How much did Ann Lee sell the old mill for?", "$3 million"),
        ("The old mill is located near the coast.", "Where is the old mill located?", "near the coast"),
        ("Ann Lee studied law in Kent in 1820.", "Where did Ann Lee study law in 1820?", "Kent"),
        # commands, permissions, what follows
        ("The new law requires owners to repair mills.", "What does the new law require owners to do?", "repair mills"),
        (
            "If the river rises, the old mill loses power.",
            "What happens if the river rises?",
            "the old mill loses power",
        ),
        (
            "The old mill was the first building on the coast.",
            "What was the first building on the coast?",
            "The old mill",
        ),
        # whoever holds an office, what many do, what was done
        (
            "Fay Dee, director of the Kent Mill, told of it. Then Dee left. Dee died.",
            "Who is the director of the Kent Mill?",
            "Fay Dee",
        ),
        (
            "Old mills grind corn for the whole town.",
            "What grinds corn for the whole town?",
            "Old mills",
        ),
        (
            "Ann Lee was appointed head of the mill in 1820.",
            "Who was appointed head of the mill in 1820?",
            "Ann Lee",
        ),
        # what is counted and listed, what something is used for
        (
            "There are three types of mill: windmills, watermills and hand mills.",
            "What are the three types of mill?",
            "windmills, watermills and hand mills",
        ),
        (
            "There are three types of mill: windmills, watermills and hand mills.",
            "How many types of mill are there?",
            "three",
        ),
        ("The old mill can be used to grind corn.", "What can the old mill be used for?", "to grind corn"),
        # a clause tells when, somebody else is named as the source, what somebody is thanked for
        (
            "The old mill lost its wheel when the river had run dry.",
            "When did the old mill lose its wheel?",
            "when the river had run dry",
        ),
        (
            "According to the report, the old mill was sold in May.",
            "What does the report say about the old mill?",
            "the old mill was sold in May",
        ),
        (
            "The town council thanked Ann Lee for the new roof.",
            "What did the town council thank Ann Lee for?",
            "the new roof",
        ),
        # what many things are, one of several, what was named before
        ("They love old mills. Mills are machines that grind corn.", "What are mills?", "machines that grind corn"),
        ("One of the oldest mills in Kent is Deal Hall.", "What is one of the oldest mills in Kent?", "Deal Hall"),
        (
            "Deal is a small town. The town lies low. This town sells salt fish in winter.",
            "What does the town sell in winter?",
            "salt fish",
        ),
        # guides say how
        (
            "To reach the old mill, take the path along the river.",
            "How do you reach the old mill?",
            "take the path along the river",
        ),
        (
            "If you miss the last ferry, you can stay at the old mill.",
            "What should you do if you miss the last ferry?",
            "you can stay at the old mill",
        ),
        # a sentence of any other build
        (
            "The old mill of Deal is what they love, and it has got some help.",
            "What does the article say about the old mill of Deal?",
            "The old mill of Deal is what they love, and it has got some help",
        ),
        # numbers and sums in the perfect, and 'approximately' before them
        ("Ann Lee has bought 12 mills in Kent.", "How many mills has Ann Lee bought in Kent?", "12"),
        ("The town council has paid $3 million.", "How much has the town council paid?", "$3 million"),
        ("The value of the old mill is nearly $3 million.", "What is the value of the old mill?", "nearly $3 million"),
        # what something is used for, and through what it is done
        (
            "The town council uses old maps to find lost mills.",
            "Why does the town council use old maps?",
            "to find lost mills",
        ),
        (
            "The town council saved the old mill through a long campaign of farmers.",
            "How did the town council save the old mill?",
            "through a long campaign of farmers",
        ),
        # who is a noun's own verb: 'challenges and rules' are two things
        (
            "Old games involve hard challenges and rules.",
            "What do old games involve?",
            "hard challenges and rules",
        ),
        # the first words tell why; what is told has a noun that may be a verb
        (
            "Because the river was low, the town council closed the old mill.",
            "Why did the town council close the old mill?",
            "Because the river was low",
        ),
        (
            "The town report says the decline in exports was small.",
            "What does the town report say about the decline in exports?",
            "the decline in exports was small",
        ),
        # a clause ends before 'as well as', a noun before a comma is no verb, 'always' is no noun
        (
            "The old mill is the home of the town council as well as a school.",
            "Is the old mill the home of the town council?",
            "The old mill is the home of the town council",
        ),
        (
            "Old objects, such as mills, need a lot of care.",
            "What do old objects need?",
            "a lot of care",
        ),
        ("The town council always sells the old maps.", "What does the town council sell?", "the old maps"),
        # whose brother he is is not told, and the first people of a town are 'who'
        ("A brother from the mill stayed with Ann Lee.", "Who stayed with Ann Lee?", "A brother from the mill"),
        (
            "The first citizens of Deal were the Lees of Kent.",
            "Who were the first citizens of Deal?",
            "the Lees of Kent",
        ),
        (
            "According to Wilkins, the old mill was sold.",
            "What does Wilkins say about the old mill?",
            "the old mill was sold",
        ),
        (
            "The town council placed great hope in finding lost mills.",
            "What did the town council place?",
            "great hope in finding lost mills",
        ),
        # the whole of what somebody is called
        ("It was said by team leader Fay Dee. Then Dee left. Dee died.", "Who is Fay Dee?", "team leader"),
        (
            "It was said by Kent’s old mill owner Fay Dee. Then Dee left. Dee died.",
            "Who is Fay Dee?",
            "Kent’s old mill owner",
        ),
        # two adverbs before a verb, and a name that goes on behind 'for'
        ("The town council later gladly bought the old mill.", "What did the town council buy?", "the old mill"),
        (
            "The old report was printed by the Centre for Mills in 1820.",
            "Who printed the old report in 1820?",
            "the Centre for Mills",
        ),
        # adverbs between 'has' and 'been'
        (
            "The old mill has only just been sold in Kent.",
            "Where has the old mill only just been sold?",
            "Kent",
        ),
        # what stands beside a name, or behind 'and'
        ("Old Deal, built in 1820, is small.", "When was Old Deal built?", "1820"),
        (
            "People saw Deal Hall, which replaced the old mill.",
            "What does the article say about Deal Hall?",
            "People saw Deal Hall, which replaced the old mill",
        ),
        ("Ann Lee bought the old mill and opened a new school in 1820.", "Who opened a new school in 1820?", "Ann Lee"),
        # pronouns and what somebody said of what
        (
            "Mayor Ann Lee arrived late. She had bought the old mill in Kent.",
            "Where did Ann Lee buy the old mill?",
            "Kent",
        ),
        (
            "Ann Lee said that the old mill was a ruin.",
            "What did Ann Lee say about the old mill?",
            "the old mill was a ruin",
        ),
        (
            "There is a small museum near the old harbour.",
            "Is there a small museum near the old harbour?",
            "There is a small museum near the old harbour",
        ),
        # a date right behind the verb leaves the question
        (
            "The prime minister said on Monday that the old mill would close.",
            "When did the prime minister say that the old mill would close?",
            "Monday",
        ),
        # 'free' is an adjective here, 'force' a noun, 'top' no verb
        (
            "The old hotel offers free parking to all guests.",
            "What offers free parking to all guests?",
            "The old hotel",
        ),
        (
            "The city police force needs more officers.",
            "Does the city police force need more officers?",
            "The city police force needs more officers",
        ),
        # what was given to whom, as far as it is one object
        (
            "Ann Lee gave the old mill to the town in 1820.",
            "What did Ann Lee give to the town in 1820?",
            "the old mill",
        ),
        # time is no part of what a thing is known for
        (
            "The old mill was known for its bread in early 1820.",
            "What was the old mill known for?",
            "its bread",
        ),
        # bodies move and sell as well
        (
            "The rope factory was moved by the council in 1820.",
            "What moved the rope factory in 1820?",
            "the council",
        ),
    ],
)
def test_a_plain_sentence_is_asked_about(text: str, question: str, answer: str) -> None:
    """Whatever day, name or verb it has."""
    assert _made(Article(f"Of Kent\n\nLee said so. {text}"))[question] == [answer]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Ann Lee gave the town a new mill in 1820.", "What did Ann Lee give"),  # two objects
        ("Ann Lee made the old mill famous in 1820.", "What did Ann Lee make"),
        ("Twelve workers were killed and five were injured in the great fire.", "How many"),  # two counts
        ("The old mill has 12 rooms and 3 halls.", "How many"),
        ("About 40 percent of the people speak Welsh and five speak Dutch at home.", "What percentage"),
        ("The old bridge of Kent is 30 metres long and 12 metres wide.", "How"),  # two sizes
        ("The old bridge of Kent is 30 metres long.", "What is"),  # is asked for with 'how long'
        ("The old shop in Kent opens late on Mondays.", "Where"),
        ("The old shop in Kent opens late on Mondays.", "What does the old shop"),
        ("The old mill was known for ten years in Kent.", "What was"),
        ("There is nothing left in the old mill of Kent.", "Is there"),
        ("Fears of a war between the world’s top two nuclear powers have grown in Kent.", "How many"),
        (
            "All seven met. They were seven. Next morning, the seven returned with a hundred guards.",
            "What returned",
        ),  # who?
        ("The old mill was used by Thursday night.", "What used"),  # 'by' tells when
        ("The old mill was never forced to close in Kent.", "Where"),
        ("Ann Lee told the paper the old mill had burnt down.", "What did Ann Lee tell"),
        ("The old mill was in 1820’s great play of Kent.", "When"),
        ("The old mill of Kent works with strong, quiet helpers.", "Does"),  # cut at an adjective
        ("The old mill is small. It is easy to mill corn in Kent.", "Is the old mill easy"),
        ("The town council was required to sell the mills.", "Why"),
        ("The old mill of Kent has received great attention since the flood.", "What has"),  # says nothing
        ("The town council took the old mill’s part in that regard.", "Who took"),
        ("The town council will write after the day of the feast and ask the mayor.", "When will"),
        ("Ann Lee’s father was Catholic and her mother, a painter, was not.", "Was Ann Lee’s father"),
        ("Nowadays most mills of Kent grind no corn.", "Do nowadays"),
        ("The old games saw Deal and Kent play for the old cup.", "What did the old games see"),
        ("Her mother was English, a native of Old Deal, near Kent.", "What is English"),
        ("The town council moved many mills after the flood of the old town.", "Where did"),
        ("Mayor Ann Lee had a daughter. She was born in Deal.", "Where was"),
        ("They saw Deal Hall, a small school, two shops and a church.", "What is Deal Hall"),  # a list
        ("The town council encouraged many owners to mend mills.", "What did the town council encourage?"),
        ("On Monday, the town council told Kent News: mills are shut.", "When did the town council tell"),
        (
            "The old mill had new doors, and hundreds of farmers donned red hats.",
            "Did the old mill have new doors, and",
        ),
        ("The sight of old mills, red barns, and Deal Hall was a great joy for all.", "What was Deal"),
        ("It was shown by first-time director Fay Dee. Then Dee left. Dee died.", "Who is the first-time"),
        ("The new poster of Kent will present the mills.", "What will the new poster of Kent do"),
        ("The town request follows from the ruling of the court in May 1820.", "When does"),
        ("The old mill was built by  in Kent.", "Who"),  # nobody stands behind 'by'
        ("The old mill was built by  which they sold.", "Who"),
        ("Ten people were hurt when the hall in Kent (once a school) burnt down.", "How many"),
        ("The old mill includes three halls of oak and a small room.", "What includes"),
        ("The Aare holds the water of the 4,274 m (14,022 ft) summit of Deal.", "What does the Aare hold"),
        ("Ann Lee sent a report of the fire to a judge in Kent.", "Where did"),  # the judge's place
        ("The old mill began the world’s first man-made, safe reaction in Kent.", "What did the old mill begin"),
        ("The word mill is derived from a root which was a term used since the war.", "What is the word mill"),
        ("The methods are old. The methods help. These methods are used for a variety of games.", "What is used"),
        ("The mill has a great wheel of old wood. The mill lies in the old town.", "What lies"),  # 'The mill'
        ("In 1920, the huge Battle of Deal was fought near the town.", "What happened to"),
        ("They saw Deal. Deal also served as capital of Kent until the building of Dover in 1927.", "When did Deal"),
        ("The old rules of Kent are now fixed and end in November 1920.", "When are"),  # two deeds
        ("An outbreak of fever at Deal in 1854 killed over 1,000 miners.", "Who"),
        ("All old mills of Kent may be sold to farmers in Deal.", "May"),
        ("The Kent Corporation is its first chartered body in the old county.", "Is"),
        (
            "Since 2011, great works have included the Lee Hall for Art, a big art centre, and new changes to the "
            "whole medical campus of the old University of Kent in Deal.",
            "What have great works",
        ),
        ("The great works have included Deal Hall, a new mill, and some more.", "What has included"),
        ("The mill was designed by his chief architect, Cy Dee.", "Who is Cy Dee"),
        (
            "Kent met. In 2012 the Economist Intelligence Unit ranked Deal first. Lee met Intelligence Unit.",
            "Who is Int",
        ),
        ("After a hard year during which its maker left, BankKent went on to win.", "What happened"),
        ("A fundamental error was the belief that a force is needed to keep up motion.", "What was a"),
        ("The old mill of Kent is more solid, with four doors of oak.", "Is the old mill"),  # than what?
        ("Except in the smallest mills the steam has little effect on the fire.", "Does except"),
        ("Fort Deal has old food and is famous for their mills, shops and parks.", "Is Fort Deal famous"),
        ("The old mill underwent many changes during his long reign.", "What underwent"),
        ("Lee gave $3 to the university’s Booth School, which is the largest gift in its history.", "What is the larg"),
        ("The old rules apply to small towns where farmers have voted.", "Do the old rules"),  # not to all of them
        ("The total area of wood lost in the great fire rose to ten acres.", "What lost"),
        ("All sorts of gold records were produced including a great nugget.", "What was"),
        ("The grand new council cannot praise communalism or narrow - mindedness.", "Does"),
        (
            "The Deal Gorge between Rye am Main and Kent is listed by the crown.",
            "What does the article say about the D",
        ),
        (
            "Popular in summer among farmers is Deal Forest, near the coast of Kent.",
            "What does the article say about p",
        ),
        ("Dating of old lava found within a deep pit can show the age of it.", "What did dating"),
        ("Former Senator Ann Lee of Maine stated that she agreed with Cy Dee.", "What did Maine"),
        ("Whereas electric mills use small batteries, old mills use wind.", "What do whereas"),
        ("In Kent there are old mills still at work in Deal, Rye opened in 1317.", "When did Rye"),
        ("They came to New Delhi, India, which opened in 2014.", "When did India"),
        ("The old mill ships flour to the ports of Rotterdam, Antwerp and Deal.", "Does the old mill"),
        ("The state is most often divided and promoted by regions as two towns.", "Is the state"),
        ("Pitt gets public funds for a tenth of it, and offers reduced fees to students.", "Did offers"),
        (
            "Deal came second with forty votes and the left candidate Lee won nine.",
            "Did Deal come second with forty votes and",
        ),
        ("The Deal Park opened with Professor Cy Dee. Dee left.", "Who is Cy Dee"),  # a title tells nothing of him
    ],
)
def test_a_question_of_the_wrong_kind_is_left_out(text: str, begins: str) -> None:
    """Its answer would be half of one, or no answer to it."""
    made = _made(Article(f"Of Kent\n\nLee said so. {text}"))
    assert not any(question.startswith(begins) for question in made)


def test_doubtful_questions_are_asked_only_where_there_are_few_others() -> None:
    """Whose mill 'his' is, is seldom clear; with thirty other questions nobody needs it."""
    doubtful = "Ann Lee sold his red mill to the town of Kent in 1820."
    sold = [f"The red{number} blue{number} house was sold in {number + 1100}." for number in range(30)]
    question = "When did Ann Lee sell his red mill to the town of Kent?"
    assert question in _made(Article(doubtful))
    assert question not in _made(Article("\n\n".join([doubtful, *sold])))


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("The mill of Kent was sold to Deal because of these two floods.", Template.WHY),
        ("The old stone mill of Kent led to a dispute in the town council.", Template.OF_WHAT),
        ("Ann Lee said so. Lee sold the old stone mill to the town of Kent in 1820.", Template.WHO),
        ("Ann Lee of Kent gave them a mill. The old stone mill of Kent gave them shelter in winter.", Template.ABOUT),
        ("An old stone mill of the valley is the one at Deal in Kent.", Template.WHETHER),
    ],
)
def test_what_reads_badly_every_other_time_is_doubtful(text: str, template: Template) -> None:
    """Of such ones readers found half good; with enough others they are left out."""
    drafted = drafts(Source.of(Article(f"Of Kent\n\n{text}")))
    assert {draft.doubtful for draft in drafted if draft.template is template} == {True}


def test_a_subject_keeps_its_no() -> None:
    """'No single feature' is not 'single feature'; 'No,' alone says nothing."""
    assert not any("single feature" in one for one in _made(Article("No single feature tells the two mills apart.")))
    assert "When was the old mill of Kent sold?" in _made(Article("No, the old mill of Kent was sold in 1820."))


def test_what_is_only_sometimes_so_is_not_asked_without_it() -> None:
    """'Sometimes it bursts' does not say that it bursts; when it is so may be asked."""
    text = "the old mill of the valley was moved to the other bank in 1820."
    asked = "Was the old mill of the valley moved to the other bank in 1820?"
    every = {one.question for one in every_draft(Source.of(Article(f"Later, {text}"), judged=True))}
    assert asked in every
    for word in ("Originally", "Perhaps"):
        made = {one.question for one in every_draft(Source.of(Article(f"{word}, {text}"), judged=True))}
        assert asked not in made
        assert "When was the old mill of the valley moved to the other bank?" in made


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        (
            "The council of Kent meets in the town hall twice a month.",
            "How often does the council of Kent meet in the town hall?",
            "twice a month",
        ),
        (
            "The council of Kent has been split since 1820.",
            "How long has the council of Kent been split?",
            "since 1820",
        ),
        (
            "The council of Kent has been split ever since July 4, 1820.[3]",
            "How long has the council of Kent been split?",
            "ever since July 4, 1820",
        ),
        (
            "Since the great flood, the council of Kent has been split.",
            "How long has the council of Kent been split?",
            "Since the great flood",
        ),
        (
            "Ann Lee ran the old mill of Kent until 1820.",
            "How long did Ann Lee run the old mill of Kent?",
            "until 1820",
        ),
        (
            "After the old mill of Kent was sold to the council, the town built a school.",
            "Was the old mill of Kent sold to the council?",
            "the old mill of Kent was sold to the council",
        ),
        (
            "The farmers of Kent sold the wool of their sheep at a market in Deal.",
            "Where did the farmers of Kent sell the wool of their sheep at a market?",
            "Deal",
        ),
        (
            "The council of Kent keeps the old mill of the valley to feed the poor.",
            "Why does the council of Kent keep the old mill of the valley?",
            "to feed the poor",
        ),
        (
            "When the harbour lay empty in the winter after the flood, few knew Ann Lee, who kept the mill.",
            "What does the article say about Ann Lee?",
            "When the harbour lay empty in the winter after the flood, few knew Ann Lee, who kept the mill",
        ),
    ],
)
def test_where_a_model_chooses_more_is_asked(text: str, question: str, answer: str) -> None:
    """Of what rules leave out since it reads badly every other time."""
    article = Article(text)
    made = {
        one.question: [article.text[gold.start : gold.end] for gold in one.golds]
        for one in every_draft(Source.of(article, judged=True))
    }
    assert made.get(question) == [answer]
    assert question not in {one.question for one in every_draft(Source.of(article))}


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("The council of Kent meets in the town hall at the end of every month.", "How often"),
        ("The council of Kent sells the wool of the valley twenty-two times a year.", "How often"),
        ("The ferry of Kent runs from May until September.", "How long"),
        ("The council of Kent has asked the people of the valley to leave the town.", "Why"),
        ("The council of Kent has a mill in Deal and a school in the town of Hythe.", "Where"),
        ("Nobody knows when the old mill of Kent was sold to the council.", "Was"),
        ("If the town is poor, although the old mill of Kent was sold to the council, it sells the school.", "Was"),
    ],
)
def test_where_a_model_chooses_what_is_wrong_is_left_out(text: str, begins: str) -> None:
    """It chooses among what may read badly, not among what is not so."""
    made = every_draft(Source.of(Article(text), judged=True))
    assert not [one.question for one in made if one.question.startswith(begins)]


def test_numbers_of_notes_are_no_part_of_an_answer() -> None:
    """An encyclopedia names behind a sentence, or before its full stop, where it was found."""
    made = _made(Article("Of Kent\n\nThe old mill of the valley covers the north bank of the river [12][3]."))
    assert made["What does the old mill of the valley cover?"] == ["the north bank of the river"]


def test_who_and_what_are_told_apart() -> None:
    """Of nouns with one ending, only those made of a verb for a deed are people; what asks too little is left out."""
    text = (
        "Settlers from Kent built the old mill. Computers with two screens changed the old school. Ann Lee got a prize."
    )
    made = _made(Article(f"Of Kent\n\nLee said so. {text}"))
    assert made["Who built the old mill?"] == ["Settlers from Kent"]
    assert made["What changed the old school?"] == ["Computers with two screens"]
    assert "What did Ann Lee get?" not in made


def test_an_office_is_no_part_of_a_name() -> None:
    """'The Governor Ann Lee' tells who she is, 'the Economist Intelligence Unit' nothing of a Mr. Unit."""
    made = _made(Article("Of Kent\n\nKent met. They saw the Governor Ann Lee. Lee left. Ann Lee went."))
    assert made["Who is Ann Lee?"] == ["the Governor"]


def test_an_interview_is_asked_about_by_name() -> None:
    """'I' and 'you' are the one who is asked."""
    asked = "\n\n".join(
        f"What was your {word} plan in Kent?\n\nI sold the {word} mill in Kent."
        for word in ("first", "second", "third")
    )
    made = _made(Article(f"Our paper interviews Ann Lee about mills\n\n{asked}"))
    assert made["What was Ann Lee’s first plan in Kent?"] == ["I sold the first mill in Kent."]
    assert made["Where did Ann Lee sell the second mill?"] == ["Kent"]


def test_an_interviewer_asks_of_somebody_else() -> None:
    """'You' is the one who is asked, wherever it stands, and the answer says more than yes."""
    asked = "\n\n".join(
        (
            "If you sell the mill, would you leave Kent?",
            "Yes. I would move to Deal.",
            "What inspired you to buy the mill, and how did it begin?",
            "My mother did.",
            "Do you believe that mills are needed?",
            "People have always eaten bread.",
            "What is your view of it?",
            "It is late.",
            "Do mills still grind much corn in Kent?",
            "On the mills of Kent",
        )
    )
    made = _made(Article(f"Interview with the well-known British miller and painter Ann Lee\n\n{asked}"))
    assert made == {
        "Where would Ann Lee move?": ["Deal"],
        "If Ann Lee sells the mill, would they leave Kent?": ["Yes. I would move to Deal."],
        "What inspired Ann Lee to buy the mill?": ["My mother did."],
        "Does Ann Lee believe that mills are needed?": ["People have always eaten bread."],
    }


@pytest.mark.parametrize(
    ("asked", "reply", "question"),
    [
        (
            "Can you tell us about the first mill of Kent?",
            "It was a ruin.",
            "What does Ann Lee say about the first mill of Kent?",
        ),
        ("Mr. Lee, what about the new mills?", "They grind more.", "What does Ann Lee say about the new mills?"),
        ("For our readers, could you explain what a mill is?", "A house that grinds.", "What is a mill?"),
        ("And which mill do you like most?", "I like the old one.", "Which mill does Ann Lee like most?"),
        ("What are the mills you own in Kent?", "Those of Deal, too.", "What are the mills Ann Lee owns in Kent?"),
        ("Don’t you miss the old mill of Kent?", "No. I never do.", "Does Ann Lee miss the old mill of Kent?"),
        (
            "How did you find this old mill in Kent?",
            "By chance, in 1950.",
            "How did Ann Lee find the old mill in Kent?",
        ),
        (
            "As a miller, a baker and a mother, what do you read at night?",
            "I read maps.",
            "What does Ann Lee read at night?",
        ),
        ("Is it hard to grind corn in Kent today?", "It is not hard.", "Is it hard to grind corn in Kent today?"),
    ],
)
def test_however_an_interviewer_asks(asked: str, reply: str, question: str) -> None:
    """A request, an address, a background and what was just named do not stand in the way."""
    others = "Why do you live in Kent?\n\nI like the sea there.\n\n" * 2
    made = _made(Article(f"Interview with the miller Ann Lee\n\n{others}{asked}\n\n{reply}"))
    assert made[question] == [reply]


def test_who_speaks_is_no_part_of_what_is_said() -> None:
    """Though 'Q:' or a name stands before it."""
    asked = "Q: Why do you live in Kent?\n\nAnn Lee: I like the sea there.\n\n" * 3
    made = _made(Article(f"Interview with the miller Ann Lee\n\n{asked}"))
    assert set(made["Why does Ann Lee live in Kent?"]) == {"I like the sea there."}


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        ("What is your view of the old mill in Kent?", "I don’t know."),
        ("What is your view of the old mill in Kent?", "Well, we had a mill, and ..."),
        ("Will you go there with your mother next year?", "We will go in May."),
        ("Why not sell the old mill that you own?", "I like the mill."),
    ],
)
def test_no_answer_and_no_place_is_asked_for(asked: str, reply: str) -> None:
    """A reply that evades or breaks off, and a question that points or is none."""
    others = "Why do you live in Kent?\n\nI like the sea there.\n\n" * 2
    made = drafts(Source.of(Article(f"Interview with the miller Ann Lee\n\n{others}{asked}\n\n{reply}")))
    assert {draft.question for draft in made if draft.template is Template.INTERVIEW} == {
        "Why does Ann Lee live in Kent?"
    }


SPEECH = (
    "Speech to the farmers\n\nThank you, fellow farmers. I say so, and we know it. We see it, and I hope so. "
    "We feel it. I see. I know. We do. I say no. "
)


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        (
            "I would like to thank the town council of Kent for the new roof.",
            "What does the speaker thank the town council of Kent for?",
            "the new roof",
        ),
        (
            "I thank Ann Lee again, Madam Chair, for the new roof.",
            "Who does the speaker thank for the new roof?",
            "Ann Lee",
        ),
        (
            "I urge the town council to repair the old mill.",
            "What does the speaker urge the town council to do?",
            "repair the old mill",
        ),
        (
            "We are proud of the old mill of Kent.",
            "According to the speaker, what are we proud of?",
            "the old mill of Kent",
        ),
        (
            "I am sure that the old mill is safe.",
            "What is the speaker sure of?",
            "the old mill is safe",
        ),
        ("I want to rebuild the old mill.", "What does the speaker want to do?", "rebuild the old mill"),
        (
            "We will sell the old mill of Kent.",
            "According to the speaker, what will we do?",
            "sell the old mill of Kent",
        ),
        (
            "To save the town, we must repair the roof.",
            "What does the speaker say we must do to save the town?",
            "repair the roof",
        ),
        ("I welcome the new law on mills.", "What does the speaker welcome?", "the new law on mills"),
        (
            "What we need is a new roof for the mill.",
            "According to the speaker, what do we need?",
            "a new roof for the mill",
        ),
        ("It is an honor to open the old mill.", "What does the speaker say is an honor?", "to open the old mill"),
        ("I am 61 now.", "How old is the speaker?", "61"),
        # what is denied, and why
        (
            "The old mill is not the answer to our problems, because the river has run dry.",
            "According to the speaker, is the old mill the answer to our problems?",
            "The old mill is not the answer to our problems",
        ),
        (
            "The old mill is not the answer to our problems, because the river has run dry.",
            "According to the speaker, why is the old mill not the answer to our problems?",
            "because the river has run dry",
        ),
        (
            "I never wanted to sell the old mill.",
            "Did the speaker want to sell the old mill?",
            "I never wanted to sell the old mill",
        ),
        # what somebody holds, describes and compares
        (
            "I believe that the old mill feeds Kent.",
            "According to the speaker, what does the old mill feed?",
            "Kent",
        ),
        (
            "Of course, the old mill is a great burden for Kent.",
            "How does the speaker describe the old mill?",
            "a great burden for Kent",
        ),
        (
            "The old mill is a bit like an old friend.",
            "What does the speaker compare the old mill to?",
            "an old friend",
        ),
        (
            "The old mill is much stronger than the new dam.",
            "How does the speaker compare the old mill with the new dam?",
            "The old mill is much stronger than the new dam",
        ),
        # words that a talk begins with, verbs cut short, what is ours
        ("Well, I’ve lived in Kent since 1990.", "Where has the speaker lived?", "Kent"),
        ("As you know, however, the old mill drives the whole town.", "What drives the whole town?", "the old mill"),
        (
            "The bread we eat is baked in the old mill.",
            "According to the speaker, is the bread we eat baked in the old mill?",
            "The bread we eat is baked in the old mill",
        ),
        ("When I was ten, I sold bread in Deal.", "Where did the speaker sell bread when they were ten?", "Deal"),
        ("My first mill was a ruin in Kent.", "What was the speaker’s first mill?", "a ruin in Kent"),
    ],
)
def test_what_somebody_does_by_speaking_is_asked_for(text: str, question: str, answer: str) -> None:
    """Thanks, appeals, wants, feelings, denials, what they hold true and what they compare."""
    assert _made(Article(f"{SPEECH}\n\n{text}")).get(question) == [answer]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("I want to thank the town council.", "What does the speaker want"),  # that is done by saying it
        ("We know the old mill.", "According to the speaker, what do we know"),  # tells too little
        ("I played a great part in Kent.", "What did the speaker play"),  # a verb that says nothing
        ("I must honour their old mill.", "What must the speaker honour"),  # whose?
        ("She is not the first mayor of Kent.", "Is "),  # who?
        ("I hope that if it rains, we can sell old mills.", "According to the speaker, can we"),  # only then
        ("We love each other in the town of Kent.", "Do"),
    ],
)
def test_of_what_is_said_little_is_left_unasked(text: str, begins: str) -> None:
    """What tells too little, or only holds in a case."""
    assert not [question for question in _made(Article(f"{SPEECH}\n\n{text}")) if question.startswith(begins)]


def test_what_is_spoken_of_often_has_all_places() -> None:
    """A surname stands for the whole name, and each sentence that names it tells of it."""
    told = (
        "Mayor Ann Lee opened the old mill of Kent",
        "Lee knows each farm along the river",
        "The old mill that Lee bought lost its roof",
    )
    made = _made(Article(f"{SPEECH}\n\n{'. '.join(told)}."))
    assert sorted(made["What does the speaker say about Ann Lee?"]) == sorted(told)


def test_somebody_who_speaks_is_asked_about() -> None:
    """By what they speak of, what all must do, and what is theirs; 'you' are those who listen."""
    made = _made(
        Article(
            "Speech to the farmers\n\nThank you, fellow farmers. I think of mills, and we know that we love bread. "
            "I have put forward a new plan for mills. We must rebuild the old mill of Kent. We must keep our bread. "
            "Let us grind the corn together. I wish to congratulate you in Kent. My daughter owns a farm in Deal. "
            "I know what I know, and I say so. The troubles we had as a nation remain."
        )
    )
    assert made["What does the speaker say about a new plan for mills?"] == ["I have put forward a new plan for mills"]
    assert made["What does the speaker say we must do?"] == ["rebuild the old mill of Kent", "keep our bread"]
    assert "What does the speaker say about a nation remain?" not in made
    assert made["What does the speaker urge people to do?"] == ["grind the corn together"]
    assert made["Where does the speaker’s daughter own a farm?"] == ["Deal"]
    assert not any("you" in question.split() for question in made)


def test_a_speech_is_asked_what_it_says_of_us() -> None:
    """'We' are those who listen, so a question says first who speaks."""
    made = _made(
        Article(
            "Speech to the farmers\n\nThank you, fellow farmers. I think of mills, and I know that we love bread. "
            "We suffer from a long drought. Our old mill has lost its roof. I say so, and we know it. I see. I hope so."
        )
    )
    assert made["According to the speaker, what do we suffer from?"] == ["a long drought"]
    assert made["According to the speaker, what has our old mill lost?"] == ["its roof"]


def test_what_a_town_is_nobody_asks_with_who() -> None:
    """Though it bears a name that may be somebody's."""
    made = _made(Article("Of Kent\n\nLee left. Byron is a quiet city on the coast of the sea."))
    assert made["What is Byron?"] == ["a quiet city on the coast of the sea"]
    assert "Who is Byron?" not in made


def test_a_year_of_a_work_is_no_birth() -> None:
    """As papers name what others wrote."""
    made = _made(Article("Of Kent\n\nMayor Ann Lee (2015) found the old mill in Deal."))
    assert not any("born" in question for question in made)


def test_a_twin_is_no_question_with_an_answer() -> None:
    """Of two people with an age, each would be the other's twin."""
    text = "Of Kent\n\nMayor Ann Lee, 34, opened the old mill. Mayor Cy Dee, 51, sold the old mill of Deal."
    source = Source.of(Article(text))
    made = pairs([source], [drafts(source)])
    questions = {draft.question for draft, _ in made}
    assert {"How old is Ann Lee?", "How old is Cy Dee?"} <= questions
    assert not questions & {other.question for _, other in made if other}


@pytest.mark.parametrize(
    "text",
    [
        "Ada Byron said it burnt. Byron said it stood.",  # two statements, one asked for
        "They recall the 1952 flood of Kent, and the 1952 fire of Deal.",  # two events of one year
        "The General Data Act (GDA) passed. The Great Dane Association (GDA) barked.",  # two long forms
        "It was built by 12 men in 1820.",  # nobody knows what
        "The company moved in 1830.",  # which company?
        "They signed the treaty three years ago. He paid $12 million.",
        "Queen Margaret College is old. Prime Minister and others left.",
    ],
)
def test_what_has_no_one_answer_is_not_asked(text: str) -> None:
    """A question whose gold would be one of two answers, or that leans on what came before, is worse than none."""
    assert _made(Article(text)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Lee said so. Ann Lee built the old mill in 1820. Ann Lee built the old mill first in 1830.",  # two dates
        "Lee said so. Ann Lee built the mill and sold a farm in 1820 and 1821.",  # two dates again
        "Ann Lee came in 1820 or 1821.",  # no one date
    ],
)
def test_a_date_is_asked_for_only_if_it_is_the_one(text: str) -> None:
    """Who did it may be asked all the same."""
    made = _made(Article(text))
    assert made
    assert not any(question.startswith("When") for question in made)


def test_what_stands_twice_has_all_its_places() -> None:
    """The same answer in another sentence that may answer the question is gold as well."""
    text = "Lee said so. Ann Lee built the old mill in 1820. The old mill that Ann Lee built dates from 1820."
    assert _made(Article(text))["When did Ann Lee build the old mill?"] == ["1820", "1820"]
    assert _made(Article("Mayor Ada Byron came. Ada Byron left. The singer Ada Byron sang."))["Who is Ada Byron?"] == [
        "The singer",
        "Mayor",
    ]


def test_a_name_that_goes_over_a_line_end_is_written_in_one_line() -> None:
    """The answers stay the article's, letter for letter."""
    article = Article("Eve\nFay")
    drafted = Draft("Who is Eve\nFay?", Template.WHO_IS, article, (Gold(0, 7, 0, 7),)).written("1", "agrees", "")
    assert (drafted.text, drafted.answers) == ("Who is Eve Fay?", ("Eve\nFay",))


def test_a_statement_is_taken_apart() -> None:
    """The subject is a name or clear by itself, the verb is known, and the rest ends with the clause."""
    text = "In 1820, the old mill was built by Ann Lee, who died."
    ((_, found),) = statements(Source.of(Article(text)))
    assert (found.lead, found.subject, found.verb, found.when) == ("In 1820, ", "the old mill", "was", "in 1820")
    assert text[found.start : found.end] == "the old mill was built by Ann Lee"
    assert text[found.rest : found.end] == "built by Ann Lee"
    assert found.asked("When", "built by Ann Lee") == "When was the old mill built by Ann Lee?"
    spring = "In spring, the old mill was painted."
    assert [one.when for _, one in statements(Source.of(Article(spring)))] == ["in spring"]
    for other in ("Experts warn the plan was wrong.", "The man who left was old.", "The mill had burnt down."):
        assert list(statements(Source.of(Article(other)))) == []


@pytest.mark.parametrize(
    ("text", "subject", "verb"),
    [
        # what is said beside a subject ends at its comma, even if the clause has another one
        ("The old mill, a big house, is located near the coast, in Kent.", "the old mill", "is"),
        ("The mill, dam, tall press, and farm house are in Kent.", "the mill, dam, tall press, and farm house", "are"),
        ("The old mill, built in Kent, sold bread, and it burnt.", "the old mill", "sold"),
        # initials, words that are quoted, amounts
        ("In 1907, Ann G. Lee and Cy H. V. Dee led the test.", "Ann G. Lee and Cy H. V. Dee", "led"),
        ("The U.S. dollar may fall in May.", "the U.S. dollar", "may"),
        ('The term "push-pull" was made in 1987.', 'the term "push-pull"', "was"),
        ("The $20 note is called a sawbuck.", "the $20 note", "is"),
        # what may be a verb is none behind 'the', and none before one
        ("The terms flour and meal are used in Kent.", "the terms flour and meal", "are"),
        ("The old data set is kept in Kent.", None, ""),
        # a name is one, and two names are many
        ("The Kent Classic Movies shows its films in May.", "the Kent Classic Movies", "shows"),
        ("The Kent Board and the Deal Programme estimate a loss.", "the Kent Board and the Deal Programme", "estimate"),
        # whose it is, is told beside it
        ("Cy Dee and his team were sent to Kent.", "Cy Dee and his team", "were"),
        ("Resistance to the old king grew in May.", "resistance to the old king", "grew"),
        ("The royal family were seen in Kent.", "the royal family", "were"),
        # what was before another time is asked for as what was
        ("By 1820, the mills of Kent had been sold.", "the mills of Kent", "were"),
        ("The old mill had already burnt in May.", "the old mill", "burnt"),
        ("On 3 May 1820, Ann Lee had already sold the mill.", "Ann Lee", "had"),
        ("Cy Dee had left the town when Ann Lee arrived.", "Cy Dee", "had"),
        # what looks like a second verb, an article, a list, a lead
        ("The old mill, a big house, built in 1820, burnt down in May.", "the old mill", "burnt"),
        ("United States forces in Kent attacked the town.", "United States forces in Kent", "attacked"),
        ("The Trade and Deal report in May named Kent.", "the Trade and Deal report in May", "named"),
        ("Vitamin A helps the eyes in May.", "Vitamin A", "helps"),
        ("The mill burnt, the dam broke, and the farm was sold.", None, ""),
        ("France, Kent, and Deal signed the treaty.", "France, Kent, and Deal", "signed"),
        ("Representing Kent, Ann Lee, a singer, won in May.", "Ann Lee", "won"),
        ("The summer palace, a big house, burnt down in May.", "the summer palace", "burnt"),
        # a name is no lead, though it ends like a participle or an adverb
        ("Ahmed Lee, a painter from Deal, Kent, was fined in May.", "Ahmed Lee", "was"),
        ("King Fay Lee, an old man, was fined in May.", "King Fay Lee", "was"),
        ("Born in Kent, Ahmed Lee spent his life in Deal.", "Ahmed Lee", "spent"),
        ("That same year, Ahmed Lee sold the mill.", "Ahmed Lee", "sold"),
        ("Ahmed Lee (German: [axmed]; 8 May 1700 – 17 March 1782) was a painter.", "Ahmed Lee", "was"),
        ("Most of Kent gets little rain.", "most of Kent", "gets"),
        ("A 2007 survey of Kent found a mill.", "a 2007 survey of Kent", "found"),
        ("Typically an old mill consists of two stones.", "an old mill", "consists"),
        ("In May, following the fall of Kent, the old mill burnt down.", "the old mill", "burnt"),
    ],
)
def test_a_subject_ends_where_its_verb_begins(text: str, subject: str | None, verb: str) -> None:
    """And what looks like a verb but is a noun is none."""
    found = [(stated.subject, stated.verb) for _, stated in statements(Source.of(Article(f"Kent\n\n{text}")))]
    assert found[:1] == ([(subject, verb)] if subject else [])


def test_twins_have_no_answer() -> None:
    """A person, a year, an abbreviation or a number is swapped for one of which the article does not tell it."""
    source = Source.of(NEWS)
    found = {draft.question: twin(draft, source) for draft in drafts(source)}
    twins = {question: one.question if one else None for question, one in found.items()}
    assert twins["What does NDB stand for?"] == "What does XYZ stand for?"
    assert twins["Who is Eve Fay?"] in [
        "When was Eve Fay born?", "Where was Eve Fay born?", "Who did Eve Fay marry?",
        "Where did Eve Fay go to university?",
    ]  # fmt: skip
    # no twin is made of the halves of two names
    assert not any(twin and ("Ada Fay" in twin or "Cy Fay" in twin) for twin in twins.values())
    assert twins["What happened in 1841?"] in [
        f"What happened in {year}?" for year in (1830, 1834, 1837, 1844, 1847, 1850)
    ]
    assert twins["What did Ada Byron say?"] in ("What did Cy Dee say?", "What did Eve Fay say?")
    assert twins["How many people were hurt in the great fire?"] is None
    assert all(one is None or (one.golds == () and one.article == NEWS) for one in found.values())


def test_a_twin_keeps_who_his_and_her_are() -> None:
    """Of another person, 'her mill' would be somebody else's."""
    source = Source.of(Article("Mayor Eve Dee sold her old mill in Kent. Minister Cy Fay came, and Fay left."))
    found = {draft.question: twin(draft, source) for draft in drafts(source)}
    assert found["Where did Mayor Eve Dee sell her old mill?"] is None


def test_a_twin_reads_well_and_has_no_answer() -> None:
    """What is said stays said about the same; whether another did it, the article tells too: no."""
    text = "Ann Lee said that the old mill was a ruin. Mayor Eve Dee came."
    source = Source.of(Article(text))
    found = {draft.question: twin(draft, source) for draft in drafts(source)}
    about = found["What did Ann Lee say about the old mill?"]
    assert about is not None
    assert about.question == "What did Eve Dee say about the old mill?"
    asked = "Did Ann Lee leave the ruin?"
    assert twin(Draft(asked, Template.DID, source.article), source) is not None
    assert twin(Draft(asked, Template.WHETHER, source.article), source) is None


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map(" ".join).filter(str.strip),
    st.booleans(),
)
def test_gold_is_exact_whatever_the_article(text: str, judged: bool) -> None:
    """Every answer is the article's own words, inside the sentence that proves it; no twin has a word of gold."""
    article = Article(text)
    source = Source.of(article, judged=judged)
    sentences = {(sentence.start, sentence.end) for sentence in split(article)}
    for draft in every_draft(source):
        question = draft.written("a", "agrees", "b")
        assert question.answerable
        assert len(question.places) == len(draft.golds)
        for place, gold in zip(question.places, draft.golds, strict=True):
            assert (gold.first, gold.last) in sentences
            assert gold.first <= place.start < place.end <= gold.last
            assert article.text[place.start : place.end] in question.answers
            assert article.text[gold.first : gold.last] in question.evidence
        assert json.loads(question_line(question))["source"] == "machine"
        other = twin(draft, source)
        assert other is None or (other.question != draft.question and not other.golds)


@given(st.text(min_size=1).filter(shows), st.booleans())
def test_any_text_can_be_drafted_from(text: str, judged: bool) -> None:
    """No text makes it fail, and the same text gives the same."""
    try:
        article = Article(text)
    except InputError:
        return
    source, again = Source.of(article, judged=judged), Source.of(article, judged=judged)
    assert pairs([source], [every_draft(source)]) == pairs([again], [every_draft(again)])


FACTS = Article("The General Data Act (GDA) passed. Rain fell in Kent. The GDA came late.")
"""The fake reader answers with the last word of the sentence that shares most words with the question."""


def _assistant(article: Article) -> Assistant:
    encoder = WordEncoder()
    return Assistant(build_index([article], encoder), encoder, last_words(4), 0.5)


@pytest.mark.parametrize(
    ("question", "gold", "reason", "note"),
    [
        ("Where did rain fall, in Kent?", Gold(49, 53, 35, 54), "", "Kent"),
        ("Where did rain fall, in Kent?", Gold(35, 39, 35, 54), "answered with other words", "Kent"),
        ("Where did rain fall, in Kent?", Gold(0, 3, 0, 34), "answered from another sentence", "Kent"),
        ("Who sang songs?", Gold(49, 53, 35, 54), "not answered", "The article doesn't say this."),
        ("Where did rain fall, in Kent?", None, "answered, though the article should not say", "Kent"),
        ("Who sang songs?", None, "", "The article doesn't say this."),
    ],
)
def test_a_draft_is_asked(question: str, gold: Gold | None, reason: str, note: str) -> None:
    """The assistant agrees if it gives a right word of a right sentence, or refuses what has no answer."""
    checked = check(Draft(question, Template.WHEN, FACTS, (gold,) if gold else ()), _assistant(FACTS))
    assert (checked.reason, checked.note) == (reason, note)
    assert checked.word == ("disagrees" if reason else "agrees")


def test_what_the_assistant_does_not_agree_with_is_dropped() -> None:
    """With its twin; unless everything is asked for. The count stops at the limit."""
    good = Draft("Where did rain fall, in Kent?", Template.WHEN, FACTS, (Gold(49, 53, 35, 54),))
    bad = Draft("Who sang songs?", Template.WHEN, FACTS, (Gold(49, 53, 35, 54),))
    refused, answered = Draft("Who sang?", Template.WHEN, FACTS), Draft("Did rain fall in Kent?", Template.WHEN, FACTS)
    made = [(good, refused), (bad, refused), (good, answered), (good, None)]
    ticks: list[int] = []
    drafted = asked(made, _assistant(FACTS), 40, False, lambda: ticks.append(1))
    name = FACTS.id[:8]
    assert [(one.id, one.text) for one in drafted.questions] == [
        (f"{name}-001", good.question),
        (f"{name}-001-twin", "Who sang?"),
        (f"{name}-003", good.question),
        (f"{name}-004", good.question),
    ]
    assert drafted.dropped == {
        "not answered": 1,
        "twin of one that is dropped": 1,
        "answered, though the article should not say": 1,
    }
    assert (drafted.asked, len(ticks)) == (6, 4)
    everything = asked(made, _assistant(FACTS), 40, True, lambda: None)
    assert [one.fields["checked"] for one in everything.questions] == [
        "agrees", "agrees", "disagrees", "agrees", "agrees", "disagrees", "agrees",
    ]  # fmt: skip
    assert everything.questions[1].fields["twin_of"] == f"{name}-001"
    few = asked(made, _assistant(FACTS), 1, False, lambda: None)
    assert [one.id for one in few.questions] == [f"{name}-001"]
    assert few.dropped == {"over the limit": 6}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The command with the fakes, on an article in a file."""
    (tmp_path / "a.txt").write_text(FACTS.text, encoding="utf-8")
    (tmp_path / "bare.txt").write_text("Rain fell.", encoding="utf-8")
    monkeypatch.setattr(command, "open_assistant", lambda *_: _assistant(FACTS))
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.command()(command.questions_command)
    # with the fast reader no draft is judged by a model
    return lambda *arguments, reader="fast": CliRunner().invoke(app, [*arguments, "--reader", reader])


def test_the_command_writes_a_question_set(run: Any, tmp_path: Path) -> None:
    """Its lines are marked as made by a machine, and standard error says so too, and what was dropped."""
    done = run("a.txt", "--output", "q.jsonl", "--all")
    assert done.exit_code == 0
    assert "Made by a machine: 1 questions in q.jsonl, 0 of them unanswerable; 1 were asked." in done.stderr
    assert "The assistant does not agree with 1 of them." in done.stderr
    assert "Next, keep or drop each: pullquote annotate a.txt --output q.jsonl" in done.stderr
    (question,) = read_question_set(tmp_path / "q.jsonl", strict=True).questions
    assert (question.text, question.answers) == ("What does GDA stand for?", ("General Data Act",))
    assert question.fields == {
        "source": "machine", "template": "stands for", "checked": "disagrees", "note": "The article doesn't say this.",
    }  # fmt: skip
    done = run("a.txt", "--output", "q.jsonl")
    assert "Dropped, not answered: 1" in done.stderr
    assert (tmp_path / "q.jsonl").read_text(encoding="utf-8") == ""


def test_without_its_model_no_draft_is_judged(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told why, and what rules take is written."""

    def missing() -> None:
        raise InputError("There is no trunk. Connect once.")

    monkeypatch.setattr(judge, "load_judge", missing)
    done = run("a.txt", "--output", "q.jsonl", "--all", reader="accurate")
    assert done.exit_code == 0
    assert "No draft is judged, so more of them read badly: There is no trunk. Connect once." in done.stderr
    assert "Made by a machine: 1 questions in q.jsonl" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.txt", "--output", "q.csv"], r"q\.csv does not end in \.jsonl\."),
        (["a.txt", "--output", "no/q.jsonl"], r"Cannot write no/q\.jsonl: no such folder"),
        (["none.txt", "--output", "q.jsonl"], r"No article at none\.txt"),
        (
            ["bare.txt", "--output", "q.jsonl"],
            r"bare\.txt has no sentence that a good question can be made of\.",
        ),
    ],
)
def test_bad_input_is_told_before_a_model_is_loaded(run: Any, arguments: list[str], message: str) -> None:
    """The message names the value and what to do."""
    with pytest.raises(InputError, match=message):
        raise run(*arguments).exception


def test_questions_and_answers_have_clean_edges() -> None:
    """Two spaces, a comma before a bracket and a small first letter are the article's, not the question's."""
    found = _made(
        Article(
            "Of Kent\n\nThe old mill was sold to the  town of Deal in 1820. "
            "Ann Lee opened the new school near Old Deal, (then a village). "
            "The old bridge was unique in all of Old Deal,[1] a port."
        )
    )
    assert found["When was the old mill sold to the town of Deal?"] == ["1820"]
    assert found["What did Ann Lee open near Old Deal?"] == ["the new school"]
    assert found["Was the old bridge unique in all of Old Deal?"] == ["The old bridge was unique in all of Old Deal"]
    assert all(answer == answer.strip(" ,") for answers in found.values() for answer in answers)
    asked = "why did you leave the old mill in Kent?\n\nI liked the sea near Deal much more.\n\n"
    interview = _made(Article(f"Interview with Ann Lee\n\n{asked * 3}"))
    assert list(interview) == ["Why did Ann Lee leave the old mill in Kent?"]


def test_what_is_said_again_in_the_same_words_has_both_places() -> None:
    """The summary of a report says what its text says; what a text says hundreds of times is a formula."""
    text = "Ann Lee sold the old mill in Kent in 1820."
    twice = {draft.question: draft for draft in drafts(Source.of(Article(f"{text}\n\nEve Dee came.\n\n{text}")))}
    assert [gold.first for gold in twice["Where did Ann Lee sell the old mill in 1820?"].golds] == [0, 59]
    assert drafts(Source.of(Article(f"{text}\n\n" * 100))) == []
