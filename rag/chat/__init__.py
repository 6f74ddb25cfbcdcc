"""What a page remembers and shows: conversations, and questions to begin with."""
