/* SPDX-License-Identifier: ISC */
/* One real session, recorded and put into captures with every hardship of TCP, IP and link layers
 * by scapy: what sidewire-dump shows of them, and what tshark and tcpflow take for their streams. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "support.h"
#include "tools.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PYTHON "/usr/bin/python3" /* the system's, which finds the system's scapy */

/* ---- recording ---- */

typedef struct relay_end {
    int fd;
    bytes sent;
    int over;
} relay_end;

static void relay_some(relay_end *here, int there)
{
    char data[4096];
    ssize_t n = read(here->fd, data, sizeof(data));

    ck_assert_int_ge(n, 0);
    if (n == 0) {
        here->over = 1;
        shutdown_sending(there);
        return;
    }
    bytes_append(&here->sent, data, (size_t)n);
    send_all(there, data, (size_t)n);
}

/* Passes everything on, both ways, until both sides have closed. */
static void relay(relay_end ends[2])
{
    while (!ends[0].over || !ends[1].over) {
        struct pollfd both[2] = { { .fd = ends[0].over ? -1 : ends[0].fd, .events = POLLIN },
                                  { .fd = ends[1].over ? -1 : ends[1].fd, .events = POLLIN } };

        ck_assert_int_gt(poll(both, 2, PROCESS_SECONDS * 1000), 0);
        for (int i = 0; i < 2; i++)
            if (both[i].revents != 0)
                relay_some(&ends[i], ends[1 - i].fd);
    }
}

/* Leaves what client and server of a session sent in the files c2s and s2c. */
static void record_session(void)
{
    server real = server_start_local("");
    server between = real;
    relay_end ends[2] = { { .sent = bytes_copy(NULL, 0) }, { .sent = bytes_copy(NULL, 0) } };
    int listener = listen_anywhere(&between.port);
    process *client = client_start(&between, "", "help");

    ends[0].fd = accept_one(listener);
    ends[1].fd = dial(real.port);
    relay(ends);
    process_expect(client, "help", 0, NULL, "");
    server_stop(&real);
    scratch_write("c2s", ends[0].sent.data, ends[0].sent.len);
    scratch_write("s2c", ends[1].sent.data, ends[1].sent.len);
    for (int i = 0; i < 2; i++) {
        close(ends[i].fd);
        bytes_free(&ends[i].sent);
    }
    close(listener);
}

static void run(const char *words)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, words);
    process_expect(process_start(&line, NULL), words, 0, NULL, NULL);
}

/* Once for all tests, beside their folders. */
static void make_captures(void)
{
    if (access("captures", F_OK) == 0)
        return;
    scratch_write_text("users", "user alice keys/alice.pub " PERMISSIONS_ALL "\n");
    record_session();
    ck_assert_int_eq(mkdir("captures", 0700), 0);
    run(scratch_format("%s %s c2s s2c captures", PYTHON, source_path("tests/e2e/make-captures.py")));
    processes_end();
}

static void link_captures(void)
{
    static const char *const names[] = { "captures", "c2s", "s2c" };

    for (int i = 0; i < COUNT(names); i++)
        ck_assert_int_eq(symlink(scratch_format("../%s", names[i]), names[i]), 0);
}

/* ---- comparing ---- */

/* Columns of a line of text before the arrow: the session's number, and the time. */
enum { NUMBER_COLUMNS = 5, TIME_COLUMNS = 13 };

/* What stays the same however a session was captured: neither numbers, nor times, nor addresses. */
static const char *essence(const char *text)
{
    char *out = scratch_allocate(strlen(text) + 1);
    size_t len = 0;

    while (*text != '\0') {
        const char *end = text + strcspn(text, "\n") + 1;

        text += NUMBER_COLUMNS;
        text += strncmp(text, "session ", 8) == 0 ? strcspn(text, ",") : (size_t)TIME_COLUMNS;
        if (*text == ',') /* the date */
            text += 1 + strcspn(text + 1, ",\n");
        ck_assert(text < end);
        memcpy(out + len, text, (size_t)(end - text));
        len += (size_t)(end - text);
        text = end;
    }
    return out;
}

static process *dump(const char *options, const char *name)
{
    return tool_start(TOOL_DUMP, scratch_format("-k keys/alice %s captures/%s", options, name));
}

static const char *shown(const char *options, const char *name)
{
    process *p = dump(options, name);

    process_expect(p, name, 0, NULL, "");
    return essence(process_out(p));
}

static const char *undisturbed(void)
{
    const char *text = shown("", "conversation.pcap");

    expect_match("undisturbed", text,
                 ", user alice, *\nS>C greeting *C>S request *\nS>C CHALLENGE *opened by *"
                 "C>S CHALLENGE_RESPONSE *right\nS>C PROCEED *\nC>S COMMAND *\nS>C OUTPUT *"
                 "S>C EXIT__SUCCESS *\nend exit status 0\n");
    return text;
}

static void expect_same(const char *name, const char *seen, const char *expected)
{
    ck_assert_msg(strcmp(seen, expected) == 0, "%s:\n%sis not:\n%s", name, seen, expected);
}

/* ---- nothing is lost ---- */

static const char *const harmless[] = {
    "out-of-order.pcap", "retransmitted.pcap",      "overlapping.pcap",
    "keep-alives.pcap",  "sequence-wrap.pcap",      "no-syn.pcap",
    "syn-twice.pcap",    "one-byte-segments.pcap",  "large-segments.pcap",
    "nanoseconds.pcap",  "big-endian.pcap",         "pcapng.pcapng",
    "fragments.pcap",    "fragments-reversed.pcap", "fragments-twice.pcap",
    "backward.pcap",     "backward-no-syn.pcap",
};

START_TEST(same)
{
    const char *expected = undisturbed();

    for (int i = 0; i < COUNT(harmless); i++)
        expect_same(harmless[i], shown("", harmless[i]), expected);
}
END_TEST

/* The recorded files themselves. */
START_TEST(raw_files)
{
    const char *words = "-k keys/alice --c2s c2s --s2c s2c";
    process *p;

    p = tool_start(TOOL_DUMP, words);
    process_expect(p, words, 0, NULL, "");
    expect_same(words, essence(process_out(p)), undisturbed());
}
END_TEST

START_TEST(layers)
{
    static const char *const links[] = { "ethernet",  "one-tag", "two-tags", "cooked",
                                         "cooked-v2", "null",    "loop",     "raw" };
    static const char *const networks[] = { "ipv4", "ipv4-options", "ipv6", "ipv6-extensions" };
    const char *expected = undisturbed();

    for (int i = 0; i < COUNT(links); i++)
        for (int k = 0; k < COUNT(networks); k++) {
            const char *name = scratch_format("%s-%s.pcap", links[i], networks[k]);

            expect_same(name, shown("", name), expected);
        }
}
END_TEST

/* How many times a text is in another. */
static unsigned occurrences(const char *text, const char *part)
{
    unsigned n = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        n++;
    return n;
}

START_TEST(many_sessions)
{
    static const struct {
        const char *name;
        unsigned sessions;
    } captures[] = { { "interleaved.pcap", 20 }, { "port-reuse.pcap", 3 } };
    const char *expected = undisturbed();

    expected = scratch_format("%.*s", (int)strlen(expected) - 1, expected); /* how it ends may differ */
    for (int i = 0; i < COUNT(captures); i++) {
        const char *seen = shown("", captures[i].name);

        ck_assert_uint_eq(occurrences(seen, ", user alice"), captures[i].sessions);
        seen = shown("--by-session", captures[i].name);
        ck_assert_msg(occurrences(seen, expected) == captures[i].sessions, "%s:\n%s", captures[i].name, seen);
        seen = shown(scratch_format("--session %u", captures[i].sessions), captures[i].name);
        ck_assert_msg(strncmp(seen, expected, strlen(expected)) == 0, "%s:\n%s", captures[i].name, seen);
    }
}
END_TEST

static const char *printed(const char *options)
{
    process *p = dump(options, "interleaved.pcap");

    ck_assert_int_eq(process_wait(p), 0);
    return process_out(p);
}

/* What clients printed at the same time is shown one after the other; and sessions are found by what they
 * did. */
START_TEST(in_one_piece)
{
    const char *one, *all, *lines;

    one = printed("--follow --session 1");
    all = printed("--follow");
    ck_assert_uint_eq(strlen(all), 20 * strlen(one));
    for (size_t i = 0; i < 20; i++)
        ck_assert(memcmp(all + i * strlen(one), one, strlen(one)) == 0);
    lines = printed("--sessions");
    ck_assert_uint_eq(occurrences(lines, " alice      0 "), 20);
    lines = printed("--sessions --command he?p --status 0 --host 192.0.2.1");
    ck_assert_uint_eq(occurrences(lines, "  help\n"), 20);
    lines = printed("--sessions --after 2030-01-01");
    ck_assert_str_eq(lines, "");
    lines = printed("--table sessions");
    ck_assert_uint_eq(occurrences(lines, "\n"), 21);
}
END_TEST

/* Replies as files, which are never written over; bytes that are lost are zeros. */
START_TEST(extracted)
{
    const char *reply, *again;
    size_t len, holed;

    process_expect(dump("--extract out", "conversation.pcap"), "extracted", 0, "", "");
    process_expect(dump("--extract out", "conversation.pcap"), "again", 1, "", "*: out/1.reply: File exists\n");
    reply = scratch_read("out/1.reply", &len);
    process_expect(dump("--extract lost", "lost-in-body.pcap"), "lost", 1, "", NULL);
    again = scratch_read("lost/1.reply", &holed);
    ck_assert_uint_eq(holed, len);
    for (size_t i = 0; i < len; i++)
        ck_assert(again[i] == reply[i] || again[i] == 0);
}
END_TEST

/* ---- something is ---- */

#define HANDSHAKE ", user alice, *opened by keys/alice\nC>S CHALLENGE_RESPONSE *right\n"

static const struct {
    const char *name;
    int status;
    const char *out, *err; /* err: behind the name */
} harmful[] = {
    { "shuffled", 0, HANDSHAKE "*S>C PROCEED *S>C OUTPUT *S>C EXIT__SUCCESS *end exit status 0\n", NULL },
    { "unfinished", 0, HANDSHAKE "*end exit status 0, still open where the capture ends\n", NULL },
    { "reset", 0, HANDSHAKE "*end exit status 0, reset by the client\n", NULL },
    { "reset-amid", 1,
      HANDSHAKE "*S>C OUTPUT *S>C OUTPUT *incomplete: *end closed, reset by the "
                "server; S>C: incomplete: *",
      "session 1: closed, reset by the server; S>C: incomplete: *" },
    { "overlapping-differs", 1,
      HANDSHAKE "*S>C EXIT__SUCCESS*end exit status 0; "
                "S>C: * repeated segments differ\n",
      "session 1: exit status 0; S>C: * repeated segments "
      "differ\n" },
    { "lost-in-body", 1,
      HANDSHAKE "*S>C OUTPUT *S>C lost * 250 *S>C OUTPUT *(only * bytes came)\n"
                "S>C EXIT__SUCCESS*end exit status 0; S>C: 250 bytes lost\n",
      "session 1: exit status 0; S>C: 250 bytes lost\n" },
    { "lost-end-of-body", 1,
      HANDSHAKE "*S>C lost * 100 *S>C OUTPUT *(only * bytes came)\n"
                "S>C EXIT__SUCCESS*end exit status 0; S>C: 100 bytes lost\n",
      "session 1: exit status 0; S>C: 100 bytes lost\n" },
    { "lost-header", 1,
      HANDSHAKE "*S>C OUTPUT *incomplete: *S>C lost * 102 *S>C undecoded * 3 *"
                "end closed; S>C: 102 bytes lost\n",
      "session 1: closed; S>C: 102 bytes lost\n" },
    { "lost-tail", 1,
      HANDSHAKE "*S>C OUTPUT *incomplete: *S>C lost * 105 *"
                "end closed; S>C: 105 bytes lost\n",
      "session 1: closed; S>C: 105 bytes lost\n" },
    { "cut-off", 1,
      HANDSHAKE "*S>C lost * 70 *S>C OUTPUT *(only * bytes came)\n"
                "S>C EXIT__SUCCESS*end exit status 0; S>C: 70 bytes lost\n",
      "session 1: exit status 0; S>C: 70 bytes lost\n" },
    { "headers-only", 1, "",
      "no session found in * packets\n"
      "sidewire-dump: captures/headers-only.pcap: * of them were not captured to their end\n" },
    { "fragments-lost", 1, HANDSHAKE "*S>C lost *",
      "* bytes lost\n*IP fragments were not put "
      "together\n" },
    { "client-half", 1,
      ", user alice, *C>S request *C>S CHALLENGE_RESPONSE *C>S encrypted *"
      "S>C: nothing captured\n",
      "session 1: *S>C: nothing captured\n" },
    { "server-half", 1,
      "*S>C greeting *S>C CHALLENGE * opened by keys/alice\nS>C PROCEED *S>C OUTPUT "
      "*S>C EXIT__SUCCESS *end exit status 0, still open where the capture ends; C>S: nothing captured\n",
      "session 1: *C>S: nothing captured\n" },
    { "late", 0,
      "*S>C CHALLENGE *opened by keys/alice\nC>S CHALLENGE_RESPONSE *right\nS>C PROCEED "
      "*C>S COMMAND *S>C OUTPUT *S>C EXIT__SUCCESS *end exit status 0\n",
      NULL },
    { "late-server-half", 1,
      "*S>C CHALLENGE *opened by keys/alice\nS>C PROCEED *S>C OUTPUT *S>C EXIT__SUCCESS *"
      "C>S: nothing captured\n",
      "session 1: *C>S: nothing captured\n" },
    { "request-lost", 1,
      "*S>C greeting *C>S lost *S>C CHALLENGE *opened by keys/alice\n"
      "C>S CHALLENGE_RESPONSE *right\nS>C PROCEED *S>C OUTPUT *C>S COMMAND *end exit status 0; C>S: * bytes "
      "lost\n",
      "session 1: *C>S: * bytes lost\n" },
};

START_TEST(losses)
{
    for (int i = 0; i < COUNT(harmful); i++) {
        const char *name = scratch_format("%s.pcap", harmful[i].name);
        const char *err =
            harmful[i].err == NULL ? "" : scratch_format("sidewire-dump: captures/%s: %s", name, harmful[i].err);
        process *p = dump("", name);

        process_expect(p, name, harmful[i].status, NULL, err);
        expect_match(name, essence(process_out(p)), harmful[i].out);
    }
}
END_TEST

/* ---- oracles ---- */

/* Captures of which others take the same streams, and who does. tshark takes for the client who
 * speaks first; tcpflow does not know all links. */
static const struct {
    const char *name;
    int tshark_swaps, tcpflow_too;
} understood[] = {
    { "conversation.pcap", 0, 1 },  { "out-of-order.pcap", 0, 1 },      { "shuffled.pcap", 0, 1 },
    { "retransmitted.pcap", 0, 1 }, { "overlapping.pcap", 0, 1 },       { "overlapping-differs.pcap", 0, 0 },
    { "keep-alives.pcap", 0, 1 },   { "sequence-wrap.pcap", 0, 1 },     { "no-syn.pcap", 1, 1 },
    { "syn-twice.pcap", 0, 1 },     { "one-byte-segments.pcap", 0, 1 }, { "large-segments.pcap", 0, 1 },
    { "ethernet-ipv6.pcap", 0, 1 }, { "two-tags-ipv4.pcap", 0, 0 },     { "cooked-v2-ipv6.pcap", 0, 0 },
};

static void expect_file(const char *what, const char *path, const bytes *expected)
{
    size_t len;
    const char *data = scratch_read(path, &len);

    ck_assert_msg(len == expected->len && memcmp(data, expected->data, len) == 0,
                  "%s: %s: %zu bytes are not the %zu recorded", what, path, len, expected->len);
}

/* Hex on lines, those of the other side behind a tab, with other lines around. */
static void expect_tshark(const char *name, const bytes *first, const bytes *second)
{
    command_line line = { { NULL }, 0 };
    bytes seen[2] = { bytes_copy(NULL, 0), bytes_copy(NULL, 0) };
    const bytes *expected[2] = { first, second };
    process *p;
    char *text, *state;

    command_add_words(&line, "tshark -q -z follow,tcp,raw,0 -r");
    command_add(&line, scratch_format("captures/%s", name));
    p = process_start(&line, NULL);
    process_expect(p, name, 0, NULL, NULL);
    text = strdup(process_out(p));
    ck_assert_ptr_nonnull(text);
    for (char *word = strtok_r(text, "\n", &state); word != NULL; word = strtok_r(NULL, "\n", &state)) {
        int is_second = *word == '\t';

        word += is_second;
        if (*word != '\0' && strspn(word, "0123456789abcdef") == strlen(word)) {
            bytes part = bytes_from_hex(word);
            bytes_append(&seen[is_second], part.data, part.len);
            bytes_free(&part);
        }
    }
    free(text);
    for (int i = 0; i < 2; i++) {
        ck_assert_msg(seen[i].len == expected[i]->len, "tshark, %s: %zu bytes of %zu", name, seen[i].len,
                      expected[i]->len);
        ck_assert_mem_eq(seen[i].data, expected[i]->data, seen[i].len);
        bytes_free(&seen[i]);
    }
}

static void expect_tcpflow(const char *name, const bytes *c2s, const bytes *s2c)
{
    const char *ends[2] = { "192.000.002.001.40000", "198.051.100.002.02990" };

    if (strstr(name, "ipv6") != NULL) {
        ends[0] = "2001:db8::1.40000";
        ends[1] = "2001:db8::2.02990";
    }
    run(scratch_format("tcpflow -r captures/%s -o flows-%s", name, name));
    expect_file("tcpflow", scratch_format("flows-%s/%s-%s", name, ends[0], ends[1]), c2s);
    expect_file("tcpflow", scratch_format("flows-%s/%s-%s", name, ends[1], ends[0]), s2c);
}

START_TEST(streams)
{
    bytes c2s, s2c;

    c2s.data = (uint8_t *)scratch_read("c2s", &c2s.len);
    s2c.data = (uint8_t *)scratch_read("s2c", &s2c.len);
    for (int i = 0; i < COUNT(understood); i++) {
        const char *name = understood[i].name;
        int swaps = understood[i].tshark_swaps;

        ck_assert_int_eq(mkdir(name, 0700), 0);
        run(scratch_format("%s captures/%s %s", tool_path("tests/dump/print_streams"), name, name));
        expect_file("ours", scratch_format("%s/1.c2s", name), &c2s);
        expect_file("ours", scratch_format("%s/1.s2c", name), &s2c);
        expect_tshark(name, swaps ? &s2c : &c2s, swaps ? &c2s : &s2c);
        if (understood[i].tcpflow_too)
            expect_tcpflow(name, &c2s, &s2c);
        processes_end();
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e capture tcp");
    TCase *tcase = e2e_case(suite, "captures");

    tcase_add_unchecked_fixture(tcase, make_captures, NULL);
    tcase_add_checked_fixture(tcase, link_captures, NULL);
    tcase_add_test(tcase, same);
    tcase_add_test(tcase, raw_files);
    tcase_add_test(tcase, layers);
    tcase_add_test(tcase, many_sessions);
    tcase_add_test(tcase, in_one_piece);
    tcase_add_test(tcase, extracted);
    tcase_add_test(tcase, losses);
    tcase_add_test(tcase, streams);
    return e2e_main(suite);
}
