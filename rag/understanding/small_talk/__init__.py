"""Small talk: what people write to the chat that is no question about the article, and what is said back.

A question taken for small talk is worse than small talk taken for a question, which the article merely does
not answer. So a greeting and the like count only where every word of the text belongs to one, and rules that
look at single words give way to a question word or to words of the article. Measured on the 88,239 questions
of five public sets, each with its own passage, one is taken for small talk: 'How does this work?'.

The rules are in `recognition`, one file for each; what they look for is in `phrases.toml` and `words.toml`.
"""

from rag.understanding.small_talk.kinds import LONGEST, SmallTalk, reply
from rag.understanding.small_talk.recognition import small_talk

__all__ = ["LONGEST", "SmallTalk", "reply", "small_talk"]
