#!/bin/sh
# SPDX-License-Identifier: ISC
# Looks at the page with axe-core, in light and dark, as packets and as a conversation:
# accessible.sh PRINT_SESSIONS MODULES. Without Chromium (SIDEWIRE_NO_BROWSER=1), or where the npm package can
# neither be found in MODULES nor be installed, the test is skipped, and says so (status 77).
set -eu
print=$(realpath "$1") modules=$(realpath -m "$2")
axe=$modules/node_modules/axe-core/axe.min.js

skip() {
    echo "skipped: $1"
    exit 77
}
[ "${SIDEWIRE_NO_BROWSER:-}" != 1 ] || skip 'there is to be no browser'
command -v npm >/dev/null || skip 'there is no npm'
if [ ! -f "$axe" ]; then
    mkdir -p "$modules"
    timeout 120 npm install --prefix "$modules" --no-audit --no-fund --silent axe-core >/dev/null 2>&1 ||
        skip 'axe-core cannot be installed'
fi

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
"$print" html all >page.html
# the page's policy would refuse the script
python3 - "$axe" <<'END'
import re
import sys

CHECK = '''
document.addEventListener('DOMContentLoaded', () => setTimeout(async () => {
    const view = new URLSearchParams(location.search).get('view');
    [...document.querySelectorAll('#session button')].find(b => b.textContent === view).click();
    const result = await axe.run(document);
    const contrast = result.passes.find(rule => rule.id === 'color-contrast').nodes.length;
    document.body.textContent = 'FOUND ' + JSON.stringify(result.violations.map(rule =>
        [rule.id, rule.nodes.map(node => node.target + ': ' + node.failureSummary)])) +
        (contrast > 20 ? ' LOOKED' : '');
}, 300));'''
page = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', '', open('page.html').read())
page = page.replace('</body>', f'<script>{open(sys.argv[1]).read()}</script><script>{CHECK}</script></body>')
open('checked.html', 'w').write(page)
END

for colours in 1 0; do # light, dark
    for view in Packets Conversation; do
        chromium --headless --no-sandbox --disable-gpu --user-data-dir=profile --virtual-time-budget=20000 \
            --blink-settings=preferredColorScheme=$colours --dump-dom \
            "file://$PWD/checked.html?view=$view#session=4&packet=7" >seen.html 2>/dev/null
        grep -q 'FOUND \[\] LOOKED' seen.html || {
            echo "$view, colours $colours:"
            grep -A100 'FOUND' seen.html || echo 'axe-core has said nothing'
            exit 1
        }
    done
done
