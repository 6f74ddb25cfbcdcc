"""Question sets made of an article: drafted by rule for a person to look through, or by a person on a page."""
