"""The chat: conversations, questions to begin with, and feedback."""
