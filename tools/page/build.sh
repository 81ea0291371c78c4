#!/bin/sh
# SPDX-License-Identifier: ISC
# Makes the page: build.sh OUTPUT DEPFILE SOURCE_DIR LIBRARIES WORK_DIR SOURCE...
# LIBRARIES has mbedTLS for WebAssembly (script/foreign-libraries). Style and script are those of the pages that
# sidewire-dump writes, and what is about dropping files.
set -eu

target=$1 # as the build system calls it
output=$(realpath -m "$1") depfile=$(realpath -m "$2") root=$(realpath "$3") libraries=$(realpath "$4")
work=$(realpath -m "$5")
shift 5
shown=$root/tools/dump/show/page
here=$root/tools/page
rm -rf "$work"
mkdir -p "$work"

# Objects, some at a time. From the folder of the sources, whose own path may have blanks.
for source in "$@"; do
    printf '%s\0' "$(realpath --relative-to="$root" "$source")"
done >"$work/sources"
cd "$root"
cc=$root/script/wasi-cc flags='-std=c11 -Oz -Wall -Werror -ffunction-sections -fdata-sections -D_GNU_SOURCE -DNDEBUG'
for folder in include src src/crypto tools/shared tools/dump tools/dump/show; do
    flags="$flags -I$folder"
done
export cc flags libraries work
# shellcheck disable=SC2016 # for the shells that xargs starts
xargs -0 -n 1 -P "$(nproc)" sh -c 'name=$work/$(echo "$0" | tr / _)
    exec "$cc" $flags -isystem "$libraries/include" -c "$0" -MD -MF "$name.d" -o "$name.o"' <"$work/sources"
"$cc" -mexec-model=reactor "$work"/*.o -L"$libraries/lib" -lmbedcrypto -Wl,--strip-all -Wl,-z,stack-size=262144 \
    -o "$work/decode.wasm"

# The source expression that allows an element with this text, which begins with a LF.
digest() {
    printf "'sha256-%s'" "$({ echo; cat "$1"; } | sha256sum | cut -c1-64 | tr a-f A-F | basenc -d --base16 |
        base64)"
}
# Files of the pages, then ours, without their licence lines.
join() {
    parts=$1 ours=$2
    (cd "$shown" && cat $parts && cd "$here" && cat $ours) | sed '/SPDX-License-Identifier/d'
}
join 'page.css ladder.css narrow.css' drop.css >"$work/style"
join 'bytes.js times.js records.js search.js elements.js conversation.js detail.js ladder.js overview.js sessions.js' \
    'module.js drop.js' >"$work/script"
gzip -9 -n <"$work/decode.wasm" | base64 -w 120 >"$work/module"
cat >"$work/policy" <<HTML
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src $(digest "$work/script") 'wasm-unsafe-eval'; style-src $(digest "$work/style"); base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'">
HTML
sed -e "/^@policy@\$/{r $work/policy
d}" -e "/^@style@\$/{r $work/style
d}" -e "/^@script@\$/{r $work/script
d}" -e "/^@module@\$/{r $work/module
d}" -e '/SPDX-License-Identifier/d' "$here/page.html" >"$output"

{
    printf '%s:' "$target"
    cat "$work"/*.d | tr ' \\' '\n\n' | grep '\.[ch]$' | sort -u | grep -v '^/' | sed "s|^| $(echo "$root" | sed 's/ /\\\\ /g')/|" |
        tr -d '\n'
} >"$depfile"
