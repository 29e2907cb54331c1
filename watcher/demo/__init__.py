"""The demo: a newsroom on loopback, the real daemon, a mail and a webhook sink; what came, held against the truth.

outlets (story files with their truth) -> press (feeds and pages as bytes) -> newsroom (serves and publishes them)
-> the daemon, as a subprocess -> sinks and archive -> verdict. Nothing of watcher's rooms is imported: the demo looks
at the daemon from outside, as a user does.
"""
