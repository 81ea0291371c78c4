/* SPDX-License-Identifier: ISC */
/* --record of client and server: what both of them write down of real sessions, in the eyes of
 * tshark and of sidewire-dump. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ALICE "-u alice -k keys/alice "
#define PERMISSIVE "--allow-legacy --allow-rc4 "
#define MADE_UP_PORT "2990"

enum { UPLOAD_SIZE = 1000000, STREAMS_MAX = 64 };

/* ---- what tshark sees ---- */

/* In hex, as much as was sent. */
typedef struct stream {
    char *hex;
    size_t len, cap;
} stream;

typedef struct conversation {
    stream from_client, from_server;
    unsigned ends; /* FINs */
    int server_ended_first;
} conversation;

typedef struct recorded {
    conversation conversations[STREAMS_MAX];
    unsigned count;
} recorded;

static void append(stream *s, const char *hex, size_t len)
{
    if (s->len + len > s->cap) {
        char *larger;

        s->cap = 2 * (s->len + len);
        larger = scratch_allocate(s->cap);
        if (s->len > 0)
            memcpy(larger, s->hex, s->len);
        s->hex = larger;
    }
    if (len > 0)
        memcpy(s->hex + s->len, hex, len);
    s->len += len;
}

/* The fields of a packet: number of the connection, source port, whether the checksums of TCP and
 * IP are right, FIN, data. */
static void take_packet(recorded *r, char *line, const char *server_port)
{
    unsigned number = (unsigned)strtoul(strsep(&line, ","), NULL, 10);
    int from_server = strcmp(strsep(&line, ","), server_port) == 0;
    const char *tcp_sum = strsep(&line, ",");
    const char *ip_sum = strsep(&line, ",");
    const char *fin = strsep(&line, ",");
    conversation *c = &r->conversations[number];

    ck_assert_uint_lt(number, STREAMS_MAX);
    ck_assert_str_eq(tcp_sum, "1");
    ck_assert_msg(strcmp(ip_sum, "1") == 0 || *ip_sum == '\0', "IP checksum: %s", ip_sum);
    if (strcmp(fin, "1") == 0 || strcmp(fin, "True") == 0) {
        c->server_ended_first |= from_server && c->ends == 0;
        c->ends++;
    }
    append(from_server ? &c->from_server : &c->from_client, line, strlen(line));
    if (number >= r->count)
        r->count = number + 1;
}

/* Reads a recording. All checksums have to be right, and tshark to have nothing to say that is
 * worse than a note. The segments are in order, so their data is the streams. */
static recorded examine(const char *file, const char *server_port)
{
    command_line words = { { NULL }, 0 };
    recorded r = { .count = 0 };
    char *text, *line;
    size_t len;
    process *p;

    command_add_words(
        &words,
        scratch_format("tshark -n -r %s -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -d tcp.port==%s,data "
                       "-z expert,warn -T fields -E separator=, -e tcp.stream -e tcp.srcport -e "
                       "tcp.checksum.status -e ip.checksum.status -e tcp.flags.fin -e tcp.payload",
                       file, server_port));
    p = process_start(&words, NULL);
    process_expect(p, file, 0, NULL, NULL);
    ck_assert_msg(strstr(process_err(p), "tshark: ") == NULL, "%s: %s", file, process_err(p));
    len = strlen(process_out(p));
    text = scratch_allocate(len + 1);
    memcpy(text, process_out(p), len);
    while ((line = strsep(&text, "\n")) != NULL && *line != '\0') {
        ck_assert_msg(strspn(line, "0123456789") > 0, "%s: %s\n%s", file, line, text);
        take_packet(&r, line, server_port);
    }
    ck_assert_msg(text == NULL || *text == '\0', "%s: %s", file, text);
    return r;
}

static void check_same(const char *what, const stream *a, const stream *b)
{
    ck_assert_uint_gt(a->len, 0);
    if (a->len != b->len || memcmp(a->hex, b->hex, a->len) != 0)
        ck_abort_msg("%s: recorded differently: %.999s\n%.999s", what, a->hex, b->hex);
}

/* What each side recorded was said in both directions: the same. */
static void check_same_session(const char *what, const conversation *a, const conversation *b)
{
    check_same(what, &a->from_client, &b->from_client);
    check_same(what, &a->from_server, &b->from_server);
    ck_assert_uint_eq(a->ends, 2);
    ck_assert_uint_eq(b->ends, 2);
}

static void expect_dump(const char *words, const char *out)
{
    process_expect(tool_start(TOOL_DUMP, words), words, 0, out, "");
}

/* ---- sessions ---- */

static const char *const features[] = {
    "", "sideband", "sideband,sha256", "sideband,aes_ctr128", "sideband,aes_ctr128,sha256",
};

static const struct {
    const char *command;
    int status;        /* sideband; it is 0 in legacy mode */
    const char *shown; /* by sidewire-dump, as a pattern */
    size_t least;      /* bytes that the client sent, at least */
} runs[] = {
    { "help ff", 0, "*\"help\" \"ff\"*\"ff - skip *", 0 },
    { "nosuch", 1, "*\"nosuch\"*\"invalid command\\\\n\"*", 0 },
    { "addimg cover", 0, "*\"addimg\" \"cover\"*ff ff ff*", UPLOAD_SIZE },
};

/* Runs the client with standard input, which only an upload reads. */
static void run_client(const char *words, int status)
{
    process_setup setup = { .input = "upload" };
    command_line line = { { NULL }, 0 };

    command_add(&line, tool_path(TOOL_CLIENT));
    command_add_words(&line, words);
    process_expect(process_start(&line, &setup), words, status, NULL, NULL);
}

static void make_upload(void)
{
    char *data = scratch_allocate(UPLOAD_SIZE);

    memset(data, 0xff, UPLOAD_SIZE);
    scratch_write("upload", data, UPLOAD_SIZE);
}

/* Puts files into one, one behind the other. */
static void append_files(const char *to, const char *files)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, scratch_format("mergecap -a -w %s %s", to, files));
    process_expect(process_start(&line, NULL), to, 0, NULL, NULL);
}

/* What a session of this run has to look like in both recordings. */
static void check_run(int is_legacy, int i, const conversation *own, const conversation *servers)
{
    ck_assert_uint_ge(own->from_client.len, 2 * runs[i].least);
    /* only in legacy mode the server's end says something, and the client's ends an upload */
    ck_assert_int_eq(own->server_ended_first, is_legacy && runs[i].least == 0);
    ck_assert_int_eq(servers->server_ended_first, !is_legacy || runs[i].least == 0);
    check_same_session(runs[i].command, own, servers);
}

/* One session of each run with each of these sets of features, over TCP: the server records all of them in
 * one file, each client in its own. */
static void record_runs(const char *host, int first_mode)
{
    server s = server_start(host, PERMISSIVE "--record server.pcapng");
    const char *files = "";
    recorded all, own;
    unsigned count = 0;

    make_upload();
    for (int mode = first_mode; mode < COUNT(features); mode++)
        for (int i = 0; i < COUNT(runs); i++) {
            const char *file = scratch_format("client%d-%d.pcapng", mode, i);

            run_client(scratch_format(ALICE PERMISSIVE "-H %s -p %s --features=%s --record %s %s", host, s.port,
                                      features[mode], file, runs[i].command),
                       *features[mode] != '\0' ? runs[i].status : 0);
            expect_dump(scratch_format("-k keys/alice %s", file), runs[i].shown);
            files = scratch_format("%s %s", files, file);
        }
    server_stop(&s);
    append_files("clients.pcapng", files);
    all = examine("server.pcapng", s.port);
    own = examine("clients.pcapng", s.port);
    for (int mode = first_mode; mode < COUNT(features); mode++)
        for (int i = 0; i < COUNT(runs); i++, count++)
            check_run(*features[mode] == '\0', i, &own.conversations[count], &all.conversations[count]);
    ck_assert_uint_eq(all.count, count);
    ck_assert_uint_eq(own.count, count);
    for (unsigned n = 0; n < count; n++)
        expect_dump(scratch_format("-k keys/alice --session %u server.pcapng", n + 1),
                    runs[n % COUNT(runs)].shown);
}

START_TEST(over_ipv4)
{
    record_runs("127.0.0.1", 0);
}
END_TEST

START_TEST(over_ipv6)
{
    record_runs(ipv6_host(), COUNT(features) - 1);
}
END_TEST

/* ---- descriptors ---- */

/* Hands two descriptors to a program and closes them here. */
static process *start_over(const char *tool, int in, int out, const char *words)
{
    process_setup setup = { .keep = { in, out }, .input = "upload" };
    command_line line = { { NULL }, 0 };
    process *p;

    command_add(&line, tool_path(tool));
    command_add_words(&line, scratch_format("--fd %d,%d %s", in, out, words));
    p = process_start(&line, &setup);
    close(in);
    if (out != in)
        close(out);
    return p;
}

/* One session over pipes, recorded on both sides. */
static void record_over_pipes(int mode, const char *client_file, const char *server_file)
{
    int up[2], down[2];
    process *serves;

    ck_assert_int_eq(pipe2(up, O_CLOEXEC) | pipe2(down, O_CLOEXEC), 0);
    serves =
        start_over(TOOL_SERVER, up[0], down[1], scratch_format("-u users " PERMISSIVE "--record %s", server_file));
    process_expect(start_over(TOOL_CLIENT, down[0], up[1],
                              scratch_format(ALICE PERMISSIVE "--features=%s --record %s addimg cover",
                                             features[mode], client_file)),
                   "client", 0, NULL, "");
    process_expect(serves, "server", 0, "", NULL);
    expect_dump(scratch_format("-k keys/alice %s", client_file), "*192.0.2.1:49152 > 192.0.2.2:2990, *ff ff ff*");
}

START_TEST(over_pipes)
{
    const char *files = "";
    recorded all;

    make_upload();
    for (int mode = 0; mode < COUNT(features); mode++) {
        const char *client_file = scratch_format("client%d.pcapng", mode);
        const char *server_file = scratch_format("server%d.pcapng", mode);

        record_over_pipes(mode, client_file, server_file);
        files = scratch_format("%s %s %s", files, client_file, server_file);
    }
    append_files("all.pcapng", files);
    all = examine("all.pcapng", MADE_UP_PORT);
    ck_assert_uint_eq(all.count, 2 * COUNT(features));
    for (int mode = 0; mode < COUNT(features); mode++) {
        const conversation *own = &all.conversations[2 * mode];

        ck_assert_uint_gt(own->from_client.len, 2 * UPLOAD_SIZE);
        check_same_session(features[mode], own, own + 1);
    }
}
END_TEST

/* ---- many ---- */

/* In how many of them the client sent the same. */
static unsigned count_same(const recorded *r, const stream *sent)
{
    unsigned count = 0;

    for (unsigned i = 0; i < r->count; i++) {
        const stream *other = &r->conversations[i].from_client;

        count += other->len == sent->len && memcmp(other->hex, sent->hex, sent->len) == 0;
    }
    return count;
}

/* Sessions at once, one without a byte of the client, one that ends early, and one that is open
 * when the server ends. */
START_TEST(many_at_once)
{
    enum { CLIENTS = 6, OTHERS = 3 };
    server s = server_start_local("--record server.pcapng");
    process *clients[CLIENTS];
    char greeting[8];
    const char *files = "";
    recorded all, own;
    unsigned silent = 0;
    int open_end;

    shutdown_sending(dial(s.port));
    process_await_err(s.process, ": closed\n");
    client_expect(&s, "-u eve -k keys/eve", "si", 3, "", NULL);
    for (int i = 0; i < CLIENTS; i++) {
        const char *file = scratch_format("%d.pcapng", i);

        clients[i] = client_start(&s, scratch_format("--record %s", file), "help");
        files = scratch_format("%s %s", files, file);
    }
    for (int i = 0; i < CLIENTS; i++)
        ck_assert_int_eq(process_wait(clients[i]), 0);
    open_end = dial(s.port);
    receive_exactly(open_end, greeting, sizeof(greeting));
    server_stop(&s);
    close(open_end);
    all = examine("server.pcapng", s.port);
    ck_assert_uint_eq(all.count, CLIENTS + OTHERS);
    for (unsigned i = 0; i < all.count; i++) {
        silent += all.conversations[i].from_client.len == 0;
        ck_assert_uint_eq(all.conversations[i].ends, 2);
    }
    ck_assert_uint_eq(silent, 2);
    append_files("clients.pcapng", files);
    own = examine("clients.pcapng", s.port);
    ck_assert_uint_eq(own.count, CLIENTS);
    for (unsigned i = 0; i < own.count; i++)
        ck_assert_uint_eq(count_same(&all, &own.conversations[i].from_client), 1);
    expect_dump("-k keys/alice server.pcapng", "*end exit status 0\n*");
}
END_TEST

START_TEST(interactive)
{
    server s = server_start_local("");
    recorded own;

    scratch_write_text("upload", "help ff\nhelp jmp\nhelp play\n");
    run_client(scratch_format(ALICE "-H %s -p %s --record client.pcapng -i", s.host, s.port), 0);
    server_stop(&s);
    own = examine("client.pcapng", s.port);
    ck_assert_uint_eq(own.count, 3);
    expect_dump("-k keys/alice client.pcapng",
                "*\"help\" \"ff\"*end exit status 0\n*\"help\" \"jmp\"*end exit status 0\n"
                "*\"help\" \"play\"*end exit status 0\n");
}
END_TEST

/* ---- failures ---- */

static const struct {
    const char *path, *why;
} unusable[] = {
    { "-", "a file is needed, standard output has another use" },
    { "missing/file", "No such file or directory" },
    { ".", "Is a directory" },
    { "keys", "Too many levels of symbolic links" },
    { "/dev/full", "No space left on device" },
};

START_TEST(not_to_be_opened)
{
    const char *words = scratch_format("-u users -p 0 --record %s", unusable[_i].path);

    process_expect(tool_start(TOOL_SERVER, words), words, 2, "",
                   scratch_format("sidewire-server: --record: %s: %s\n", unusable[_i].path, unusable[_i].why));
    words = scratch_format(ALICE "-p 1 --record %s si", unusable[_i].path);
    process_expect(tool_start(TOOL_CLIENT, words), words, 2, "",
                   scratch_format("sidewire-client: --record: %s: %s\n", unusable[_i].path, unusable[_i].why));
}
END_TEST

/* The file has no room for all: said once, and sessions do not suffer. */
START_TEST(no_room)
{
    enum { ROOM = 3000 }; /* more than one session, less than two */
    struct rlimit limit;
    server s = server_start_local("--record server.pcapng");
    command_line line = { { NULL }, 0 };
    const char *failure = ": error: server.pcapng: File too large; nothing more is recorded\n";
    const char *log;
    recorded all;

    ck_assert_int_eq(prlimit(process_id(s.process), RLIMIT_FSIZE, NULL, &limit), 0);
    limit.rlim_cur = ROOM;
    ck_assert_int_eq(prlimit(process_id(s.process), RLIMIT_FSIZE, &limit, NULL), 0);
    for (int i = 0; i < 4; i++)
        client_expect(&s, "", "help ff", 0, "ff - *", "");
    command_add_words(&line, scratch_format("prlimit --fsize=%d: %s " ALICE "-H %s -p %s --record "
                                            "client.pcapng help ff",
                                            ROOM / 2, tool_path(TOOL_CLIENT), s.host, s.port));
    process_expect(process_start(&line, NULL), "prlimit", 0, "ff - *",
                   "sidewire-client: client.pcapng: File too large; nothing more is recorded\n");
    process_await_err(s.process, failure);
    server_stop(&s);
    log = strstr(process_err(s.process), failure);
    ck_assert_ptr_nonnull(log);
    ck_assert_ptr_null(strstr(log + 1, failure));
    all = examine("server.pcapng", s.port);
    ck_assert_uint_eq(all.count, 2);
    ck_assert_uint_eq(examine("client.pcapng", s.port).count, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e record");

    tcase_add_test(e2e_case(suite, "ipv4"), over_ipv4);
    tcase_add_test(e2e_case(suite, "ipv6"), over_ipv6);
    tcase_add_test(e2e_case(suite, "pipes"), over_pipes);
    tcase_add_test(e2e_case(suite, "many"), many_at_once);
    tcase_add_test(e2e_case(suite, "interactive"), interactive);
    tcase_add_loop_test(e2e_case(suite, "not opened"), not_to_be_opened, 0, COUNT(unusable));
    tcase_add_test(e2e_case(suite, "no room"), no_room);
    return e2e_main(suite);
}
