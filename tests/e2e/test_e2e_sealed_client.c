/* SPDX-License-Identifier: ISC */
/* Sealed sessions as the client has them: which server is trusted, and what is refused before the user
 * is named. The server is played by the test. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "terminal.h"
#include "tools.h"

#include <sidewire/backends.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static sw_x25519_key keys[2];
static char fingerprints[2][SW_FINGERPRINT_SIZE + 1], texts[2][SW_SERVER_KEY_TEXT_SIZE + 1];

static void make_server_keys(void)
{
    sw_crypto *crypto = sw_backend_new(NULL);

    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(sw_server_key_make(&keys[i], crypto), SW_OK);
        sw_server_key_text(keys[i].public_half, texts[i]);
        ck_assert_int_eq(sw_fingerprint(crypto, keys[i].public_half, SW_X25519_SIZE, fingerprints[i]), SW_OK);
    }
    sw_backend_free(crypto);
}

static process *start(const char *port, const char *words)
{
    command_line line = client_line(port, words);

    return process_start(&line, NULL);
}

/* Plays a server that seals with a key, or does not, up to the command's end. */
static void serve(int listener, int key)
{
    int fd = accept_one(listener);
    peer *p = key >= 0 ? peer_server_sealed(fd, "keys/alice.pub", &keys[key]) : peer_server(fd, "keys/alice.pub");
    sw_event event;

    peer_take_command(p, &event);
    peer_queue(p, SW_BAND_OUTPUT, "done\n");
    peer_exit(p, 0);
    peer_close(p);
}

/* Plays one that the client must leave. Whatever it said is before the user's name. */
static void serve_nobody(int listener, int key)
{
    int fd = accept_one(listener);
    peer *p = key >= 0 ? peer_server_sealed(fd, "keys/alice.pub", &keys[key]) : peer_server(fd, "keys/alice.pub");
    sw_event event;

    ck_assert_int_lt(peer_next(p, &event), 0);
    peer_close(p);
}

static void expect(const char *port, const char *words, int listener, int key, int status, const char *err)
{
    process *client = start(port, words);

    if (status == 0)
        serve(listener, key);
    else
        serve_nobody(listener, key);
    process_expect(client, words, status, status == 0 ? "done\n" : "", err);
}

static const char *known_line(const char *port, int key)
{
    return scratch_format("127.0.0.1:%s x25519 %s", port, texts[key]);
}

/* ---- known servers ---- */

START_TEST(new_server)
{
    const char *port;
    int listener = listen_anywhere(&port);
    const char *refusal;

    make_server_keys();
    refusal = scratch_format(
        "sidewire-client: 127.0.0.1:%s: unknown server, its key is %s\n"
        "sidewire-client: if that is right, use --accept-new, or add this line to "
        "*/.paraslash/known_servers: %s\n",
        port, fingerprints[0], known_line(port, 0));
    expect(port, "si", listener, 0, 3, refusal);
    expect(port, "--accept-new si", listener, 0, 0,
           scratch_format("sidewire-client: 127.0.0.1:%s: new server, %s, written to *\n", port, fingerprints[0]));
    ck_assert_str_eq(scratch_read(".paraslash/known_servers", NULL), scratch_format("%s\n", known_line(port, 0)));
    expect(port, "si", listener, 0, 0, "");
    expect(port, "--known-servers= si", listener, 0, 3, "*: unknown server, *use --server-key\n");
    close(listener);
}
END_TEST

START_TEST(changed_server)
{
    const char *port;
    int listener = listen_anywhere(&port);
    const char *loud;

    make_server_keys();
    loud = scratch_format("*THE SERVER HAS ANOTHER KEY than line 2 *: %s\n*IN BETWEEN*", fingerprints[1]);
    scratch_write_text("known", scratch_format("# mine\n%s", known_line(port, 0)));
    expect(port, "--known-servers known si", listener, 0, 0, "");
    expect(port, "--known-servers known si", listener, 1, 3, loud);
    expect(port, "--known-servers known --accept-new si", listener, 1, 3, loud);
    ck_assert_str_eq(scratch_read("known", NULL), scratch_format("# mine\n%s", known_line(port, 0)));
    scratch_write_text("known", scratch_format("%s\n%s\n", known_line(port, 1), known_line(port, 0)));
    expect(port, "--known-servers known si", listener, 0, 0, "");
    expect(port, "--known-servers known si", listener, 1, 0, "");
    close(listener);
}
END_TEST

/* Before the user is named: the server gets not a byte. */
START_TEST(known_server_that_does_not_seal)
{
    const char *port;
    int listener = listen_anywhere(&port);
    const char *greeting = "a server\nFeatures: sideband,aes_ctr128,sha256\n";
    process *client;
    uint8_t bytes[16];
    int fd;

    make_server_keys();
    scratch_write_text("known", scratch_format("%s\n", known_line(port, 0)));
    for (int i = 0; i < 2; i++) {
        client = start(port, i == 0 ? "--known-servers known si" : scratch_format("--server-key %s si", texts[0]));
        fd = accept_one(listener);
        send_text(fd, greeting);
        process_expect(client, "not sealed", 3, "",
                       "*: this server is known to seal its sessions, and "
                       "offers none now; see --plain\n");
        ck_assert_uint_eq(receive_to_end(fd, bytes, sizeof(bytes)), 0);
        close(fd);
    }
    expect(port, "--known-servers known --plain si", listener, -1, 0, "");
    expect(port, "--known-servers known --plain si", listener, 0, 0, "");
    close(listener);
}
END_TEST

START_TEST(pinned_server)
{
    const char *port;
    int listener = listen_anywhere(&port);

    make_server_keys();
    scratch_write_text("pin", scratch_format("# from the log\r\n%s\r\n", texts[0]));
    scratch_write_text("line", scratch_format("%s\n", known_line("1", 0)));
    scratch_write_text("none", "nothing\n");
    expect(port, scratch_format("--server-key %s si", texts[0]), listener, 0, 0, "");
    expect(port, "--server-key pin si", listener, 0, 0, "");
    expect(port, "--server-key line si", listener, 0, 0, "");
    expect(port, scratch_format("--server-key %s --accept-new si", texts[0]), listener, 1, 3,
           "*ANOTHER KEY than --server-key*");
    process_expect(start(port, "--server-key none si"), "none", 2, "",
                   "sidewire-client: --server-key: none: no public key of a server *");
    process_expect(start(port, "--server-key nosuch si"), "nosuch", 2, "",
                   "sidewire-client: nosuch: No such file or directory\n");
    process_expect(start(port, scratch_format("--plain --server-key %s si", texts[0])), "both", 2, "",
                   "sidewire-client: --plain: takes no --server-key\n");
    close(listener);
}
END_TEST

START_TEST(broken_file)
{
    scratch_write_text("known", "# mine\nmusic:1 x25519 AQE=\n");
    process_expect(start("1", "--known-servers known si"), "broken", 2, "",
                   "sidewire-client: known: "
                   "line 2 is no 'HOST:PORT x25519 BASE64', so the file is not used\n");
}
END_TEST

/* Who can write them says which servers are trusted. */
START_TEST(files_of_others)
{
    static const char *const options[] = { "--known-servers file si", "--server-key file si" };
    const char *port;
    int listener = listen_anywhere(&port);

    make_server_keys();
    scratch_write_text("file", scratch_format("%s\n", known_line(port, 0)));
    for (int i = 0; i < COUNT(options); i++) {
        ck_assert_int_eq(chmod("file", 0664), 0);
        process_expect(start(port, options[i]), options[i], 2, "",
                       "sidewire-client: file: others may write it; chmod go-w helps\n");
        ck_assert_int_eq(chmod("file", 0644), 0);
        expect(port, options[i], listener, 0, 0, "");
    }
    close(listener);
}
END_TEST

/* What could not be written down is not accepted, nor said to have been. */
START_TEST(new_server_without_room)
{
    const char *port;
    int listener = listen_anywhere(&port);

    make_server_keys();
    expect(port, "--known-servers no/where/known --accept-new si", listener, 0, 3,
           scratch_format("sidewire-client: no/where/known: No such file or directory\n"
                          "sidewire-client: 127.0.0.1:%s: unknown server, its key is %s\n",
                          port, fingerprints[0]));
    close(listener);
}
END_TEST

/* ---- at a terminal ---- */

static const struct {
    const char *typed;
    int status, is_known;
} answers[] = { { "yes\n", 0, 1 }, { "no\n", 3, 0 }, { "y\n", 3, 0 } };

START_TEST(user_is_asked)
{
    const char *port;
    int listener = listen_anywhere(&port);
    command_line line = client_line(port, "--known-servers folder/known si");
    terminal *t = terminal_start(&line, NULL);
    pid_t played;

    make_server_keys();
    played = fork();
    if (played == 0) {
        serve_nobody(listener, 0); /* who is asked takes his time, so the client comes again */
        if (answers[_i].status == 0)
            serve(listener, 0);
        _exit(0);
    }
    terminal_await(t, fingerprints[0]);
    terminal_await(t, "yes or no");
    terminal_type(t, answers[_i].typed);
    ck_assert_int_eq(terminal_wait(t), answers[_i].status);
    ck_assert_int_eq(access("folder/known", F_OK) == 0, answers[_i].is_known);
    ck_assert_int_eq(waitpid(played, NULL, 0), played);
    close(listener);
}
END_TEST

/* ---- somebody in between ---- */

/* In a process of its own: passes on what both say, but for the server's offer to seal. */
static void strip(int client_end, int server_end)
{
    struct pollfd ends[2] = { { client_end, POLLIN, 0 }, { server_end, POLLIN, 0 } };
    char bytes[65536];
    int greeted = 0;

    while (poll(ends, 2, PROCESS_SECONDS * 1000) > 0) {
        for (int i = 0; i < 2; i++) {
            ssize_t n = ends[i].revents != 0 ? read(ends[i].fd, bytes, sizeof(bytes) - 1) : -1;
            char *offer;

            if (ends[i].revents != 0 && n <= 0)
                _exit(0);
            if (n > 0 && i == 1 && !greeted) {
                bytes[n] = '\0';
                offer = strstr(bytes, ",noise");
                if (offer != NULL) {
                    strcpy(offer, "\n");
                    n = (ssize_t)strlen(bytes);
                }
                greeted = 1;
            }
            if (n > 0 && write(ends[!i].fd, bytes, (size_t)n) != n)
                _exit(1);
        }
    }
    _exit(0);
}

START_TEST(offer_is_stripped)
{
    const char *port, *server_port;
    int listener = listen_anywhere(&port);
    int behind = listen_anywhere(&server_port);
    process *client = start(port, "si");
    int between = accept_one(listener);
    int there = dial(server_port);
    pid_t relay = fork();
    sw_event event;
    peer *p;

    make_server_keys();
    if (relay == 0)
        strip(between, there);
    close(between);
    close(there);
    p = peer_server_sealed(accept_one(behind), "keys/alice.pub", &keys[0]);
    ck_assert_int_lt(peer_next(p, &event), 0);
    process_expect(client, "stripped", 3, "",
                   "*: somebody in between removed the server's offer of a "
                   "sealed session\n");
    peer_close(p);
    ck_assert_int_eq(waitpid(relay, NULL, 0), relay);
}
END_TEST

/* ---- key log ---- */

START_TEST(keys_are_logged)
{
    const char *port;
    int listener = listen_anywhere(&port);
    const char *log;

    make_server_keys();
    setenv("SIDEWIREKEYLOGFILE", "log", 1);
    expect(port, scratch_format("--server-key %s si", texts[0]), listener, 0, 0, "");
    log = scratch_read("log", NULL);
    ck_assert_int_eq(strncmp(log, "SEALED ", 7), 0);
    ck_assert_uint_eq(strlen(log), 7 + 3 * 64 + 2 + 1);
    close(listener);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e sealed client");
    TCase *tcase = e2e_case(suite, "trust");

    tcase_add_test(tcase, new_server);
    tcase_add_test(tcase, changed_server);
    tcase_add_test(tcase, known_server_that_does_not_seal);
    tcase_add_test(tcase, pinned_server);
    tcase_add_test(tcase, broken_file);
    tcase_add_test(tcase, files_of_others);
    tcase_add_test(tcase, new_server_without_room);
    tcase_add_loop_test(tcase, user_is_asked, 0, COUNT(answers));
    tcase_add_test(tcase, offer_is_stripped);
    tcase_add_test(tcase, keys_are_logged);
    return e2e_main(suite);
}
