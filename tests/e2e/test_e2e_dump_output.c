/* SPDX-License-Identifier: ISC */
/* The outputs of sidewire-dump, with a capture of sessions of the real programs: other programs
 * read them, and they are compared with what the clients printed. */
#include "capture.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What alice's client prints for each command that is captured. */
static struct {
    const char *words;
    int status;
    const char *out, *err;
} runs[] = {
    { "help", 0, NULL, NULL },
    { "no\"such\"", 1, NULL, NULL },
    { "si", 0, NULL, NULL },
};

static void capture_runs(void)
{
    server s = server_start_local("--banner hello");
    process *capture = capture_start(s.port);

    for (int i = 0; i < COUNT(runs); i++) {
        process *p = client_start(&s, "", runs[i].words);

        process_expect(p, runs[i].words, runs[i].status, NULL, NULL);
        runs[i].out = process_out(p);
        runs[i].err = process_err(p);
    }
    capture_stop(capture, s.port);
    server_stop(&s);
}

/* Runs sidewire-dump over the capture with alice's key. */
static process *dump(const char *options, int status)
{
    process *p = tool_start(TOOL_DUMP, scratch_format("-k keys/alice %s capture.pcapng", options));

    process_expect(p, options, status, NULL, NULL);
    return p;
}

/* ---- follow ---- */

START_TEST(follow_is_what_clients_printed)
{
    capture_runs();
    for (int i = 0; i < COUNT(runs); i++) {
        process *p = dump(scratch_format("--follow --session %d", i + 1), 0);

        ck_assert_str_eq(process_out(p), runs[i].out);
        ck_assert_str_eq(process_err(p), runs[i].err);
    }
}
END_TEST

START_TEST(follow_all)
{
    const char *out = "";
    process *p;

    capture_runs();
    for (int i = 0; i < COUNT(runs); i++)
        out = scratch_format("%s%s", out, runs[i].out);
    p = dump("--follow", 0);
    ck_assert_str_eq(process_out(p), out);
    expect_match("markers", process_err(p),
                 scratch_format("sidewire-dump: session 2, 127.0.0.1:* > 127.0.0.1:*, user alice\n"
                                "%ssidewire-dump: session 3, 127.0.0.1:* user alice\n",
                                runs[1].err));
}
END_TEST

/* ---- JSON ---- */

static const char *filter(const char *program)
{
    command_line jq = { { NULL }, 0 };
    process *p;

    command_add_words(&jq, "jq -j");
    command_add(&jq, program);
    command_add(&jq, "sessions.json");
    p = process_start(&jq, NULL);
    process_expect(p, program, 0, NULL, "");
    return process_out(p);
}

START_TEST(json_for_jq)
{
    capture_runs();
    scratch_write_text("sessions.json", process_out(dump("--json", 0)));
    for (int i = 0; i < COUNT(runs); i++)
        ck_assert_str_eq(filter(scratch_format("select(.session == %d and .band == \"OUTPUT\")"
                                               ".body.text",
                                               i + 1)),
                         runs[i].out);
    ck_assert_str_eq(filter("select(.argv) | .argv | map(.text) | join(\",\"), \"\\n\""),
                     "help\nno\"such\"\nsi\n");
    ck_assert_str_eq(filter("select(.type == \"end\") | .exit_status, \" \", .outcome, \"\\n\""),
                     "0 exit status 0\n1 exit status 1\n0 exit status 0\n");
    ck_assert_str_eq(filter("select(.type == \"session\") | .user.text, \" \", .mode, \"\\n\""),
                     "alice sideband\nalice sideband\nalice sideband\n");
    ck_assert_str_eq(filter("select(.kind == \"response\") | .response, \"\\n\""), "right\nright\nright\n");
}
END_TEST

/* ---- others ---- */

START_TEST(stats)
{
    const char *size;

    capture_runs();
    size = scratch_format("%zu", strlen(runs[0].out));
    expect_match("stats", process_out(dump("--stats", 0)),
                 scratch_format("session 1: 127.0.0.1:* > 127.0.0.1:*, user alice\n"
                                "    duration 0.* s, handshake 0.* s, exit status 0\n"
                                "*C>S packets *\n    greeting * 1 *\n"
                                "    COMMAND * 1 * 5 * - * -\n    OUTPUT * - * - * %s\n*"
                                "total: 3 sessions, duration *\n"
                                "    3 handshakes: shortest 0.*, mean 0.*, longest 0.* s\n*"
                                "    COMMAND * 3 * 17 * - * -\n*    EXIT__FAILURE *",
                                size));
}
END_TEST

START_TEST(hex)
{
    capture_runs();
    expect_match("hex", process_out(dump("-x --session 2", 0)),
                 "*COMMAND *9  \"no\\\\\"such\\\\\"\"\n"
                 "          00000000  6e 6f 22 73 75 63 68 22  00                       "
                 "|no\"such\".|\n*");
}
END_TEST

START_TEST(colour)
{
    capture_runs();
    ck_assert_ptr_null(strchr(process_out(dump("", 0)), '\033'));
    ck_assert_ptr_nonnull(strchr(process_out(dump("--color=always", 0)), '\033'));
}
END_TEST

/* A page alone, and beside something else on standard output. */
START_TEST(page)
{
    const char *first;

    capture_runs();
    ck_assert_str_eq(process_out(dump("--html page.html", 0)), "");
    first = scratch_read("page.html", NULL);
    expect_match("page", first, "<!DOCTYPE html>\n*\n[[]\"session\",3,*\n[[]\"end\",3,*</html>\n");
    ck_assert_str_ne(process_out(dump("--html page.html --json", 0)), "");
    ck_assert_str_eq(scratch_read("page.html", NULL), first);
}
END_TEST

/* ---- nowhere to write ---- */

START_TEST(page_cannot_be_written)
{
    capture_runs();
    ck_assert_str_eq(process_err(dump("--html missing/page.html", 1)),
                     "sidewire-dump: missing/page.html: No such file or directory\n");
    ck_assert_str_eq(process_err(dump("--html /dev/full", 1)),
                     "sidewire-dump: /dev/full: No space left on device\n");
}
END_TEST

START_TEST(output_cannot_be_written)
{
    static const char *const printers[] = { "", "-x", "--json", "--stats", "--follow" };
    process_setup setup = { .output = open("/dev/full", O_WRONLY | O_CLOEXEC) };

    capture_runs();
    for (int i = 0; i < COUNT(printers); i++) {
        command_line line = { { NULL }, 0 };

        command_add(&line, tool_path(TOOL_DUMP));
        command_add_words(&line, scratch_format("-k keys/alice %s capture.pcapng", printers[i]));
        process_expect(process_start(&line, &setup), printers[i], 1, NULL,
                       "sidewire-dump: standard output: No space left on device\n");
    }
    close(setup.output);
}
END_TEST

/* ---- choice ---- */

START_TEST(two_for_standard_output)
{
    process *p = tool_start(TOOL_DUMP, "--json --stats users");

    process_expect(p, "--json --stats", 2, "",
                   "sidewire-dump: --json and --stats cannot both go to standard output\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e dump output");
    TCase *tcase = e2e_case(suite, "outputs");

    tcase_add_test(tcase, two_for_standard_output);
    if (!capture_wanted())
        return e2e_main(suite);
    tcase_add_test(tcase, follow_is_what_clients_printed);
    tcase_add_test(tcase, follow_all);
    tcase_add_test(tcase, json_for_jq);
    tcase_add_test(tcase, stats);
    tcase_add_test(tcase, hex);
    tcase_add_test(tcase, colour);
    tcase_add_test(tcase, page);
    tcase_add_test(tcase, page_cannot_be_written);
    tcase_add_test(tcase, output_cannot_be_written);
    return e2e_main(suite);
}
