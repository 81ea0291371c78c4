#!/bin/sh
# SPDX-License-Identifier: ISC
# one_file.sh PLUGIN: it holds all it needs of sidewire.
set -eu

needed=$(readelf -d "$1" | grep NEEDED)
if echo "$needed" | grep libsidewire; then
    echo "one_file.sh: the plugin needs these" >&2
    exit 1
fi
echo "$needed" | grep -q libwireshark
