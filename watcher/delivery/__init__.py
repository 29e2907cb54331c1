"""message -> one try over one channel -> outcome: delivered, deferred or rejected."""
