/* SPDX-License-Identifier: ISC */
/* Two files with what each side sent, without the order in which they did: whatever is in them, sessions that begin end,
 * and they are the same whether bodies are wanted whole or not. Input: as of the observer, see observer_input.h; its
 * records are what the files have. */
#include "capture/raw_streams.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fake_crypto.h"
#include "observer_input.h"
#include "recorded_session.h"
#include "text_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORDS_MAX = 256 };

/* ---- what is told ---- */

typedef struct listener {
    unsigned begun, ended;
    trace told;
} listener;

static void on_begin(void *ctx, const session_info *info)
{
    listener *l = ctx;

    check_number("number of the session", info->number, ++l->begun);
    trace_note(&l->told, 'b', info->features);
}

static void on_item(void *ctx, const session_info *info, const item *what)
{
    listener *l = ctx;

    (void)info;
    check(l->begun > l->ended, "items come between beginning and end");
    check(what->body_len <= what->came && what->came <= what->size, "no more is shown than came");
    if (what->more)
        return;
    trace_note(&l->told, (char)what->kind, what->size);
    trace_note(&l->told, 'e', (uint64_t)(int64_t)what->error.code);
}

static void on_end(void *ctx, const session_info *info, const outcome *how)
{
    listener *l = ctx;

    (void)info;
    l->ended++;
    trace_note(&l->told, 'e', (uint64_t)how->stage);
}

/* ---- files ---- */

static void write_files(text_file files[2], const recorded_session *session, const uint8_t *data, size_t size)
{
    for (int i = 0; size > 0 && i < RECORDS_MAX; i++) {
        observer_record r;
        const trace *sent;
        uint8_t *copy;
        size_t at, len;

        data = choices_read(&r, sizeof(r), data, &size);
        sent = &session->sent[r.side & 1];
        at = choices_number(r.at) % (sent->len + 1);
        len = choices_number(r.len) % (sent->len - at + 1);
        copy = exact_copy(sent->data + at, len);
        if (len > 0)
            copy[0] = (uint8_t)(copy[0] + r.change);
        text_file_append(&files[r.side & 1], copy, len);
        free(copy);
    }
}

/* The flags may leave out a side. */
static void watch_files(watch_setup *setup, const observer_choices *choices, const text_file files[2])
{
    enum { NO_CLIENT = 4, NO_SERVER = 8 };
    const char *paths[] = { files[RECORDED_CLIENT].path, files[RECORDED_SERVER].path };
    char why[256];

    if (choices->flags & NO_CLIENT)
        paths[RECORDED_CLIENT] = NULL;
    else if (choices->flags & NO_SERVER)
        paths[RECORDED_SERVER] = NULL;
    check_result("files", raw_streams_watch(paths, setup, why, sizeof(why)), 0);
}

static void run(listener *l, const uint8_t *data, size_t size, int whole)
{
    event_sink sink = { l, on_begin, on_item, on_end };
    named_key key = { .name = "key" };
    keyring keys = { .keys = &key, .count = 1 };
    fake_crypto fake;
    watch_setup setup = { .crypto = &fake.table, .keys = &keys, .sink = &sink, .whole_bodies = whole };
    const recorded_session *session;
    observer_choices choices;
    text_file files[2];

    fake_crypto_init(&fake, 0);
    data = choices_read(&choices, sizeof(choices), data, &size);
    session = recorded_session_get(choices.session % RECORDED_SESSIONS);
    key.key = session->key;
    keys.count = choices.keys % 4 != 0;
    for (int i = 0; i < 2; i++)
        text_file_open(&files[i], -1);
    write_files(files, session, data, size);
    watch_files(&setup, &choices, files);
    for (int i = 0; i < 2; i++)
        text_file_close(&files[i]);
    check_number("sessions that ended", l->ended, l->begun);
    check_number("AES states not wiped", fake.aes_states, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    listener seen[2] = { { 0, 0, { NULL, 0, 0 } }, { 0, 0, { NULL, 0, 0 } } };

    for (int i = 0; i < 2; i++)
        run(&seen[i], data, size, i);
    check_bytes("what is told", seen[1].told.data, seen[1].told.len, seen[0].told.data, seen[0].told.len);
    for (int i = 0; i < 2; i++)
        trace_free(&seen[i].told);
    return 0;
}
