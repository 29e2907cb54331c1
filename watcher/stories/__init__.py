"""From a page to a story, to its group, to its files."""
