#!/bin/sh
# unit-for.sh VERSION: the unit on standard output as a systemd of this version knows it.
# Before 253 there is no Type=notify-reload, in which systemd itself sends SIGHUP and waits until the reload is done.
set -eu
unit=$(dirname "$0")/watcher.service
if [ "$1" -ge 253 ]; then
    cat "$unit"
else
    sed -e '/^# For systemd 253/d' -e 's|^Type=notify-reload$|Type=notify\nExecReload=/bin/kill -HUP $MAINPID|' "$unit"
fi
