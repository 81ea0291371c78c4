#!/bin/sh
# SPDX-License-Identifier: ISC
# Every file is under the one licence, as the REUSE specification has it (.reuse/dep5), each source file says so in its
# first line, and none says otherwise:
# licence.sh SOURCE_DIR
set -eu

cd "$1"
grep -qx 'Files: \*' .reuse/dep5
grep -qx 'License: ISC' .reuse/dep5
cmp LICENSE LICENSES/ISC.txt
[ "$(grep -c '^Files:' .reuse/dep5)" -eq 1 ]
script/licence
# REUSE-IgnoreStart
if grep -rIn --exclude-dir=.git --exclude-dir='build*' --exclude-dir='obj-*' --exclude='licence*' 'SPDX-License-Identifier:' . |
    grep -vE 'SPDX-License-Identifier: ISC( \*/| -->)?$'; then
    echo "another licence than that of the project (above)" >&2
    exit 1
fi
# REUSE-IgnoreEnd
# elsewhere it would look at what was built, too
if command -v reuse >/dev/null && git rev-parse --git-dir >/dev/null 2>&1; then
    reuse lint
fi
