"""The clock: asks the store what is due and hands each id to its step, until it is told to stop."""

from watcher.daemon.runner import Runner
from watcher.daemon.summary import Summary

__all__ = ["Runner", "Summary"]
