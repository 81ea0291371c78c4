/* SPDX-License-Identifier: ISC */
#include "whole_output.h"

#include "scratch.h"
#include "tools.h"

#include <check.h>

#include <stdlib.h>

command_line print_command(const char *words)
{
    command_line line = { { NULL }, 0 };

    command_add(&line, tool_path("tests/dump_output/print_sessions"));
    command_add_words(&line, words);
    return line;
}

process *print_start(const char *words)
{
    command_line line = print_command(words);

    return process_start(&line, NULL);
}

const char *print_all(const char *words)
{
    process *p = print_start(words);

    process_expect(p, words, 0, NULL, "");
    return process_out(p);
}

const char *print_told(printer_maker *make, void (*tell)(const event_sink *sink), size_t *len)
{
    FILE *file = fopen("told", "we");
    view p;

    ck_assert_ptr_nonnull(file);
    p = make(file);
    tell(&p.sink);
    ck_assert_int_eq(p.finish(p.sink.ctx), 0);
    ck_assert_int_eq(fclose(file), 0);
    return scratch_read("told", len);
}
