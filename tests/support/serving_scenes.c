/* SPDX-License-Identifier: ISC */
#include "serving_scenes.h"

#include "connection_internal.h"
#include "deadline.h"
#include "own_errors.h"
#include "scratch.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { SLACK_MS = 2000 }; /* between two looks at the clock, on a slow machine */

const char *const words_version[] = { "version", NULL };
const char *const words_addimg[] = { "addimg", "a", NULL };
const uint8_t upload_piece[UPLOAD_PIECE] = "data";

static const char *const watch[] = { "stat", NULL };

visitor *visitor_alice(void)
{
    return visitor_come("alice", "alice");
}

void serving_turns(int count)
{
    while (count-- > 0)
        serving_turn();
}

void serving_expect_in(int64_t deadline, int64_t ms)
{
    int64_t left = deadline - server_clock();

    ck_assert_msg(left <= ms && left > ms - SLACK_MS, "%ld ms instead of %ld", (long)left, (long)ms);
}

void serving_expire(connection *c)
{
    c->deadline = server_clock() - 1;
    connection_continue(c);
}

/* Of `TIME PROGRAM: LEVEL: TEXT`, what stands behind the program. */
static const char *without_head(const char *line)
{
    return strchr(strchr(line, ' ') + 1, ' ') + 1;
}

const char *serving_said(void)
{
    static const char address[] = "127.0.0.1:";
    const char *written = own_errors() + serving_log_start;
    char *said = scratch_allocate(strlen(written) + 1);
    size_t len = 0;

    for (const char *at = written; *at != '\0'; at++) {
        if (at == written || at[-1] == '\n')
            at = without_head(at);
        if (strncmp(at, address, strlen(address)) == 0) {
            memcpy(said + len, "peer", 4);
            len += 4;
            at += strlen(address);
            at += strspn(at, "0123456789");
        }
        said[len++] = *at;
    }
    said[len] = '\0';
    return said;
}

void serving_expect_list(const connection_list *list, visitor *const *order, size_t count)
{
    const connection *c = list->oldest;
    const connection *before = NULL;

    for (size_t i = 0; i < count; i++) {
        ck_assert_ptr_eq(c, order[i]->there);
        ck_assert_ptr_eq(c->older, before);
        before = c;
        c = c->newer;
    }
    ck_assert_ptr_null(c);
    ck_assert_ptr_eq(list->newest, before);
}

visitor *visitor_uploading(const char *const *words)
{
    visitor *v;

    serving_start(words);
    v = visitor_alice();
    visitor_log_in(v);
    visitor_command(v, words_addimg);
    visitor_await(v, SW_EVENT_AWAITING_DATA);
    return v;
}

void visitor_upload_piece(visitor *v)
{
    uint64_t before = v->there->uploaded;

    visitor_upload(v, upload_piece, UPLOAD_PIECE);
    while (v->there->uploaded < before + UPLOAD_PIECE)
        serving_turn();
}

visitor *visitor_watching(void)
{
    visitor *v = visitor_alice();

    visitor_log_in(v);
    visitor_command(v, watch);
    while (v->output_len == 0 || connection_has_output(v->there))
        serving_turn();
    serving_turns(5);
    return v;
}

visitor *visitor_in_command(void)
{
    visitor *v = visitor_watching();
    connection *c = v->there;

    c->task.release(c->task.state);
    c->task = (task){ .state = NULL };
    return v;
}

int serving_main(Suite *suite)
{
    int failed;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    failed = run_suite(suite);
    scratch_close();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
