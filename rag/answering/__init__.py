"""From a question to a cited answer: what was understood, retrieved and read, joined."""
