/* SPDX-License-Identifier: ISC */
/* Sealed sessions in captures: opened by the key log, at once or late, or shown from outside; damage and holes. */
#include "scratch.h"
#include "sealed_transcript.h"
#include "suite.h"
#include "watched.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGE_1 = 36, MESSAGE_2 = 100 };

static sealed_transcript transcripts[SEALED_TRANSCRIPTS];

static void setup(void)
{
    sealed_transcripts_load(transcripts);
}

static void teardown(void)
{
    sealed_transcripts_free(transcripts);
}

static const char *hex(const bytes *b)
{
    char *out = scratch_allocate(2 * b->len + 1);

    for (size_t i = 0; i < b->len; i++)
        sprintf(out + 2 * i, "%02x", b->data[i]);
    return out;
}

/* The line of a key log. The ephemeral key is in the first message, behind the request and a length. */
static const char *line_of(const sealed_transcript *t, const bytes *client_key, const bytes *server_key)
{
    const uint8_t *lf = memchr(t->client.data, '\n', t->client.len);
    bytes ephemeral = { (uint8_t *)t->client.data + (lf - t->client.data) + 3, SW_X25519_SIZE };

    return scratch_format("SEALED %s %s %s\n", hex(&ephemeral), hex(client_key), hex(server_key));
}

static void feed(watched *w, from side, const bytes *all, size_t at, size_t until)
{
    bytes copy = bytes_copy(all->data + at, until - at);

    if (copy.len > 0)
        watch_data(w->watch, side, w->time, copy.data, copy.len);
    w->time.time++;
    w->time.frame++;
    bytes_free(&copy);
}

static size_t greeting_of(const sealed_transcript *t)
{
    size_t at = 0;

    for (int lines = 0; lines < 2;)
        lines += t->server.data[at++] == '\n';
    return at;
}

static size_t request_of(const sealed_transcript *t)
{
    return (size_t)((const uint8_t *)memchr(t->client.data, '\n', t->client.len) - t->client.data) + 1;
}

/* All of it; the server's bytes from `cut` on without some, if cut is not 0. */
static void feed_session(watched *w, const sealed_transcript *t, size_t cut, size_t missing)
{
    size_t server = greeting_of(t) + MESSAGE_2;

    feed(w, FROM_SERVER, &t->server, 0, greeting_of(t));
    feed(w, FROM_CLIENT, &t->client, 0, request_of(t) + MESSAGE_1);
    feed(w, FROM_SERVER, &t->server, greeting_of(t), server);
    feed(w, FROM_CLIENT, &t->client, request_of(t) + MESSAGE_1, t->client.len);
    if (cut > 0) {
        feed(w, FROM_SERVER, &t->server, server, cut);
        watch_lost(w->watch, FROM_SERVER, w->time, missing);
        server = cut + missing;
    }
    feed(w, FROM_SERVER, &t->server, server, t->server.len);
}

static void open_with(watched *w, const char *lines, int whole_bodies)
{
    watched_open(w, AES, whole_bodies);
    watched_write_log(lines, "w");
}

static void expect(watched *w, const char *const *words)
{
    const char *text = watched_end(w);

    for (; *words != NULL; words++)
        ck_assert_msg(strstr(text, *words) != NULL, "no '%s' in:\n%s", *words, text);
    watched_close(w);
}

/* ---- tests ---- */

static const struct {
    const char *words[8];
} opened[SEALED_TRANSCRIPTS] = {
    { { "C>S COMMAND 3/3 \"si\\x00\" [si]\n", "S>C PROCEED 0/0\n", "S>C OUTPUT 6/6 ",
        "end encrypted bob SHA256:", " exit 0\n", NULL } },
    { { "[help] [] [a b]\n", "ERROR_LOG 16/16", "end encrypted bob SHA256:", " exit 1\n", NULL } },
    { { "[catimg] [x]\n", "S>C OUTPUT ", "end encrypted eve SHA256:", " exit 0\n", NULL } },
    { { "[stat] [-n=1]\n", "status: stopped", "end encrypted eve SHA256:", " exit 0\n", NULL } },
};

START_TEST(opened_by_log)
{
    const sealed_transcript *t = &transcripts[_i];
    watched w;

    open_with(&w, line_of(t, &t->client_key, &t->server_key), 0);
    feed_session(&w, t, 0, 0);
    expect(&w, opened[_i].words);
}
END_TEST

/* Two lines claim the session, and the one that is tried first is wrong. */
START_TEST(one_of_several_lines)
{
    const sealed_transcript *t = &transcripts[_i];
    const char *right = line_of(t, &t->client_key, &t->server_key);
    const char *wrong = line_of(t, &t->server_key, &t->client_key);
    watched w;

    open_with(&w, scratch_format("%s%s", _i % 2 ? wrong : right, _i % 2 ? right : wrong), 0);
    feed_session(&w, t, 0, 0);
    expect(&w, opened[_i].words);
}
END_TEST

/* The line comes when all of the session was seen. */
START_TEST(line_comes_late)
{
    const sealed_transcript *t = &transcripts[_i];
    watched w;

    open_with(&w, "# nothing yet\n", 0);
    feed_session(&w, t, 0, 0);
    watched_write_log(line_of(t, &t->client_key, &t->server_key), "a");
    ck_assert_int_eq(sessions_retry(&w.setup), 0);
    expect(&w, opened[_i].words);
}
END_TEST

/* Without keys: records, their number and sizes, and no word of what is in them. */
START_TEST(from_outside)
{
    static const char *const words[] = { "begin 1 \n",  "C>S record ",     "S>C record ",
                                         " number 0\n", "end encrypted\n", NULL };
    const sealed_transcript *t = &transcripts[_i];
    watched w;

    open_with(&w, "", 0);
    feed_session(&w, t, 0, 0);
    ck_assert_ptr_null(strstr(event_log_text(&w.log), "COMMAND"));
    expect(&w, words);
}
END_TEST

START_TEST(wrong_keys)
{
    const sealed_transcript *t = &transcripts[0];
    watched w;

    open_with(&w, line_of(t, &t->server_key, &t->client_key), 0);
    feed_session(&w, t, 0, 0);
    watch_close(w.watch, FLOW_CLOSED, FROM_CLIENT, w.time);
    ck_assert_ptr_null(strstr(event_log_text(&w.log), "error"));
    ck_assert_ptr_null(strstr(event_log_text(&w.log), "damaged"));
    ck_assert_ptr_nonnull(strstr(event_log_text(&w.log), "S>C record "));
    watched_close(&w);
}
END_TEST

/* What the observer says when a byte of the server is not what it was. */
static const char *said_of_damage(watched *w, size_t place)
{
    const sealed_transcript *t = &transcripts[2];
    sealed_transcript damaged = *t;
    const char *text;

    damaged.server = bytes_copy(t->server.data, t->server.len);
    damaged.server.data[place] ^= 1;
    open_with(w, line_of(t, &t->client_key, &t->server_key), 0);
    feed_session(w, &damaged, 0, 0);
    text = watched_end(w);
    bytes_free(&damaged.server);
    return text;
}

/* A record of a body that does not open: its size is known, so what was in it is told, once, and the body goes on. */
START_TEST(damage_in_body)
{
    watched w;
    const char *text = said_of_damage(&w, transcripts[2].server.len / 2);

    ck_assert_ptr_nonnull(strstr(text,
                                 "S>C record 256/256 number 11 error -175\nS>C lost 240/240 @2395\n"
                                 "S>C OUTPUT 4880/5120 "));
    ck_assert_ptr_nonnull(strstr(text, " exit 0 S>C error -175 damaged\n"));
    watched_close(&w);
}
END_TEST

/* One behind the last body: nothing is known to be lost but the record. */
START_TEST(damage_behind_body)
{
    watched w;
    const char *text = said_of_damage(&w, transcripts[2].server.len - 1);

    ck_assert_ptr_nonnull(strstr(text, " error -175\n"));
    ck_assert_ptr_null(strstr(text, "lost"));
    ck_assert_ptr_null(strstr(text, "EXIT"));
    watched_close(&w);
}
END_TEST

/* A hole in the third record of a body, which goes on behind it. */
START_TEST(hole_in_body)
{
    static const char *const words[] = {
        "S>C record 256/256 number 2\n", "S>C lost 240/240 @", "EXIT__SUCCESS", "lost 40", "damaged\n", NULL
    };
    const sealed_transcript *t = &transcripts[2];
    size_t at = greeting_of(t) + MESSAGE_2;
    watched w;

    for (int i = 0; i < 2; i++)
        at += 2 + ((size_t)t->server.data[at] << 8 | t->server.data[at + 1]);
    open_with(&w, line_of(t, &t->client_key, &t->server_key), _i);
    feed_session(&w, t, at + 100, 40);
    expect(&w, words);
}
END_TEST

/* The user is not let in: that is no exit status of a command. */
START_TEST(refused)
{
    static const char *const words[] = { "EXIT__FAILURE", "end encrypted bob SHA256:", " refused\n", NULL };
    const sealed_transcript *t = &transcripts[0];
    uint8_t packet[SW_HEADER_SIZE + SW_RECORD_OVERHEAD] = { 0, 0, 0, 0, 0, 0, SW_BAND_EXIT_FAILURE };
    bytes server = bytes_copy(t->server.data, greeting_of(t) + MESSAGE_2);
    sealed_transcript changed = *t;
    sw_record record;
    watched w;

    open_with(&w, line_of(t, &t->client_key, &t->server_key), 0);
    ck_assert_int_eq(sw_record_init(&record, w.crypto, t->suite, t->server_key.data, 65535), SW_OK);
    ck_assert_int_eq(sw_record_seal(&record, packet, SW_HEADER_SIZE), SW_OK);
    sw_record_wipe(&record);
    bytes_append(&server, packet, sizeof(packet));
    changed.server = server;
    feed_session(&w, &changed, 0, 0);
    expect(&w, words);
    bytes_free(&server);
}
END_TEST

/* What the server's first records hold, and whether one of them is not whole. Only if the first that it says is a failure, and
 * nothing is missing before it, the user was not let in. */
static const struct {
    const char *name;
    uint8_t bands[2][2]; /* of the packets in each record; 0: there is none */
    enum { WHOLE, FIRST_LOST, FIRST_DAMAGED } state;
    const char *end;
} exits[] = {
    { "not let in", { { SW_BAND_EXIT_FAILURE } }, WHOLE, " refused\n" },
    { "success at once",
      { { SW_BAND_EXIT_SUCCESS } },
      WHOLE,
      "end encrypted bob SHA256:7qaov S>C error -102 damaged\n" },
    { "let in, and failed at once", { { SW_BAND_PROCEED, SW_BAND_EXIT_FAILURE } }, WHOLE, " exit 1\n" },
    { "let in, then failed", { { SW_BAND_PROCEED }, { SW_BAND_EXIT_FAILURE } }, WHOLE, " exit 1\n" },
    { "something before", { { SW_BAND_OUTPUT }, { SW_BAND_EXIT_FAILURE } }, WHOLE, " exit 1 S>C error -102 " },
    { "something lost before", { { SW_BAND_OUTPUT }, { SW_BAND_EXIT_FAILURE } }, FIRST_LOST, " exit 1 S>C lost " },
    { "something damaged before",
      { { SW_BAND_OUTPUT }, { SW_BAND_EXIT_FAILURE } },
      FIRST_DAMAGED,
      " exit 1 S>C error " },
};

/* Appends a record with empty packets of these bands. */
static void append_record(bytes *out, sw_record *record, const uint8_t bands[2])
{
    uint8_t data[2 * SW_HEADER_SIZE + SW_RECORD_OVERHEAD] = { 0 };
    size_t count = 0;

    for (; count < 2 && bands[count] != 0; count++)
        data[2 + count * SW_HEADER_SIZE + 4] = bands[count];
    if (count == 0)
        return;
    ck_assert_int_eq(sw_record_seal(record, data, count * SW_HEADER_SIZE), SW_OK);
    bytes_append(out, data, count * SW_HEADER_SIZE + SW_RECORD_OVERHEAD);
}

START_TEST(let_in_or_not)
{
    const sealed_transcript *t = &transcripts[0];
    size_t begin = greeting_of(t) + MESSAGE_2, first;
    sealed_transcript changed = *t;
    sw_record record;
    watched w;

    open_with(&w, line_of(t, &t->client_key, &t->server_key), 0);
    ck_assert_int_eq(sw_record_init(&record, w.crypto, t->suite, t->server_key.data, 65535), SW_OK);
    changed.server = bytes_copy(t->server.data, begin);
    append_record(&changed.server, &record, exits[_i].bands[0]);
    first = changed.server.len - begin;
    append_record(&changed.server, &record, exits[_i].bands[1]);
    sw_record_wipe(&record);
    if (exits[_i].state == FIRST_DAMAGED)
        changed.server.data[begin + 4] ^= 1;
    feed_session(&w, &changed, exits[_i].state == FIRST_LOST ? begin : 0, first);
    expect(&w, (const char *const[]){ exits[_i].end, NULL });
    bytes_free(&changed.server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump sealed");
    TCase *tcase = suite_case(suite, "sealed");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, opened_by_log, 0, SEALED_TRANSCRIPTS);
    tcase_add_loop_test(tcase, one_of_several_lines, 0, SEALED_TRANSCRIPTS);
    tcase_add_loop_test(tcase, line_comes_late, 0, SEALED_TRANSCRIPTS);
    tcase_add_loop_test(tcase, from_outside, 0, SEALED_TRANSCRIPTS);
    tcase_add_test(tcase, wrong_keys);
    tcase_add_test(tcase, damage_in_body);
    tcase_add_test(tcase, damage_behind_body);
    tcase_add_loop_test(tcase, hole_in_body, 0, 2);
    tcase_add_test(tcase, refused);
    tcase_add_loop_test(tcase, let_in_or_not, 0, COUNT(exits));
    return run_suite(suite);
}
