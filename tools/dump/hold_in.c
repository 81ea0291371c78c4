/* SPDX-License-Identifier: ISC */
#include "hold_in.h"

#include "report.h"
#include "sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef SIDEWIRE_NO_SANDBOX

void hold_in(const arguments *args, const page_file *page)
{
    (void)args;
    (void)page;
}

#else

static void allow_output(sandbox *held, const arguments *args, const page_file *page)
{
    sandbox_allow(held, P_tmpdir, SANDBOX_WRITE); /* sessions that wait until they are whole */
    if (args->shown.page != NULL && page->temporary != NULL)
        sandbox_allow_folder_of(held, page->path, SANDBOX_WRITE);
    if (args->copy.path != NULL && strcmp(args->copy.path, "-") != 0)
        sandbox_allow_folder_of(held, args->copy.path, SANDBOX_WRITE); /* the next of several files */
    if (args->shown.folder != NULL)
        sandbox_allow(held, args->shown.folder, SANDBOX_WRITE);
}

void hold_in(const arguments *args, const page_file *page)
{
    const char *log;
    char text[SANDBOX_TEXT_SIZE];
    sandbox held;

    if (args->without_sandbox)
        return;
    sandbox_begin(&held);
    for (size_t i = 0; i < args->capture_count; i++) /* they may be read for a second time, for a copy */
        sandbox_allow(&held, args->captures[i], SANDBOX_READ);
    for (size_t side = 0; side < 2; side++)
        if (args->streams[side] != NULL)
            sandbox_allow(&held, args->streams[side], SANDBOX_READ);
    for (size_t i = 0; args->copy.path != NULL && i < args->capture_count; i++)
        sandbox_allow(&held, args->captures[i], SANDBOX_READ); /* once more, to copy what was selected */
    for (size_t i = 0; args->log != NULL && (log = keylog_path(args->log, i)) != NULL; i++)
        sandbox_allow_folder_of(&held, log, SANDBOX_READ);
    allow_output(&held, args, page);
    /* names in a filter are looked up when the first packet of a kind of link comes */
    sandbox_enter(&held, args->filter != NULL, text);
    if (text[0] != '\0')
        report("sandbox: %s", text);
}

#endif
