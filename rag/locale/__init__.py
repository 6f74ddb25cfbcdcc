"""What Pullquote itself says to readers, in their languages: one file a language, named by its code.

A new language is a file with the sections and keys of `en.json`, in which every text has the same `{placeholders}`;
`tests/unit/locale` checks that. A text that depends on `{count}` may be an object with the forms that
`Intl.PluralRules` names; only the scripts of the pages say such a text. `number` has the marks of its numbers.
Articles, questions and answers are not translated, and neither are the command line, the log and the documented API.
"""

from rag.locale.locale import AUTO, ENGLISH, LOCALES, Locale, preferred, script_json

__all__ = ["AUTO", "ENGLISH", "LOCALES", "Locale", "preferred", "script_json"]
