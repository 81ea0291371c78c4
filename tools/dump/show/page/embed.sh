#!/bin/sh
# SPDX-License-Identifier: ISC
# Prints a C source file that holds text files, but for their licence lines, as arrays of lines, ended by NULL:
#     embed.sh HEADER NAME= FILE... [NAME= FILE...]...
set -eu

end=
printf '#include "%s"\n\n#include <stddef.h>\n' "$1"
shift
for word in "$@"; do
    case $word in
    *=)
        printf '%s\nconst char *const %s[] = {\n' "$end" "${word%=}"
        end='    NULL
};
'
        ;;
    *) sed -e '/SPDX-License-Identifier/d' -e 's/[\\"]/\\&/g' -e 's/^/    "/' -e 's/$/\\n",/' "$word" ;;
    esac
done
printf '%s' "$end"
