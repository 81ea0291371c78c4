#!/bin/sh
# SPDX-License-Identifier: ISC
# script/install asks apt for what is missing and known, lets it remove nothing, and fails when a release lacks a package, after
# the others were installed: installs.sh SOURCE_DIR
set -eu

cd "$1"
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT

# Programs of a system where nothing is installed, and knows all but two.
program() {
    cat >"$dir/$1"
    chmod +x "$dir/$1"
}
program dpkg-query <<'SH'
#!/bin/sh
exit 1
SH
program id <<'SH'
#!/bin/sh
echo 0
SH
program apt-get <<SH
#!/bin/sh
echo "\$*" >>"$dir/asked"
SH
program apt-cache <<SH
#!/bin/sh
[ "\$2" != why3 ] || { printf 'why3:\n  Installed: (none)\n  Candidate: (none)\n'; exit 0; } # one that others name
[ "\$2" != "frama-c-base" ] || exit 0
printf '%s:\n  Installed: (none)\n  Candidate: 1.0\n' "\$2"
SH

# A run's status and what it said: run STATUS SET...
run() {
    wanted=$1
    shift
    status=0
    : >"$dir/asked"
    PATH="$dir:$PATH" script/install "$@" >"$dir/said" 2>"$dir/errors" || status=$?
    [ "$status" -eq "$wanted" ] || { echo "script/install $*: status $status" >&2; cat "$dir/errors" >&2; exit 1; }
    grep ' install\|^install' "$dir/asked" >"$dir/installed" || true
}

run 0 build
[ ! -s "$dir/errors" ]
grep -q -- '--no-remove.* meson' "$dir/installed"

run 1 prove
grep -q 'has no such packages: frama-c-base why3$' "$dir/errors"
grep -q -- '--no-remove.* z3' "$dir/installed"
if grep -q 'frama-c-base\|why3' "$dir/installed"; then exit 1; fi

run 2 nonsense
[ ! -s "$dir/asked" ]
