/* SPDX-License-Identifier: ISC */
#include "hold_in.h"

#include "log.h"
#include "sandbox.h"

#include <stdlib.h>

#ifdef SIDEWIRE_NO_SANDBOX

void server_expect_hold(const server *s)
{
    (void)s;
}

void server_hold_in(const server *s)
{
    (void)s;
    log_event(LEVEL_DEBUG, "sandbox: none in this build");
}

#else

void server_expect_hold(const server *s)
{
    if (!s->options->without_sandbox)
        sandbox_without_rings();
}

/* Where SQLite looks for a place for a database that nobody is to see. */
static void allow_temporary_files(sandbox *held)
{
    static const char *const folders[] = { "/var/tmp", "/usr/tmp", "/tmp" };
    const char *variables[] = { getenv("SQLITE_TMPDIR"), getenv("TMPDIR") };

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        sandbox_allow(held, folders[i], SANDBOX_WRITE);
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        if (variables[i] != NULL)
            sandbox_allow(held, variables[i], SANDBOX_WRITE);
}

void server_hold_in(const server *s)
{
    const server_options *options = s->options;
    char text[SANDBOX_TEXT_SIZE];
    sandbox held;

    if (options->without_sandbox) {
        log_event(LEVEL_NOTICE, "sandbox: none, as asked for");
        return;
    }
    sandbox_begin(&held);
    sandbox_allow_folder_of(&held, options->user_list, SANDBOX_READ);
    for (size_t i = 0; i < s->users.key_file_count; i++)
        sandbox_allow_folder_of(&held, s->users.key_files[i], SANDBOX_READ);
    if (options->database != NULL)
        sandbox_allow_folder_of(&held, options->database, SANDBOX_WRITE);
    else
        allow_temporary_files(&held);
    if (options->record != NULL)
        sandbox_allow_folder_of(&held, options->record, SANDBOX_WRITE);
    if (s->keylog.path != NULL)
        sandbox_allow_folder_of(&held, s->keylog.path, SANDBOX_WRITE);
    sandbox_enter(&held, 0, text);
    if (text[0] != '\0')
        log_event(LEVEL_NOTICE, "sandbox: %s", text);
}

#endif
