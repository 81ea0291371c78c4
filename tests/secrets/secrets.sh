#!/bin/sh
# SPDX-License-Identifier: ISC
# The program under valgrind, with a key made for it: secrets.sh VALGRIND PROGRAM SUPPRESSIONS
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f "$folder/key"
"$1" --quiet --suppressions="$3" "$2" "$folder/key"
