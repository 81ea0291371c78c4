/* SPDX-License-Identifier: ISC */
/* Bodies that are wanted whole: their parts put together are what was sent. */
#include "suite.h"
#include "watched.h"

#include <stdlib.h>
#include <string.h>

enum { PART = 256 << 10 };

/* Puts parts together. */
typedef struct collector {
    bytes body;
    size_t parts, items;
    uint64_t largest;
    uint64_t size, came; /* of the last item */
} collector;

static void collect_begin(void *ctx, const session_info *info)
{
    (void)ctx;
    (void)info;
}

static void collect_item(void *ctx, const session_info *info, const item *what)
{
    collector *c = ctx;

    (void)info;
    if (what->kind != ITEM_DATA)
        return;
    ck_assert_uint_eq(what->offset, c->body.len);
    ck_assert_uint_eq(what->came, c->body.len + what->body_len);
    bytes_append(&c->body, what->body, what->body_len);
    c->parts++;
    c->items += !what->more;
    c->size = what->size;
    c->came = what->came;
    if (what->body_len > c->largest)
        c->largest = what->body_len;
}

static void collect_end(void *ctx, const session_info *info, const outcome *how)
{
    (void)ctx;
    (void)info;
    ck_assert_int_eq(how->damaged, 0);
}

static const struct {
    size_t size, parts;
} bodies[] = {
    { 0, 1 },        { 1, 1 },        { PART - 1, 1 },     { PART, 1 },
    { PART + 1, 2 }, { 2 * PART, 2 }, { 2 * PART + 1, 3 }, { 1000000, 4 },
};

static uint8_t *pattern(size_t len)
{
    uint8_t *data = malloc(len + 1);

    ck_assert_ptr_nonnull(data);
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i * 131 >> 3);
    return data;
}

/* pieces of what is fed, 0: in one */
static const size_t steps[] = { 0, 1448, 65536 };

static void run(unsigned features, size_t size, size_t step, size_t parts)
{
    uint8_t *data = pattern(size);
    collector c = { bytes_copy(NULL, 0), 0, 0, 0, 0, 0 };
    watched w;

    watched_open(&w, features, 1);
    w.sink = (event_sink){ &c, collect_begin, collect_item, collect_end };
    if (features == LEGACY) {
        wire_session_text(&w.session, FROM_SERVER, "Proceed.", 8);
        wire_session_text(&w.session, FROM_SERVER, data, size);
    } else {
        wire_session_packet(&w.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
        wire_session_packet(&w.session, FROM_SERVER, SW_BAND_OUTPUT, data, size);
    }
    watched_handshake(&w);
    watched_feed(&w, FROM_SERVER, w.session.sent[FROM_SERVER].len, step);
    watched_end(&w);
    ck_assert_uint_eq(c.items, 1);
    ck_assert_uint_eq(c.parts, parts);
    ck_assert_uint_le(c.largest, PART);
    ck_assert_uint_eq(c.size, size);
    ck_assert_uint_eq(c.came, size);
    ck_assert_uint_eq(c.body.len, size);
    ck_assert_mem_eq(c.body.data, data, size);
    watched_close(&w);
    bytes_free(&c.body);
    free(data);
}

START_TEST(packets)
{
    for (int i = 0; i < COUNT(steps); i++)
        run(AES, bodies[_i].size, steps[i], bodies[_i].parts);
}
END_TEST

START_TEST(legacy_text)
{
    for (int i = 0; i < COUNT(steps); i++)
        if (bodies[_i].size > 0)
            run(LEGACY, bodies[_i].size, steps[i], bodies[_i].parts);
}
END_TEST

/* Where the session ends early, the last part says so. */
START_TEST(broken_off)
{
    uint8_t *data = pattern(2 * PART);
    watched w;

    memset(data, 'x', 2 * PART);
    watched_open(&w, AES, 1);
    wire_session_packet(&w.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(&w.session, FROM_SERVER, SW_BAND_OUTPUT, data, 2 * PART);
    watched_handshake(&w);
    watched_feed(&w, FROM_SERVER, w.session.sent[FROM_SERVER].len - 10, 0);
    watched_check("broken off", &w,
                  "begin 1 alice\nS>C PROCEED 0/0\n"
                  "S>C OUTPUT 262144/524288 + \"xxxxxxxxxxxxxxxxxxxxxxxx\"...262144\n"
                  "S>C OUTPUT 524278/524288 @262144 \"xxxxxxxxxxxxxxxxxxxxxxxx\"...262134"
                  " error -101\n"
                  "end encrypted S>C error -101 damaged\n");
    free(data);
}
END_TEST

/* Commands are not told in parts. */
START_TEST(command)
{
    char body[SW_COMMAND_MAX];
    const char *text;
    watched w;

    memset(body, 'x', sizeof(body));
    watched_open(&w, AES, _i);
    wire_session_packet(&w.session, FROM_CLIENT, SW_BAND_COMMAND, body, sizeof(body));
    watched_handshake(&w);
    watched_feed(&w, FROM_CLIENT, w.session.sent[FROM_CLIENT].len, 1000);
    text = watched_end(&w);
    ck_assert_ptr_nonnull(strstr(text, "C>S COMMAND 32768/32768 \"xxx"));
    ck_assert_ptr_null(strstr(text, "@"));
    watched_close(&w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump observer bodies");
    TCase *tcase = suite_case(suite, "bodies");

    tcase_add_loop_test(tcase, packets, 0, COUNT(bodies));
    tcase_add_loop_test(tcase, legacy_text, 0, COUNT(bodies));
    tcase_add_test(tcase, broken_off);
    tcase_add_loop_test(tcase, command, 0, 2);
    return run_suite(suite);
}
