/* SPDX-License-Identifier: ISC */
/* JSON as other programs see it: jq and python3, and the fields that docs/json.md has. */
#include "hand_made.h"
#include "show/json.h"
#include "scratch.h"
#include "suite.h"
#include "support.h"
#include "tools.h"
#include "whole_output.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODIES_MAX = 1024, LENGTH_SIZE = 4 };

static struct {
    const char *data;
    size_t len;
} bodies[BODIES_MAX];
static int body_count;

static void add_body(const void *data, size_t len)
{
    ck_assert_int_lt(body_count, BODIES_MAX);
    bodies[body_count].data = data;
    bodies[body_count++].len = len;
}

/* Every byte alone, every byte behind text, sequences of UTF-8 at its borders and beyond. */
static void make_bodies(void)
{
    /* clang-format off */
    static const char *const sequences[] = {
        "", "plain", "\"", "\\", "\\u0041", "\\\"", "/", "</script>", "\xc2\x80", "\xc2\x9b[31m",
        "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xed\xa0\x80", "\xed\xb0\x80",
        "\xed\xa0\xbd\xed\xb8\x80", "\xee\x80\x80", "\xef\xbb\xbf", "\xef\xbf\xbe", "\xef\xbf\xbf",
        "\xef\xbf\xbd", "\xe2\x80\xa8\xe2\x80\xa9", "\xe2\x80\xae", "\xf0\x90\x80\x80",
        "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xc0\x80", "\xc3", "a\xc3",
        "\xff\xfe", "null", "{\"text\":1}", "1e999",
    };
    /* clang-format on */
    char *all = scratch_allocate(512);

    for (int i = 0; i < COUNT(sequences); i++)
        add_body(sequences[i], strlen(sequences[i]));
    for (int i = 0; i < 256; i++) {
        char *single = scratch_allocate(2);

        single[0] = 'x';
        single[1] = all[i] = all[256 + i] = (char)i;
        add_body(single + 1, 1);
        add_body(single, 2);
    }
    add_body(all, 256);
    add_body(all, 512);
    add_body(all, 128);
    add_body(hostile_text, hostile_size);
}

static void tell_bodies(const event_sink *sink)
{
    actor a = actor_begin(sink, 1, "\"\\\n\xff", SW_FEATURES_ALL);

    for (int i = 0; i < body_count; i++)
        tell(&a, message(ITEM_DATA, SW_BAND_OUTPUT, FROM_SERVER, i, bodies[i].data, bodies[i].len));
    tell_end(&a, ending(BODIES_MAX, 0));
}

/* Runs jq and the check over a file of lines; the bodies are in the file `bodies` then. */
static void check_lines(const char *file)
{
    command_line jq = { { NULL }, 0 }, python = { { NULL }, 0 };
    process_setup setup = { .output = open("jq.json", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) };

    command_add_words(&jq, "jq -c .");
    command_add(&jq, file);
    process_expect(process_start(&jq, &setup), "jq", 0, NULL, "");
    close(setup.output);
    command_add(&python, "python3");
    command_add(&python, scratch_format("%s", source_path("tests/dump_output/check_json.py")));
    command_add(&python, scratch_format("%s", source_path("docs/json.md")));
    command_add(&python, scratch_format("%s", source_path("docs/json.schema.json")));
    command_add_words(&python, scratch_format("%s jq.json bodies", file));
    process_expect(process_start(&python, NULL), "check_json.py", 0, "", "");
}

static view whole_json(FILE *out)
{
    return json_view(out, 0);
}

START_TEST(bodies_are_lossless)
{
    const char *decoded;
    size_t len, at = 0;

    make_bodies();
    print_told(whole_json, tell_bodies, NULL);
    check_lines("told");
    decoded = scratch_read("bodies", &len);
    for (int i = 0; i < body_count; i++) {
        const uint8_t *size = (const uint8_t *)decoded + at;

        ck_assert_uint_le(at + LENGTH_SIZE + bodies[i].len, len);
        ck_assert_msg((size_t)(size[2] << 8 | size[3]) == bodies[i].len &&
                          memcmp(size + LENGTH_SIZE, bodies[i].data, bodies[i].len) == 0,
                      "body %d", i);
        at += LENGTH_SIZE + bodies[i].len;
    }
    ck_assert_uint_eq(at, len);
}
END_TEST

START_TEST(fields_are_documented)
{
    const char *text = print_all("json");

    scratch_write_text("all.json", text);
    check_lines("all.json");
}
END_TEST

/* What the document shows for jq works. */
static const struct {
    const char *filter, *out;
} filters[] = {
    { "select(.type == \"packet\" and .kind == \"command\") | [.argv[]?.text] | join(\" \")",
      "ls -l=v \nls </script><!--  \"quoted\" \\\\\ncatimg *\nsi \n" },
    { "select(.type == \"end\" and .exit_status != 0) | \"\\(.session) \\(.outcome)\"",
      "2 closed\n3 exit status 1\n4 *\n5 request refused; *\n6 still open *\n7 closed\n" },
    { "select(.session == 4 and .type == \"end\") | .time | tonumber | floor", "1700000004\n" },
    { "select(.kind == \"undecoded\") | .size", "9007199254740993\n" },
    { "select(.type == \"session\") | .client.address",
      "192.0.2.1\n*2001:db8::1\n192.0.2.1\n192.0.2.1\n192.0.2.1\n" },
};

START_TEST(jq_filters)
{
    command_line jq = { { NULL }, 0 };

    scratch_write_text("all.json", print_all("json"));
    command_add_words(&jq, "jq -r");
    command_add(&jq, filters[_i].filter);
    command_add(&jq, "all.json");
    process_expect(process_start(&jq, NULL), filters[_i].filter, 0, filters[_i].out, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output json");
    TCase *tcase = e2e_case(suite, "json");

    tcase_add_test(tcase, bodies_are_lossless);
    tcase_add_test(tcase, fields_are_documented);
    tcase_add_loop_test(tcase, jq_filters, 0, COUNT(filters));
    return e2e_main(suite);
}
