"""Question sets made by people: drafts are kept or dropped, questions are added."""
