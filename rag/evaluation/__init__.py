"""Judge answers and rankings on a question set, without another model as the judge."""
