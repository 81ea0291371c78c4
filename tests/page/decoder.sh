#!/bin/sh
# SPDX-License-Identifier: ISC
# Drops captures and keys on the page that decodes, in headless Chromium, and compares what it shows with the page that
# sidewire-dump writes: decoder.sh PAGE SOURCE_DIR BUILD_DIR
# Without Chromium (SIDEWIRE_NO_BROWSER=1) only its size is looked at. Sessions are recorded by the programs: plain and
# sealed, with each cipher.
set -eu
page=$(realpath "$1") source=$2 tools=$3/tools
size_max=$((400 * 1024))

size=$(wc -c <"$page")
echo "figure: page that decodes: $size bytes, limit $size_max"
[ "$size" -le "$size_max" ] || { echo "larger than its limit" >&2; exit 1; }
# nothing is loaded from elsewhere
if grep -nE '(src|href)=|https?://' "$page" | grep -v 'http://www.w3.org/2000/svg'; then
    echo "the page refers to something else" >&2
    exit 1
fi
[ "${SIDEWIRE_NO_BROWSER:-}" != 1 ] || { echo 'skipped: there is to be no browser'; exit 77; }

folder=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

# ---- sessions ----

HOME=$folder
export HOME
unset SIDEWIREKEYLOGFILE XDG_CONFIG_HOME
ssh-keygen -q -t rsa -b 2048 -N '' -f key
umask 022 # the server takes no list that others may write
echo 'user demo key.pub AFS_READ,AFS_WRITE,VSS_READ,VSS_WRITE' >users
"$tools/server/sidewire-server" -u users -p 0 --record session.pcapng --host-key host --allow-legacy --allow-rc4 \
    --allow-sha1 --track '/music/Blue Train.flac=643' >out 2>log &
server=$!
tries=100
until grep -qs '^listening' out; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { cat log >&2; exit 1; }
    sleep 0.1
done
port=$(sed -n 's/^listening on .*://p' out)
ask() {
    SIDEWIREKEYLOGFILE=keys.log "$tools/client/sidewire-client" -H 127.0.0.1 -p "$port" -u demo -k key "$@" >>answers
}
ask --plain help
ask --plain --features sideband --allow-rc4 help
ask --plain --features '' --allow-legacy version
ask --accept-new --features sideband,aes_ctr128,sha256,noise_nx_25519_aesgcm_sha256 version
ask --accept-new --features sideband,aes_ctr128,sha256,noise_nx_25519_chachapoly_sha256 help
head -c 30000 "$source/docs/protocol.md" | ask --plain addblob mood 2>/dev/null || true
kill "$server"
wait "$server" || true
server=

# ---- files ----

gzip -k session.pcapng
tail -c 3000 session.pcapng >broken
head -c 4000 session.pcapng >cut.pcapng
printf '\050\265\057\375' >packed.zst
cp "$page" decoder.html
"$tools/dump/sidewire-dump" --keylog keys.log --key key --html expected.html session.pcapng >/dev/null
python3 - <<'END' >files.js
import base64
import json
names = ['session.pcapng', 'session.pcapng.gz', 'keys.log', 'key', 'cut.pcapng', 'broken', 'packed.zst']
print('const files = %s;' % json.dumps({name: base64.b64encode(open(name, 'rb').read()).decode() for name in names}))
print("const drops = [['broken'], ['session.pcapng'], ['packed.zst'], ['session.pcapng.gz'], ['cut.pcapng'],"
      " ['key'], ['keys.log', 'session.pcapng']];")
END
{ echo '<script>'; cat files.js; echo '</script>'; cat "$source/tests/page/driver.html"; } >driver.html
timeout 250 chromium --headless --no-sandbox --disable-gpu --user-data-dir=profile --enable-logging=stderr \
    --allow-file-access-from-files --dump-dom "file://$folder/driver.html" >dom 2>browser.log || { cat browser.log >&2; exit 1; }
sed -n '/<pre id="seen">/,/<\/pre>/p' dom | sed 's/<[^>]*>//g' >seen
cat >expected <<'END'
dropped broken: 
files: 
messages: sidewire-dump: broken: neither a capture nor a key log, nor an RSA private key: no key in a known format
dropped session.pcapng: 6 sessions, 36 packets
files: capture: session.pcapng
dropped packed.zst: 6 sessions, 36 packets
files: capture: session.pcapng
messages: packed.zst: compressed by zstd, which browsers do not read: unzstd it before
dropped session.pcapng.gz: 6 sessions, 36 packets
files: capture: session.pcapng.gz
dropped cut.pcapng: 1 session, 6 packets
files: capture: cut.pcapng
messages: sidewire-dump: cut.pcapng: after 24 packets: the file is cut off
dropped key: 1 session, 9 packets
files: capture: cut.pcapng,keys: key
messages: sidewire-dump: cut.pcapng: after 24 packets: the file is cut off
dropped keys.log,session.pcapng: 6 sessions, 52 packets
files: capture: session.pcapng,keys: key,keys: keys.log
title: same
totals: same
list: same
sessions compared: 6
with something in them: 6
done: true
END
sed '/^$/d' seen | diff expected - || { cat browser.log >&2; exit 1; }
if grep -E 'CONSOLE|Refused|Uncaught' browser.log | grep -v 'source: chrome'; then
    echo "the browser complains of the page" >&2
    exit 1
fi
echo "the page shows what sidewire-dump does"
