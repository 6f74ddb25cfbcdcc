"""Question sets made of an article by rule, for a person to look through."""
