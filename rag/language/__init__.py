"""English by rule: words, names, spelling, and the lists of words that the rules share."""
