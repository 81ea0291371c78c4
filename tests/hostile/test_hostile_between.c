/* SPDX-License-Identifier: ISC */
/* Somebody in between, who changes what is said: what SECURITY.md says of plain sessions is so, and sealed ones
 * have none of it. */
#include "hostile.h"
#include "scratch.h"
#include "suite.h"

#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGE_MAX = 65536 };

/* What is said, by its number; a command and its reply come when both have proved themselves. */
enum { GREETING = 1, COMMAND = 3, REPLY = 4 };

/* ---- the one in between ---- */

/* What is done to one message, which is known, and how many bytes of it are passed on; with 0 all is over. */
typedef size_t alter(uint8_t *message, size_t len);

typedef struct attack {
    int is_of_server;
    int number; /* 0: nothing is done */
    alter *alter;
} attack;

static const attack none = { 0, 0, NULL };

/* Passes on one message. 0 at its end. */
static size_t pass_on(int from, int to, alter *by)
{
    static uint8_t message[MESSAGE_MAX];
    ssize_t n = read(from, message, sizeof(message));
    size_t len = n > 0 ? (size_t)n : 0;

    if (len > 0 && by != NULL)
        len = by(message, len);
    return len > 0 && write(to, message, len) == (ssize_t)len ? len : 0;
}

/* In a process of its own, for one connection. */
static pid_t stand_between(int listener, const char *port, const attack *a)
{
    pid_t child = fork();
    struct pollfd ends[2] = { { .events = POLLIN }, { .events = POLLIN } };
    int said[2] = { 0, 0 };
    size_t passed = 1;

    if (child != 0)
        return child;
    ends[0].fd = accept_one(listener);
    ends[1].fd = dial(port);
    while (passed > 0 && poll(ends, 2, PROCESS_SECONDS * 1000) > 0) {
        int from = ends[0].revents == 0;
        int is_it = ++said[from] == a->number && from == a->is_of_server;
        passed = pass_on(ends[from].fd, ends[1 - from].fd, is_it ? a->alter : NULL);
    }
    _exit(0);
}

/* Runs a command of alice with somebody in between, and waits for both. */
static void run_attacked(const char *port, const attack *a, const char *words, int status, const char *out,
                         const char *err)
{
    const char *there;
    int listener = listen_anywhere(&there);
    pid_t between = stand_between(listener, port, a);
    command_line line = client_line(there, words);

    process_expect(process_start(&line, NULL), words, status, out, err);
    ck_assert_int_eq(waitpid(between, NULL, 0), between);
    close(listener);
}

static void change(uint8_t *message, const uint8_t *is, const uint8_t *becomes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        message[i] ^= is[i] ^ becomes[i];
}

/* ---- what it can do ---- */

/* 70 6c 61 79 XOR 74 65 72 6d, where the name of the command lies behind the header of its packet. */
static size_t make_term_of_play(uint8_t *message, size_t len)
{
    ck_assert_uint_ge(len, SW_HEADER_SIZE + 4);
    change(message + SW_HEADER_SIZE, (const uint8_t *)"play", (const uint8_t *)"term", 4);
    return len;
}

/* The server ends, and the client sees success: neither notices. */
START_TEST(play_becomes_term)
{
    static const attack a = { 0, COMMAND, make_term_of_play };
    server s = server_start_local("");

    run_attacked(s.port, &a, "play", 0, "", "");
    process_expect(s.process, "term", 0, NULL, "*: user 'alice': ends the server\n*");
}
END_TEST

enum { SHOWN = 7 }; /* bytes of a reply that is cut */

/* An exit packet of the one that has all of the reply: its header is known. */
static size_t make_end_of_reply(uint8_t *message, size_t len)
{
    static const uint8_t is[] = { SHOWN, 0, 0, 0, SW_BAND_OUTPUT };
    static const uint8_t becomes[] = { 0, 0, 0, 0, SW_BAND_EXIT_SUCCESS };

    ck_assert_uint_ge(len, sizeof(is) + SHOWN);
    change(message, is, becomes, sizeof(is));
    return sizeof(is);
}

/* The end may be missing, and the client sees success. */
START_TEST(reply_is_cut)
{
    static const attack a = { 1, REPLY, make_end_of_reply };
    server s = server_start_local("");
    process_setup setup = { .input = "image" };
    command_line line = client_line(s.port, "addimg x");

    scratch_write("image", "0123456", SHOWN);
    process_expect(process_start(&line, &setup), "addimg", 0, "", "");
    client_expect(&s, "", "catimg x", 0, "0123456", "");
    run_attacked(s.port, &a, "catimg x", 0, "", "");
    hostile_stop(&s);
}
END_TEST

/* Whoever has somebody's public key, and nothing else, is a server for him: takes what he sends and says what it
 * likes. */
START_TEST(server_of_a_public_key)
{
    const char *port;
    int listener = listen_anywhere(&port);
    process_setup setup = { .input = "secret" };
    uint8_t data[64];
    command_line line = client_line(port, "addimg x");
    sw_event event;
    process *client;
    peer *p;

    scratch_write_text("secret", "for the server only\n");
    client = process_start(&line, &setup);
    p = peer_serve(listener, &event); /* keys/alice.pub */
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    ck_assert_uint_eq(peer_take_upload(p, data, sizeof(data)), 20);
    ck_assert_mem_eq(data, "for the server only\n", 20);
    peer_queue(p, SW_BAND_OUTPUT, "as you like\n");
    peer_exit(p, 0);
    process_expect(client, "addimg", 0, "as you like\n", "");
    peer_close(p);
    close(listener);
}
END_TEST

/* Replaces a feature of the greeting by one that nobody has. */
static size_t take_feature(uint8_t *message, size_t len, const char *feature)
{
    char *at = memmem(message, len, feature, strlen(feature));

    ck_assert_ptr_nonnull(at);
    at[0] = 'x';
    return len;
}

static size_t take_sealing(uint8_t *message, size_t len)
{
    take_feature(message, len, "noise_nx_25519_chachapoly_sha256");
    return take_feature(message, len, "noise_nx_25519_aesgcm_sha256");
}

static size_t take_sha256(uint8_t *message, size_t len)
{
    return take_feature(message, len, "sha256");
}

static size_t take_aes(uint8_t *message, size_t len)
{
    return take_feature(message, len, "aes_ctr128");
}

/* Features are taken away where the client allows it; what is old has to be asked for. */
static const struct {
    alter *alter;
    const char *words;
    int status;
    const char *err;
} taken[] = {
    { take_sha256, "version", 3, "*" },
    { take_sha256, "--allow-sha1 version", 0, "" },
    { take_aes, "version", 3, "*" },
};

START_TEST(features_are_taken_away)
{
    const attack a = { 1, GREETING, taken[_i].alter };
    server s = server_start_local("--allow-sha1 --allow-rc4");

    run_attacked(s.port, &a, taken[_i].words, taken[_i].status, taken[_i].status == 0 ? NULL : "", taken[_i].err);
    hostile_stop(&s);
}
END_TEST

/* Whoever you connect to can act as you elsewhere: the server that is asked to play is another one than the one
 * the client meant, and takes what is passed on for the client. */
START_TEST(asked_elsewhere)
{
    server elsewhere = server_start_local("");

    run_attacked(elsewhere.port, &none, "play", 0, "", "");
    process_await_err(elsewhere.process, "user 'alice': command 'play'\n");
    hostile_stop(&elsewhere);
}
END_TEST

/* ---- and what it cannot ---- */

#define SEALED "--known-servers known --accept-new"

static size_t change_last(uint8_t *message, size_t len)
{
    message[len - 1] ^= 1;
    return len;
}

static size_t cut_last(uint8_t *message, size_t len)
{
    (void)message;
    return len - 1;
}

static const attack on_sealed[] = {
    { 0, 1, change_last }, { 0, 2, change_last }, { 1, GREETING, take_sealing },
    { 1, 2, change_last }, { 1, 3, change_last }, { 1, 3, cut_last },
};

/* Any message of a sealed session that is changed ends it, and the client is not content. */
START_TEST(sealed_is_not_changed)
{
    server s = server_start_local("--host-key host");
    const char *words = SEALED " play";
    const char *port;
    int listener = listen_anywhere(&port);
    pid_t between;
    command_line line = client_line(port, words);
    process *client;

    client_expect(&s, SEALED, "version", 0, NULL, NULL); /* the server is known under another port only */
    between = stand_between(listener, s.port, &on_sealed[_i]);
    client = process_start(&line, NULL);
    ck_assert_int_ne(process_wait(client), 0);
    ck_assert_int_eq(waitpid(between, NULL, 0), between);
    if (!on_sealed[_i].is_of_server || on_sealed[_i].number < 3)
        ck_assert_ptr_null(strstr(process_err(s.process), "command 'play'"));
    close(listener);
    hostile_stop(&s);
}
END_TEST

/* A session with another server than the one that is meant is none. */
START_TEST(sealed_is_not_elsewhere)
{
    server elsewhere = server_start_local("--host-key other");
    server meant = server_start_local("--host-key host");
    const char *port;
    int listener = listen_anywhere(&port);
    pid_t between = stand_between(listener, meant.port, &none);
    command_line line = client_line(port, SEALED " version");

    process_expect(process_start(&line, NULL), "at first", 0, NULL, NULL);
    ck_assert_int_eq(waitpid(between, NULL, 0), between);
    between = stand_between(listener, elsewhere.port, &none);
    line = client_line(port, SEALED " play");
    process_expect(process_start(&line, NULL), "elsewhere", 3, "", "*THE SERVER HAS ANOTHER KEY*");
    ck_assert_int_eq(waitpid(between, NULL, 0), between);
    ck_assert_ptr_null(strstr(process_err(elsewhere.process), "user 'alice'"));
    close(listener);
    hostile_stop(&elsewhere);
    hostile_stop(&meant);
}
END_TEST

/* Nor is one that speaks plainly, with the user's public key, where a server that seals is known. */
START_TEST(sealed_is_not_plain)
{
    server meant = server_start_local("--host-key host");
    const char *port;
    int listener = listen_anywhere(&port);
    pid_t between = stand_between(listener, meant.port, &none);
    command_line line = client_line(port, SEALED " version");
    process *client;
    sw_event event;
    peer *p;

    process_expect(process_start(&line, NULL), "at first", 0, NULL, NULL);
    ck_assert_int_eq(waitpid(between, NULL, 0), between);
    line = client_line(port, SEALED " play");
    client = process_start(&line, NULL);
    p = peer_server(accept_one(listener), "keys/alice.pub");
    ck_assert_int_lt(peer_next(p, &event), 0);
    peer_close(p);
    process_expect(client, "plain", 3, "", NULL);
    close(listener);
    hostile_stop(&meant);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile between");

    tcase_add_test(e2e_case(suite, "changed"), play_becomes_term);
    tcase_add_test(e2e_case(suite, "cut"), reply_is_cut);
    tcase_add_test(e2e_case(suite, "public key"), server_of_a_public_key);
    tcase_add_loop_test(e2e_case(suite, "features"), features_are_taken_away, 0, COUNT(taken));
    tcase_add_test(e2e_case(suite, "elsewhere"), asked_elsewhere);
    tcase_add_loop_test(e2e_case(suite, "sealed, changed"), sealed_is_not_changed, 0, COUNT(on_sealed));
    tcase_add_test(e2e_case(suite, "sealed, elsewhere"), sealed_is_not_elsewhere);
    tcase_add_test(e2e_case(suite, "sealed, plain"), sealed_is_not_plain);
    return e2e_main(suite);
}
