/* SPDX-License-Identifier: ISC */
#include "reply_reader.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "session_pair.h"

enum { BUFFER_SIZE = 4096, OUTPUT = 0, ERRORS = 1, TEXTS };

static bytes *text_of(bytes *texts, uint8_t band)
{
    if (band != SW_BAND_OUTPUT && band != SW_BAND_ERROR_LOG)
        ck_abort_msg("band %u", band);
    return &texts[band == SW_BAND_OUTPUT ? OUTPUT : ERRORS];
}

/* Takes what has reached the client. The status once that has, before it -1. */
static int take_events(sw_session *client, bytes *texts)
{
    sw_event event;
    int type;

    while ((type = sw_session_next(client, &event)) == SW_EVENT_DATA)
        if (event.chunk.len > 0)
            bytes_append(text_of(texts, event.chunk.band), event.chunk.data, event.chunk.len);
    if (type == SW_EVENT_EXIT)
        return event.status;
    ck_assert_int_eq(type, SW_EVENT_NEED_MORE);
    return -1;
}

static char *as_string(bytes *text)
{
    ck_assert_ptr_null(memchr(text->data, '\0', text->len));
    bytes_append(text, "", 1);
    return (char *)text->data;
}

reply_text reply_read(reply *r, connection *c)
{
    static const char *const argv[] = { "any" };
    static session_pair pair;
    bytes texts[TEXTS] = { bytes_copy(NULL, 0), bytes_copy(NULL, 0) };
    reply_text out = { NULL, NULL, -1 };

    session_pair_start(&pair, SW_FEATURES_ALL, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE);
    pair.argv = argv;
    pair.argc = 1;
    pair.replied.ended = 1; /* the pair's own server says nothing */
    while (out.status < 0) {
        ck_assert_int_ne(session_pair_step(&pair), 0);
        if (!pair.command_seen)
            continue;
        while (reply_is_waiting(r))
            c->task.resume(c, 0);
        ck_assert_int_ge(reply_send(r, &pair.server), 0);
        out.status = take_events(&pair.client, texts);
    }
    session_pair_free(&pair);
    reply_free(r);
    out.output = as_string(&texts[OUTPUT]);
    out.errors = as_string(&texts[ERRORS]);
    return out;
}

void reply_text_free(reply_text *text)
{
    free(text->output);
    free(text->errors);
    text->output = text->errors = NULL;
}
