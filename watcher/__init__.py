"""watcher: reads news feeds, looks for those on a watchlist, keeps the stories and tells their owner."""

__version__ = "0.1.0"
