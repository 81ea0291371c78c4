/* SPDX-License-Identifier: ISC */
#include "user_keys.h"

#include "process.h"
#include "scratch.h"
#include "suite.h"

#include <sys/stat.h>
#include <unistd.h>

static void make_key(const char *name)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, "ssh-keygen -q -t rsa -b 2048 -N '' -C '' -f");
    command_add(&line, scratch_format("keys/%s", name));
    process_expect(process_start(&line, NULL), "ssh-keygen", 0, NULL, NULL);
}

void make_user_keys(void)
{
    static const char *const names[] = { "alice", "bob", "eve" };

    if (access("keys", F_OK) == 0)
        return;
    ck_assert_int_eq(mkdir("keys", 0700), 0);
    for (int i = 0; i < COUNT(names); i++)
        make_key(names[i]);
    processes_end();
}
