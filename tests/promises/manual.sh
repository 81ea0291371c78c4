#!/bin/bash
# SPDX-License-Identifier: ISC
# Man pages and completions, as they are made: manual.sh SOURCE MADE PROGRAM... with the folder of those that are made,
# and the sources, where some are written by hand. What is not installed here is said, and left out.
set -euo pipefail

source=$1
pages=$source/docs/man
made=$2
shift 2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
left_out=
fail() { echo "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null || { echo "left out: there is no $1"; left_out=1; false; }; }

mkdir "$dir/man"
cp "$made"/*.1 "$pages"/*.5 "$pages"/*.7 "$dir/man"
grep -h '^\.Xr sidewire' "$dir"/man/* | while read -r _ name section _; do
    [ -e "$dir/man/$name.$section" ] || fail "there is no $name($section)"
done
if has mandoc; then
    for page in "$dir"/man/*; do
        # it looks for others in the system's folder only
        mandoc -T lint "$page" 2>&1 | grep -vE 'outdated mandoc.db|referenced manual not found' >"$dir/found" || true
        [ ! -s "$dir/found" ] || fail "$(cat "$dir/found")"
    done
    echo "clean: $(ls "$dir/man")"
fi

# All options of --help are everywhere.
for program in "$@"; do
    name=$(basename "$program")
    PATH=$PATH:$(realpath "$(dirname "$program")") # fish looks for completions of programs that are there
    options=$("$program" --help | sed -nE 's/^    (-., )?--([a-z0-9-]+).*/\2/p')
    [ "$(wc -w <<<"$options")" -gt 10 ] || fail "$name --help has hardly any options"
    for option in $options; do
        grep -qE "^\.It (Fl . , )?Fl .?-$option( |$)" "$made/$name.1" || fail "$name.1: no --$option"
        grep -q -- " --${option}[ ']" "$made/$name" || fail "bash: no --$option of $name"
        grep -qE -- "-l $option " "$made/$name.fish" || fail "fish: no --$option of $name"
        grep -qE -- "--${option}['=}]" "$made/_$name" || fail "zsh: no --$option of $name"
    done
done

# bash WORDS... completes the last one
complete_bash() {
    (
        # shellcheck disable=SC2317 # the completion calls it
        compopt() { :; }
        # shellcheck disable=SC1090 # it is made
        source "$made/$1"
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        "_$1"
        echo "${COMPREPLY[*]:-}"
    )
}
expect() { [ "$2" = "$3" ] || fail "$1: '$2' and not '$3'"; }
touch "$dir/a file"
cd "$dir"
expect bash "$(complete_bash sidewire-client --ho)" "--host"
expect bash "$(complete_bash sidewire-client addi)" "addimg"
expect bash "$(complete_bash sidewire-client -k 'a ')" "a file"
expect bash "$(complete_bash sidewire-client --key = 'a ')" "a file"
expect bash "$(complete_bash sidewire-client -u bob addl)" "addlyr"
expect bash "$(complete_bash sidewire-client addimg 'a ')" "a file"
expect bash "$(complete_bash sidewire-client addimg --ho)" ""
expect bash "$(complete_bash sidewire-server --log-level cr)" "crit"
expect bash "$(complete_bash sidewire-server --log-level = cr)" "crit"
expect bash "$(complete_bash sidewire-dump -t =)" "relative absolute utc delta epoch"
expect bash "$(complete_bash sidewire-dump --color = al)" "always"
expect bash "$(complete_bash sidewire-dump --extract ma)" "man"
expect bash "$(complete_bash sidewire-dump 'a ')" "a file"

# Where programs are installed, shells find the completions of a program by themselves.
mkdir -p "$dir/share/bash-completion/completions" "$dir/share/fish/vendor_completions.d"
for program in "$@"; do
    name=$(basename "$program")
    cp "$made/$name" "$dir/share/bash-completion/completions"
    cp "$made/$name.fish" "$dir/share/fish/vendor_completions.d"
done
if [ -e /usr/share/bash-completion/bash_completion ]; then
    cat >"$dir/lines" <<'L'
sidewire-client --ho:sidewire-client --host
sidewire-client addi:sidewire-client addimg
sidewire-client -u bob addl:sidewire-client -u bob addlyr
sidewire-server --log-level cr:sidewire-server --log-level crit
sidewire-server --log-level=cr:sidewire-server --log-level=crit
sidewire-dump --color=al:sidewire-dump --color=always
sidewire-dump a\ f:sidewire-dump a\ file
L
    mapfile -t begun < <(cut -d : -f 1 "$dir/lines")
    python3 "$source/tests/promises/bash_line.py" "$dir/share" "${begun[@]}" >"$dir/completed" || fail 'interactive bash'
    cut -d : -f 2 "$dir/lines" | diff - "$dir/completed" || fail 'interactive bash: not as expected'
else
    echo 'left out: there is no package bash-completion'
    left_out=1
fi

if has fish; then
    complete_fish() { HOME=$dir XDG_DATA_DIRS=$dir/share fish -c "complete -C'$1'" | cut -f 1 | xargs; }
    # from fish 4 on, letters in that order are enough, as in --history
    expect fish "$(complete_fish 'sidewire-client --hos')" "--host"
    expect fish "$(complete_fish 'sidewire-client addi')" "addimg"
    expect fish "$(complete_fish 'sidewire-server --log-level cr')" "crit"
    expect fish "$(complete_fish 'sidewire-dump --color=al')" "--color=always"
fi

if has zsh; then
    # what a terminal shows after words and a tabulator
    complete_zsh() {
        HOME=$dir zsh -f <<Z
zmodload zsh/zpty
zpty -b line env TERM=dumb HOME=$dir zsh -f -i
zpty -w line "PS1=; fpath=('$made' \\\$fpath); autoload -Uz compinit; compinit -u -D; unsetopt auto_list; print rea''dy"
zpty -r -m line text '*ready*'
zpty -n -w line \$'$1\t\x01print -r -- "[\x05]"\n'
zpty -r -m line text '*\]*\[*\]*'
print -r -- "\$text"
Z
    }
    for word in sidewire-client:--ho:--host sidewire-client:addi:addimg sidewire-dump:--jso:--json; do
        IFS=: read -r program begun whole <<<"$word"
        timeout 30 bash -c "$(declare -f complete_zsh); dir='$dir' made='$made' complete_zsh '$program $begun'" >"$dir/zsh" 2>&1 ||
            fail "zsh: $(cat "$dir/zsh")"
        grep -q -- "\[$program $whole" "$dir/zsh" || fail "zsh: $word: $(cat -v "$dir/zsh")"
    done
fi
[ -z "$left_out" ] || exit 77
