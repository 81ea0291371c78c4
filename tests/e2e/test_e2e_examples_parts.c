/* SPDX-License-Identifier: ISC */
/* The examples of the layers below sessions, and of what audio servers add. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <sidewire/backends.h>

#include <signal.h>
#include <string.h>

static void expect(const char *program, const char *words, int status, const char *out, const char *err)
{
    process_expect(tool_start(program, words), words, status, out, err);
}

/* The same with a file as standard input. */
static void expect_from(const char *file, const char *program, const char *words, int status, const char *out,
                        const char *err)
{
    process_setup setup = { .input = file };
    command_line line = { { NULL }, 0 };

    command_add(&line, tool_path(program));
    command_add_words(&line, words);
    process_expect(process_start(&line, &setup), words, status, out, err);
}

/* ---- the layers below sessions ---- */

START_TEST(by_hand)
{
    expect("examples/by_hand", "keys/alice keys/alice.pub", 0,
           "client: greeting of *server: me asks for features 7\n"
           "server: response of 32 bytes is right\n"
           "server: COMMAND of 13 bytes\nserver: BLOB_DATA of 30 bytes\n",
           "");
    expect("examples/by_hand", "keys/alice keys/alice.pub legacy", 0,
           "client: greeting of *server: me asks for features 0\n"
           "server: response of 20 bytes is right\nserver: command addmood, 2 arguments\n",
           "");
    expect("examples/by_hand", "keys/alice keys/bob.pub", 2, "*features 7\n", "challenge: *");
    expect("examples/by_hand", "", 2, "", "usage: *\n");
}
END_TEST

START_TEST(sealed_by_hand)
{
    const char *const text =
        "suite: noise_nx_25519_chachapoly_sha256\n"
        "server: message of 37 bytes around 'hello'\n"
        "client: message of 103 bytes around 'welcome'\n"
        "client: the server's key is right\n"
        "server: me offers a key of %s, and the signature is right\n"
        "server: 'anything'\n";
    sw_crypto *crypto = sw_backend_new(NULL);

    make_all_keys();
    expect("examples/sealed_by_hand", "keys/alice", 0, scratch_format(text, "RSA"), "");
    if (crypto->ed25519_sign != NULL)
        expect("examples/sealed_by_hand", "keys/ed25519.openssh", 0, scratch_format(text, "Ed25519"), "");
    else
        expect("examples/sealed_by_hand", "keys/ed25519.openssh", 2, "suite: *", "signature: *");
    sw_backend_free(crypto);
    expect("examples/sealed_by_hand", "", 2, "", "usage: *\n");
}
END_TEST

static void check_login(const char *port, const char *who, int status, const char *out, const char *err)
{
    expect("examples/login", scratch_format("check 127.0.0.1 %s %s", port, who), status, out, err);
}

/* Against our own server, and against itself. */
START_TEST(login)
{
    server real = server_start_local("");
    process *own = tool_start("examples/login", "serve 0 alice keys/alice.pub");
    const char *port = port_of_line(process_await_out(own, "\n"), "listening on 127.0.0.1:");

    check_login(real.port, "alice keys/alice", 0, "alice: welcome, features 7\n", "");
    check_login(real.port, "alice keys/bob", 1, "alice: refused, *", "handshake: *\n");
    server_stop(&real);
    check_login(port, "alice keys/alice", 0, "alice: welcome, features 7\n", "");
    check_login(port, "bob keys/alice", 1, "bob: refused, *", "handshake: *\n");
    process_signal(own, SIGTERM);
    ck_assert_int_eq(process_wait(own), 128 + SIGTERM);
    expect("examples/login", "check", 2, "", "usage: *\n");
}
END_TEST

/* ---- audio ---- */

START_TEST(remote)
{
    server s = server_start_local("--track one.ogg=60 --track two.ogg=90");
    const char *const start_of = scratch_format("127.0.0.1 %s alice keys/alice", s.port);
    process *stat;
    size_t len;

    expect("examples/remote", scratch_format("%s ff 5", start_of), 1, "", "no audio file\n");
    client_expect(&s, "", "play", 0, "", "");
    expect("examples/remote", scratch_format("%s jmp 50", start_of), 0, "", "");
    expect("examples/remote", scratch_format("%s ff 20", start_of), 0, "", "");
    expect("examples/remote", scratch_format("%s ff -10", start_of), 0, "", "");
    client_expect(&s, "", "pause", 0, "", "");
    client_expect(&s, "", "nomore", 0, "", "");
    stat = tool_start("examples/remote", scratch_format("%s stat 1", start_of));
    ck_assert_int_eq(process_wait(stat), 0);
    len = strlen(process_out(stat));
    scratch_write("items", process_out(stat), len);
    expect_from("items", "examples/status_watch", "", 0, "paused 0:4* of 1:00, * s ago, the last: one.ogg\n", "");
    expect("examples/remote", scratch_format("%s stop 1", start_of), 2, "", "usage: *\n");
    server_stop(&s);
}
END_TEST

/* Tables of others, damage, the end in the middle. */
START_TEST(status_watch)
{
    static const char items[] =
        "000b 20:playing\n0008 21:P   \n0006 01:61\n0009 02:a.ogg\n0007 03:125\n"
        "0007 04:5.0\n0008 05:12.5\n";
    static const char table[] =
        "20 status\n21 status_flags\n1 offset\n2 basename\n3 seconds_total\n"
        "4 stream_start\n5 current_time\n";

    scratch_write("items", items, sizeof(items) - 1);
    scratch_write("table", table, sizeof(table) - 1);
    expect_from("items", "examples/status_watch", "table", 0, "playing 1:01 of 2:05, 7 s ago: a.ogg\n", "");
    expect_from("table", "examples/status_watch", "table", 1, "", "status_watch: status items: length of *");
    expect_from("items", "examples/status_watch", "items", 1, "", "status_watch: items: not a table *");
    expect_from("items", "examples/status_watch", "missing", 1, "", "missing: *");
    scratch_write("items", items, 20);
    expect_from("items", "examples/status_watch", "table", 1, "", "status_watch: status items: output ends *");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e examples parts");
    TCase *tcase = e2e_case(suite, "layers");

    tcase_add_test(tcase, by_hand);
    tcase_add_test(tcase, sealed_by_hand);
    tcase_add_test(tcase, login);
    tcase = e2e_case(suite, "audio");
    tcase_add_test(tcase, remote);
    tcase_add_test(tcase, status_watch);
    return e2e_main(suite);
}
