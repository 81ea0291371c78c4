/* SPDX-License-Identifier: ISC */
/* The page as a file: what is in it, and what can never be. */
#include "hand_made.h"
#include "show/html.h"
#include "scratch.h"
#include "suite.h"
#include "support.h"
#include "tools.h"
#include "whole_output.h"

#include <sidewire/backends.h>

#include <stdio.h>
#include <string.h>

static view make_html(FILE *out)
{
    static sw_crypto *crypto;

    if (crypto == NULL)
        crypto = sw_backend_new(NULL);
    ck_assert_ptr_nonnull(crypto);
    return html_view(out, "\">'</title><script>\xff.pcap", TIMES_UTC, crypto);
}

/* ---- safety ---- */

/* Between the tags of each element with records there is nothing that could end it, or be anything
 * to a browser at all. */
static void check_records(const char *records)
{
    size_t len = strcspn(records, "<");

    ck_assert_int_eq(strncmp(records + len, "</script>\n", 10), 0);
    for (size_t i = 0; i < len; i++)
        ck_assert_msg(records[i] == '\n' ||
                          (records[i] >= ' ' && records[i] <= '~' && records[i] != '&' && records[i] != '\''),
                      "%.60s", records + i);
}

START_TEST(capture_is_base64)
{
    static const char *const absent[] = { "harmed", "<img", "]]>", "&lt;", "onerror", "</title><" };
    static const char tag[] = "<script type=\"application/json\" class=\"records\">\n";
    const char *page = print_told(make_html, tell_all, NULL);
    const char *p = page;
    size_t scripts = 0;

    for (int i = 0; i < COUNT(absent); i++)
        ck_assert_msg(strstr(page, absent[i]) == NULL, "%s", absent[i]);
    while ((p = strstr(p, "<script")) != NULL) {
        if (strncmp(p, tag, sizeof(tag) - 1) == 0)
            check_records(p + sizeof(tag) - 1);
        else
            ck_assert_int_eq(strncmp(p, "<script>\n'use strict';", 22), 0);
        p++;
        scripts++;
    }
    ck_assert_uint_eq(scripts, 2);
}
END_TEST

/* Nothing that a page could load, and a policy that would refuse it. */
START_TEST(nothing_is_loaded)
{
    static const char *const absent[] = { "src=",      "href=",          "url(",  "import", "fetch(",
                                          "innerHTML", "document.write", "eval(", "style=" };
    const char *page = print_told(make_html, tell_all, NULL);

    for (int i = 0; i < COUNT(absent); i++)
        ck_assert_msg(strstr(page, absent[i]) == NULL, "%s", absent[i]);
    expect_match("policy", page,
                 "*<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "script-src 'sha256-*='; style-src 'sha256-*='; base-uri 'none'; form-action "
                 "'none'; require-trusted-types-for 'script'; trusted-types 'none'\">\n*");
}
END_TEST

/* ---- digests ---- */

static int failing_digest(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    (void)ctx;
    (void)in;
    (void)size;
    memset(out, 0, SW_SHA256_SIZE);
    return -1;
}

START_TEST(digest_fails)
{
    sw_crypto crypto;
    FILE *file = fopen("page", "we");
    view p;

    memset(&crypto, 0, sizeof(crypto));
    crypto.sha256 = failing_digest;
    p = html_view(file, "capture", TIMES_RELATIVE, &crypto);
    ck_assert_int_eq(p.finish(p.sink.ctx), -1);
    fclose(file);
}
END_TEST

/* ---- limits ---- */

static uint8_t large[2 * HTML_BODY_MAX];

/* More than the page takes, of one packet and of all together. */
static void tell_large(const event_sink *sink)
{
    actor a = actor_begin(sink, 1, "alice", SW_FEATURE_SIDEBAND);
    int count = HTML_BODIES_MAX / HTML_BODY_MAX;

    for (int i = 0; i < count + 1; i++)
        tell(&a,
             message(ITEM_DATA, SW_BAND_OUTPUT, FROM_SERVER, i, large, i == 0 ? sizeof(large) : HTML_BODY_MAX));
    tell_end(&a, ending(count, 0));
}

START_TEST(bodies_are_limited)
{
    size_t len;
    const char *page = print_told(make_html, tell_large, &len);
    const char *last = strstr(page + len - 3000, "[\"packet\"");

    ck_assert_uint_gt(len, HTML_BODIES_MAX / 3 * 4);
    ck_assert_uint_lt(len, HTML_BODIES_MAX / 3 * 4 + 400000);
    ck_assert_ptr_nonnull(last);
    ck_assert_uint_lt(strcspn(last, "\n"), HTML_BODY_SHORT / 3 * 4 + 100);
    expect_match("totals", page + len - 100, "*\n[[]\"totals\",0,2,65536]\n</script>\n*");
}
END_TEST

static void tell_too_many(const event_sink *sink)
{
    tell_long(sink, 1, HTML_PACKETS_MAX + 10);
}

START_TEST(packets_are_limited)
{
    size_t len;
    const char *page = print_told(make_html, tell_too_many, &len);

    expect_match("totals", page + len - 100, "*\n[[]\"totals\",10,0,65536]\n</script>\n*");
}
END_TEST

/* Of parts, only what the page takes of the whole is there, and the last one, which tells how much
 * came. */
static void tell_parts(const event_sink *sink)
{
    actor a = actor_begin(sink, 1, "alice", SW_FEATURE_SIDEBAND);
    item part = message(ITEM_DATA, SW_BAND_OUTPUT, FROM_SERVER, 1, large, 30000);

    part.size = 4 * sizeof(large);
    part.more = 1;
    tell(&a, part);
    part.body_len = sizeof(large);
    part.offset = 40000;
    part.came = part.body_len + 30000;
    tell(&a, part);
    part.offset += part.body_len;
    part.came += part.body_len;
    tell(&a, part);
    part.offset += part.body_len;
    part.body_len = 100;
    part.came += 100;
    part.more = 0;
    tell(&a, part);
    tell_end(&a, ending(2, 0));
}

START_TEST(parts_are_limited)
{
    static const char *const lines[] = {
        "\n[\"part\",1,1,40000,524288,161072,\"\",\"AAAA",
        "\n[\"part\",1,1,302144,524288,292244,\"",
        "\n[\"end\",",
        "\n[\"totals\",0,1,65536]",
    };
    const char *page = strstr(print_told(make_html, tell_parts, NULL), "\n[\"part\"");

    for (int i = 0; i < COUNT(lines); i++) {
        size_t len = strlen(lines[i]);

        ck_assert_msg(strncmp(page, lines[i], len) == 0, "%.80s", page);
        len += strcspn(page + len, "\n");
        if (i == 0)
            ck_assert_uint_eq(len, strlen(lines[i]) + (HTML_BODY_MAX - 40000) / 3 * 4 - 2);
        page += len;
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output html");
    TCase *tcase = e2e_case(suite, "html");

    tcase_add_test(tcase, capture_is_base64);
    tcase_add_test(tcase, nothing_is_loaded);
    tcase_add_test(tcase, digest_fails);
    tcase_add_test(tcase, bodies_are_limited);
    tcase_add_test(tcase, packets_are_limited);
    tcase_add_test(tcase, parts_are_limited);
    return e2e_main(suite);
}
