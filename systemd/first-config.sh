#!/bin/sh
# first-config.sh WATCHER DIR: writes a first configuration into DIR; what is there already stays as it is.
set -eu
watcher=$1 folder=$2
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
"$watcher" init "$made" 2>/dev/null
# The service may write to /var/lib/watcher alone.
sed -i 's|^archive: .*|archive: /var/lib/watcher|' "$made/config/watcher.yaml"
cd "$made/config"
find . -type f | while read -r file; do
    if [ -e "$folder/$file" ]; then
        echo "kept  $folder/${file#./}"
    else
        install -D -m 0644 "$file" "$folder/$file"
        echo "wrote $folder/${file#./}"
    fi
done
