"""An answer as Markdown, on a console, as a file, and for clients of a language model."""
