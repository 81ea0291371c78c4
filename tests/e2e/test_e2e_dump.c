/* SPDX-License-Identifier: ISC */
/* sidewire-dump with captures of real sessions of the real programs. */
#include "capture.h"
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUSY_SERVER "--allow-legacy --allow-rc4 --banner hello"

/* The columns' widths do not matter: each run of blanks becomes one. */
static const char *squeeze(const char *text)
{
    char *out = scratch_allocate(strlen(text) + 1);
    size_t len = 0;

    for (; *text != '\0'; text++)
        if (*text != ' ' || (len > 0 && out[len - 1] != ' ' && out[len - 1] != '\n'))
            out[len++] = *text;
    return out;
}

static void expect_dump(const char *words, int status, const char *out, const char *err)
{
    process *p = tool_start(TOOL_DUMP, words);

    process_expect(p, words, status, NULL, err);
    expect_match(words, squeeze(process_out(p)), out);
}

/* ---- what a session looks like ---- */

static const struct {
    const char *features; /* in the request */
    int is_legacy;
    size_t response_size;
    const char *agreed;
} modes[] = {
    { "", 1, 20, "legacy, cipher RC4" },
    { " sideband", 0, 20, "features sideband, cipher RC4" },
    { " sideband,sha256", 0, 32, "features sideband,sha256, cipher RC4" },
    { " sideband,aes_ctr128", 0, 20, "features sideband,aes_ctr128, cipher AES-128-CTR" },
    { " sideband,aes_ctr128,sha256", 0, 32, "features sideband,aes_ctr128,sha256, cipher AES-128-CTR" },
};

static const struct {
    const char *words;     /* of the command */
    const char *arguments; /* as shown */
    size_t arguments_size; /* bytes of a sideband command */
    const char *band;      /* of the answer */
    const char *preview;   /* as a pattern */
    size_t answer_size;
    const char *exit;
    int status;
} runs[] = {
    { "help ff", "\"help\" \"ff\"", sizeof("help") + sizeof("ff"), "OUTPUT",
      "\"ff - skip some seconds\\\\n\\\\nhandler: server\\\\npermissions: --vV\\\\nus\"...", 213, "EXIT__SUCCESS",
      0 },
    { "no\"such\"", "\"no\\\\\"such\\\\\"\"", sizeof("no\"such\""), "ERROR_LOG", "\"invalid command\\\\n\"",
      sizeof("invalid command\n") - 1, "EXIT__FAILURE", 1 },
};

/* End mark of a legacy command, and what is before each argument instead of a NUL behind it. */
enum { LEGACY_END_SIZE = sizeof("\nEnd of Command.\n") - 1, PROCEED_SIZE = 8 };

static const char *line(unsigned session, const char *arrow, const char *name, size_t size, const char *detail)
{
    return scratch_format("%u 0.?????? %s %s %zu%s%s\n", session, arrow, name, size, detail[0] != '\0' ? " " : "",
                          detail);
}

/* Up to the response. opened: the key's name, or NULL; then `sealed` says why. */
static const char *handshake_pattern(unsigned session, int mode, const char *opened, const char *sealed)
{
    static const char greeting[] = "hello\nFeatures: sideband,aes_ctr128,sha256\n";
    const char *request = scratch_format("auth rsa alice%s", modes[mode].features);
    const char *detail = opened != NULL ? scratch_format("opened by %s", opened) : sealed;
    int is_legacy = modes[mode].is_legacy;

    return scratch_format(
        "%u session 127.0.0.1:* > 127.0.0.1:*, 20* UTC, user alice, %s\n"
        "%s%s%s%s",
        session, modes[mode].agreed,
        line(session, "S>C", "greeting", sizeof(greeting) - 1,
             "\"hello\\\\nFeatures: sideband,aes_ctr128,sha256\\\\n\""),
        line(session, "C>S", "request", strlen(request), scratch_format("\"%s\"", request)),
        line(session, "S>C", is_legacy ? "challenge" : "CHALLENGE", 256, detail),
        line(session, "C>S", is_legacy ? "response" : "CHALLENGE_RESPONSE", modes[mode].response_size,
             opened != NULL ? "right" : ""));
}

static const char *end_pattern(unsigned session, const char *text)
{
    return scratch_format("%u 0.?????? end %s\n", session, text);
}

static const char *legacy_pattern(unsigned session, int run)
{
    return scratch_format(
        "%s%s%s%s", line(session, "S>C", "proceed", PROCEED_SIZE, "\"Proceed.\""),
        line(session, "C>S", "command", runs[run].arguments_size + LEGACY_END_SIZE, runs[run].arguments),
        line(session, "S>C", "text", runs[run].answer_size, runs[run].preview), end_pattern(session, "closed"));
}

static const char *packets_pattern(unsigned session, int run)
{
    return scratch_format("%s%s%s%s%s", line(session, "S>C", "PROCEED", 0, ""),
                          line(session, "C>S", "COMMAND", runs[run].arguments_size, runs[run].arguments),
                          line(session, "S>C", runs[run].band, runs[run].answer_size, runs[run].preview),
                          line(session, "S>C", runs[run].exit, 0, ""),
                          end_pattern(session, scratch_format("exit status %d", runs[run].status)));
}

static const char *sealed_pattern(unsigned session, int mode, int run, const char *why)
{
    size_t sent = runs[run].arguments_size;
    size_t came = runs[run].answer_size;
    const char *detail = scratch_format("bytes, %s", why);

    sent += modes[mode].is_legacy ? (size_t)LEGACY_END_SIZE : SW_HEADER_SIZE;
    came += modes[mode].is_legacy ? (size_t)PROCEED_SIZE : 3 * (size_t)SW_HEADER_SIZE;
    return scratch_format("%s%s%s", line(session, "C>S", "encrypted", sent, detail),
                          line(session, "S>C", "encrypted", came, detail), end_pattern(session, "closed"));
}

/* The first session of a mode in the capture. */
static unsigned first_session(int mode)
{
    return (unsigned)(mode * COUNT(runs)) + 1;
}

/* All runs of a mode. */
static const char *dump_pattern(int mode, const char *opened, const char *sealed)
{
    const char *all = "";

    for (int i = 0; i < COUNT(runs); i++) {
        unsigned session = first_session(mode) + (unsigned)i;
        const char *traffic = sealed_pattern(session, mode, i, sealed);

        if (opened != NULL)
            traffic = modes[mode].is_legacy ? legacy_pattern(session, i) : packets_pattern(session, i);
        all = scratch_format("%s%s%s", all, handshake_pattern(session, mode, opened, sealed), traffic);
    }
    return all;
}

/* The lines of the sessions of a mode. */
static const char *lines_of_mode(const char *text, int mode)
{
    const char *lines = "";

    for (; *text != '\0'; text += strcspn(text, "\n") + 1) {
        unsigned long number = strtoul(text, NULL, 10);

        if (number >= first_session(mode) && number < first_session(mode + 1))
            lines = scratch_format("%s%.*s", lines, (int)strcspn(text, "\n") + 1, text);
    }
    return lines;
}

/* ---- sessions ---- */

static void convert_capture(void)
{
    command_line editcap = { { NULL }, 0 };

    command_add_words(&editcap, "editcap -F pcap capture.pcapng capture.pcap");
    process_expect(process_start(&editcap, NULL), "editcap", 0, NULL, NULL);
}

/* Sessions of these modes, one after the other. */
static void capture_runs(int first, int last)
{
    server s = server_start_local(BUSY_SERVER);
    process *capture = capture_start(s.port);

    for (int mode = first; mode <= last; mode++) {
        const char *options = scratch_format("--allow-legacy --allow-rc4 --features=%s",
                                             modes[mode].features + !modes[mode].is_legacy);

        for (int i = 0; i < COUNT(runs); i++)
            client_expect(&s, options, runs[i].words, modes[mode].is_legacy ? 0 : runs[i].status, NULL, NULL);
    }
    capture_stop(capture, s.port);
    server_stop(&s);
}

static const struct {
    const char *keys;
    const char *opened, *sealed;
} key_choices[] = {
    { "", NULL, "no key given" },
    { "-k keys/alice", "keys/alice", "" },
    { "-k keys/eve", NULL, "no key fits" },
    { "-k keys/eve -k keys/bob --key=keys/alice", "keys/alice", "" },
};

static void expect_sessions(process *p, const char *what, const char *opened, const char *sealed)
{
    const char *shown;

    process_expect(p, what, 0, NULL, "");
    shown = squeeze(process_out(p));
    for (int mode = 0; mode < COUNT(modes); mode++)
        expect_match(what, lines_of_mode(shown, mode), dump_pattern(mode, opened, sealed));
    ck_assert_str_eq(lines_of_mode(shown, COUNT(modes)), "");
}

/* From files of both kinds, from standard input, and to where no room is. */
START_TEST(sessions_are_shown)
{
    static const char *const files[] = { "capture.pcapng", "capture.pcap" };
    process_setup setup = { .input = "capture.pcapng" };
    command_line dump = { { NULL }, 0 };
    process *p;

    capture_runs(0, COUNT(modes) - 1);
    convert_capture();
    for (int i = 0; i < COUNT(key_choices); i++)
        for (int k = 0; k < COUNT(files); k++) {
            const char *words = scratch_format("%s %s", key_choices[i].keys, files[k]);

            expect_sessions(tool_start(TOOL_DUMP, words), words, key_choices[i].opened, key_choices[i].sealed);
        }
    command_add(&dump, tool_path(TOOL_DUMP));
    command_add_words(&dump, "-k keys/alice -");
    expect_sessions(process_start(&dump, &setup), "-", "keys/alice", "");
    setup.output = open("/dev/full", O_WRONLY | O_CLOEXEC);
    p = process_start(&dump, &setup);
    process_expect(p, "/dev/full", 1, NULL, "sidewire-dump: standard output: No space left on device\n");
    close(setup.output);
}
END_TEST

/* ---- other sessions ---- */

/* Sessions that fail next to a good one, over IPv6. */
START_TEST(mixture)
{
    server s = server_start(ipv6_host(), "--banner hello");
    process *capture = capture_start(s.port);

    client_expect(&s, "-u eve -k keys/eve", "si", 3, "", NULL);
    client_expect(&s, "--allow-legacy --features=", "si", 3, "", NULL);
    client_expect(&s, "", "si", 0, NULL, "");
    capture_stop(capture, s.port);
    server_stop(&s);
    expect_dump("-k keys/alice capture.pcapng", 0,
                "1 session * > *, user eve, features *\n"
                "1 0.?????? S>C greeting * end closed before the response\n"
                "2 session * > *, user alice, legacy, cipher RC4\n"
                "2 0.?????? S>C greeting * end request refused\n"
                "3 session * > *, user alice, features *\n"
                "3 0.?????? S>C greeting * C>S COMMAND 3 \"si\"\n"
                "* end exit status 0\n",
                "");
}
END_TEST

/* A server of another kind on the port, and the datagrams of the capture itself. */
START_TEST(no_session)
{
    const char *port;
    int listener = listen_anywhere(&port);
    process *capture = capture_start(port);
    int client = dial(port);
    int fd = accept_one(listener);
    char text[64];

    send_text(fd, "220 mail ready\r\n");
    receive_exactly(client, text, sizeof("220 mail ready\r\n") - 1);
    send_text(client, "QUIT\r\n");
    receive_exactly(fd, text, sizeof("QUIT\r\n") - 1);
    close(client);
    close(fd);
    capture_stop(capture, port);
    expect_dump("-k keys/alice capture.pcapng", 1, "",
                "sidewire-dump: capture.pcapng: no session found in * packets\n"
                "sidewire-dump: capture.pcapng: * packets are no TCP: IP protocol 17 (UDP)\n");
    close(listener);
}
END_TEST

/* ---- truncated ---- */

/* All that happened, in both outputs at the same time. */
static void check_lines(const char *shown, const char *all)
{
    size_t len;

    for (; *shown != '\0'; shown += len) {
        const char *text;

        len = strcspn(shown, "\n") + 1;
        text = scratch_format("%.*s", (int)len, shown);
        if (strstr(text, " end ") == NULL && strstr(text, " session ") == NULL)
            ck_assert_msg(strstr(all, text) != NULL, "%sis not in:\n%s", text, all);
    }
}

/* Is that where a block of the pcapng file ends? Such a cut cannot be seen. */
static int ends_block(const char *data, size_t size, size_t left)
{
    enum { LENGTH_AT = 4, BLOCK_MIN = 12 };
    uint32_t length = 0;

    for (size_t at = 0; at + BLOCK_MIN <= size && at < left; at += length) {
        memcpy(&length, data + at + LENGTH_AT, sizeof(length));
        ck_assert_uint_ge(length, BLOCK_MIN);
        if (at + length == left)
            return 1;
    }
    return 0;
}

/* A file cut anywhere: what is left of it is shown, and that it was cut is said. */
START_TEST(truncated_file)
{
    enum { MODE = COUNT(modes) - 1, STEP = 139, CUT = 1, UNREADABLE = 3 };
    const char *all, *data;
    size_t size;
    process *p;

    capture_runs(MODE, MODE);
    data = scratch_read("capture.pcapng", &size);
    p = tool_start(TOOL_DUMP, "-k keys/alice capture.pcapng");
    process_expect(p, "whole", 0, NULL, "");
    all = process_out(p);
    for (size_t left = 0; left < size; left += STEP) {
        const char *what = scratch_format("%zu of %zu bytes", left, size);
        int status;

        processes_end(); /* of the round before */
        scratch_write("cut.pcapng", data, left);
        p = tool_start(TOOL_DUMP, "-k keys/alice cut.pcapng");
        status = process_wait(p);
        if (status != 0 || !ends_block(data, size, left)) {
            ck_assert_msg(status == CUT || status == UNREADABLE, "%s: exit status %d", what, status);
            expect_match(what, process_err(p), "sidewire-dump: cut.pcapng: *\n");
        }
        check_lines(process_out(p), all);
    }
}
END_TEST

/* ---- no capture ---- */

static const struct {
    const char *words;
    const char *err;
} unreadable[] = {
    { "users", "sidewire-dump: users: unknown file format\n" },
    { "empty", "sidewire-dump: empty: *\n" },
    { "keys", "sidewire-dump: keys: *\n" },
    { "missing", "sidewire-dump: missing: No such file or directory\n" },
    { "-k keys/alice -", "sidewire-dump: -: *\n" },
};

START_TEST(no_capture)
{
    scratch_write_text("empty", "");
    expect_dump(unreadable[_i].words, 3, "", unreadable[_i].err);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e dump");

    tcase_add_loop_test(e2e_case(suite, "no capture"), no_capture, 0, COUNT(unreadable));
    if (capture_wanted()) {
        tcase_add_test(e2e_case(suite, "sessions"), sessions_are_shown);
        tcase_add_test(e2e_case(suite, "mixture"), mixture);
        tcase_add_test(e2e_case(suite, "no session"), no_session);
        tcase_add_test(e2e_case(suite, "truncated"), truncated_file);
    }
    return e2e_main(suite);
}
