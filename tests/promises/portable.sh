#!/bin/sh
# SPDX-License-Identifier: ISC
# Programs in the form for other systems call nothing that Linux alone has: portable.sh PROGRAM...
set -eu

names='accept4 pipe2 dup3 getrandom secure_getenv fopencookie explicit_bzero mempcpy memrchr tdestroy reallocarray
    setresuid setresgid prctl syscall ppoll epoll_create1 eventfd signalfd timerfd_create inotify_init1 memfd_create
    close_range statx sendfile splice get_current_dir_name canonicalize_file_name strchrnul'
failed=0
for program in "$@"; do
    undefined=$(nm -D --undefined-only "$program" | sed 's/.* //; s/@.*//')
    echo "$undefined" | grep -q '^getentropy$\|^socket$\|^read$' || { echo "$program: no names found" >&2; exit 1; }
    for name in $names; do
        if echo "$undefined" | grep -qx "$name"; then
            echo "$program: $name is Linux's own" >&2
            failed=1
        fi
    done
done
exit "$failed"
