"""Feeds: asked for politely, read, told apart, and asked again when there is something to read."""
