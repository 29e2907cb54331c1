"""match + group + history -> alert -> one message per channel; pure."""
