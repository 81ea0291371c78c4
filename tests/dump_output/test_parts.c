/* SPDX-License-Identifier: ISC */
/* A body in parts, and what each output makes of it. */
#include "hand_made.h"
#include "show/json.h"
#include "scratch.h"
#include "show/stats.h"
#include "suite.h"
#include "show/text.h"
#include "tools.h"
#include "whole_output.h"

#include <string.h>

enum { PART = 8192, LAST = 10, WHOLE = 2 * PART + LAST };

static uint8_t body[WHOLE];

/* From the client, while the server's goes on. */
static void tell_in_parts(const event_sink *sink)
{
    actor a = actor_begin(sink, 1, "alice", SW_FEATURE_SIDEBAND);

    for (size_t at = 0; at < WHOLE; at += PART) {
        size_t len = WHOLE - at < PART ? WHOLE - at : PART;
        item part = message(ITEM_DATA, SW_BAND_OUTPUT, FROM_SERVER, 1, body + at, len);

        part.size = WHOLE;
        part.came = at + len;
        part.offset = at;
        part.more = at + len < WHOLE;
        tell(&a, part);
        tell_text(&a, SW_BAND_BLOB_DATA, FROM_CLIENT, 2, "between");
    }
    tell_end(&a, ending(3, 0));
}

static void make_body(void)
{
    for (size_t i = 0; i < WHOLE; i++)
        body[i] = (uint8_t)('a' + i % 23);
}

static size_t count_of(const char *text, const char *what)
{
    size_t n = 0;

    while ((text = strstr(text, what)) != NULL) {
        text += strlen(what);
        n++;
    }
    return n;
}

/* ---- text ---- */

static view whole_json(FILE *out)
{
    return json_view(out, 0);
}

static view plain_text(FILE *out)
{
    static const text_style style = { .hex = 0 };

    return text_view(out, style);
}

static view hex_text(FILE *out)
{
    static const text_style style = { .hex = 1 };

    return text_view(out, style);
}

START_TEST(text_has_one_line)
{
    const char *text = print_told(plain_text, tell_in_parts, NULL);

    ck_assert_uint_eq(count_of(text, " OUTPUT "), 1);
    ck_assert_uint_eq(count_of(text, " BLOB_DATA "), 3);
    ck_assert_uint_eq(count_of(text, "only"), 0);
}
END_TEST

START_TEST(hex_has_all)
{
    const char *text = print_told(hex_text, tell_in_parts, NULL);

    ck_assert_uint_eq(count_of(text, " OUTPUT "), 3);
    ck_assert_uint_eq(count_of(text, "  from byte 8192 on\n          00002000  "), 1);
    ck_assert_uint_eq(count_of(text, "  from byte 16384 on\n          00004000  "), 1);
    ck_assert_uint_eq(count_of(text, "\n          0000"), (WHOLE + 15) / 16 + 3);
}
END_TEST

/* ---- others ---- */

START_TEST(stats_count_once)
{
    const char *text = print_told(stats_view, tell_in_parts, NULL);

    ck_assert_uint_eq(count_of(text,
                               "    OUTPUT                           -             -"
                               "             1         16394\n"),
                      2);
    ck_assert_uint_eq(count_of(text,
                               "    BLOB_DATA                        3            21"
                               "             -             -\n"),
                      2);
}
END_TEST

START_TEST(json_has_all)
{
    const char *text = print_told(whole_json, tell_in_parts, NULL);
    const char *start = "\"body\":{\"text\":\"";
    size_t seen = 0;

    for (const char *p = text; (p = strstr(p, start)) != NULL;) {
        size_t len;

        p += strlen(start);
        len = strcspn(p, "\"");
        if (len == strlen("between"))
            continue;
        ck_assert_uint_le(seen + len, WHOLE);
        ck_assert_mem_eq(p, body + seen, len);
        seen += len;
    }
    ck_assert_uint_eq(seen, WHOLE);
    ck_assert_uint_eq(count_of(text, "\"came\":16394,\"offset\":16384,\"more\":false"), 1);
    ck_assert_uint_eq(count_of(text, "\"came\":8192,\"offset\":0,\"more\":true"), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output parts");
    TCase *tcase = e2e_case(suite, "parts");

    tcase_add_checked_fixture(tcase, make_body, NULL);
    tcase_add_test(tcase, text_has_one_line);
    tcase_add_test(tcase, hex_has_all);
    tcase_add_test(tcase, stats_count_once);
    tcase_add_test(tcase, json_has_all);
    return e2e_main(suite);
}
