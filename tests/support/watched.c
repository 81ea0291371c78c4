/* SPDX-License-Identifier: ISC */
#include "watched.h"

#include <sidewire/backends.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char log_path[] = "/tmp/sidewire-keylog-XXXXXX";

void watched_write_log(const char *text, const char *mode)
{
    FILE *file = fopen(log_path, mode);

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

void watched_open(watched *w, unsigned features, int whole_bodies)
{
    static const connection nowhere;
    char *line;
    int fd;

    memset(w, 0, sizeof(*w));
    strcpy(log_path + sizeof(log_path) - sizeof("XXXXXX"), "XXXXXX");
    fd = mkstemp(log_path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    w->crypto = sw_backend_new(NULL);
    ck_assert_ptr_nonnull(w->crypto);
    w->log.brief = 1;
    w->sink = event_log_open(&w->log);
    w->setup = (watch_setup){ .crypto = w->crypto,
                              .keys = &w->keys,
                              .sink = &w->sink,
                              .whole_bodies = whole_bodies,
                              .log = keylog_new(log_path) };
    w->watch = watch_new(&w->setup, &nowhere);
    wire_session_start(&w->session, w->crypto, features, 7);
    line = wire_session_log(&w->session);
    watched_write_log(line, "w");
    free(line);
}

const char *watched_end(watched *w)
{
    watch_close(w->watch, FLOW_CLOSED, FROM_CLIENT, w->time);
    w->watch = NULL;
    return event_log_text(&w->log);
}

void watched_check(const char *what, watched *w, const char *expected)
{
    const char *seen = watched_end(w);

    ck_assert_msg(strcmp(seen, expected) == 0, "%s:\n%sexpected:\n%s", what, seen, expected);
    watched_close(w);
}

void watched_close(watched *w)
{
    event_log_close(&w->log);
    keylog_close(w->setup.log);
    wire_session_free(&w->session);
    sw_backend_free(w->crypto);
    unlink(log_path);
}

void watched_feed(watched *w, from side, size_t until, size_t step)
{
    ck_assert_uint_le(until, w->session.sent[side].len);
    while (w->at[side] < until) {
        size_t n = until - w->at[side];
        bytes data;

        if (step > 0 && n > step)
            n = step;
        data = bytes_copy(w->session.sent[side].data + w->at[side], n);
        watch_data(w->watch, side, w->time, data.data, data.len);
        w->time.time++;
        w->time.frame++;
        bytes_free(&data);
        w->at[side] += n;
    }
}

void watched_lose(watched *w, from side, size_t n)
{
    watch_lost(w->watch, side, w->time, n);
    w->time.time++;
    w->time.frame++;
    w->at[side] += n;
}

void watched_handshake(watched *w)
{
    const wire_session *s = &w->session;

    watched_feed(w, FROM_SERVER, s->opening[FROM_SERVER], 0);
    watched_feed(w, FROM_CLIENT, s->opening[FROM_CLIENT], 0);
    watched_feed(w, FROM_SERVER, s->proof[FROM_SERVER], 0);
    watched_feed(w, FROM_CLIENT, s->proof[FROM_CLIENT], 0);
}

void watched_rest(watched *w)
{
    watched_feed(w, FROM_SERVER, w->session.sent[FROM_SERVER].len, 0);
    watched_feed(w, FROM_CLIENT, w->session.sent[FROM_CLIENT].len, 0);
}
