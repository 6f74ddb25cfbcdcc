"""What keeps articles so that they can be searched: one protocol, and the engines behind it."""
