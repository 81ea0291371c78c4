/* SPDX-License-Identifier: ISC */
/* Sealed sessions between the real client and the real server. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KNOWN "--known-servers known"

static server start(const char *options)
{
    return server_start_local(scratch_format("--host-key host %s", options));
}

/* The key of the server is made, and a client that knows it needs no more. */
START_TEST(session)
{
    server s = start("");
    struct stat info;

    ck_assert_int_eq(stat("host", &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0600);
    ck_assert_ptr_nonnull(strstr(process_err(s.process), "host key: SHA256:"));
    client_expect(&s, KNOWN, "version", 3, "", "*unknown server, its key is SHA256:*");
    client_expect(&s, KNOWN " --accept-new", "version", 0, NULL, "*new server, SHA256:*");
    client_expect(&s, KNOWN, "play", 0, "", "");
    client_expect(&s, KNOWN, "ff 10 20", 1, "", "*syntax error*");
    client_expect(&s, KNOWN, "nosuch", 1, "", "*invalid command*");
    server_stop(&s);
}
END_TEST

/* After a restart the server is the same, and one with another key is another server. */
START_TEST(same_server)
{
    server s = start("");
    server other;

    client_expect(&s, KNOWN " --accept-new", "version", 0, NULL, "*new server*");
    server_stop(&s);
    s = server_start_local(scratch_format("--host-key host -p %s", s.port));
    client_expect(&s, KNOWN, "version", 0, NULL, "");
    server_stop(&s);
    other = server_start_local(scratch_format("--host-key host2 -p %s", s.port));
    client_expect(&other, KNOWN " --accept-new", "version", 3, "", "*THE SERVER HAS ANOTHER KEY*");
    server_stop(&other);
}
END_TEST

START_TEST(who_is_refused)
{
    server s = start("--require-sealed");

    client_expect(&s, KNOWN " --accept-new -k keys/bob", "version", 3, "", "*refused*");
    client_expect(&s, KNOWN " -u nobody", "version", 3, "", "*refused*");
    client_expect(&s, KNOWN " --plain", "version", 3, "", "*");
    client_expect(&s, KNOWN, "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

static void make_ed25519(void)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, "ssh-keygen -q -t ed25519 -N '' -C '' -f ed");
    process_expect(process_start(&line, NULL), "ssh-keygen", 0, NULL, NULL);
}

/* A list that is read again may bring a key of another kind, and takes old ones away; what is required stays
 * required, and the server's key stays its key. */
START_TEST(reload)
{
    server s = start("--require-sealed");

    make_ed25519();
    client_expect(&s, KNOWN " --accept-new", "version", 0, NULL, "*new server*");
    client_expect(&s, KNOWN " -u bob -k ed", "version", 3, "", "*refused*");
    scratch_write_text("users", "user alice keys/alice.pub VSS_READ,VSS_WRITE\nuser bob ed.pub VSS_READ\n");
    client_expect(&s, KNOWN, "hup", 0, "", "");
    client_expect(&s, KNOWN " -u bob -k ed", "version", 0, NULL, "");
    client_expect(&s, KNOWN " -u bob -k keys/bob", "version", 3, "", "*refused*");
    client_expect(&s, KNOWN " --plain", "version", 3, "", "*");
    client_expect(&s, KNOWN, "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* ---- somebody in between, who has a server of his own ---- */

typedef enum swap {
    AT_ONCE,          /* the other server from the beginning */
    BEHIND_GREETING,  /* the right one's greeting, the other's handshake */
    BEHIND_HANDSHAKE, /* the right one's handshake, the other's records */
    SWAPS
} swap;

/* Passes on what is there, in either direction, until one of them closes, or the server has sent this much. */
static void pass_on(int client_end, int server_end, size_t until)
{
    struct pollfd ends[2] = { { client_end, POLLIN, 0 }, { server_end, POLLIN, 0 } };
    char data[4096];

    while (until > 0 && poll(ends, 2, PROCESS_SECONDS * 1000) > 0) {
        for (int i = 0; i < 2; i++) {
            size_t room = i == 1 && until < sizeof(data) ? until : sizeof(data);
            ssize_t n = ends[i].revents != 0 ? read(ends[i].fd, data, room) : 0;

            if (ends[i].revents != 0 && (n <= 0 || write(ends[!i].fd, data, (size_t)n) != n))
                _exit(0);
            if (i == 1)
                until -= (size_t)n;
        }
    }
}

/* Two lines, which are given to the client if there is one. */
static void take_greeting(int server_end, int client_end)
{
    for (int lines = 0; lines < 2;) {
        char c;
        if (read(server_end, &c, 1) != 1 || (client_end >= 0 && write(client_end, &c, 1) != 1))
            _exit(1);
        lines += c == '\n';
    }
}

/* In a process of its own: one connection, from the right server to the other. */
static pid_t swap_servers(int listener, const server *right, const server *other, swap when)
{
    enum { MESSAGE_2_FRAME = 100 };
    pid_t pid = fork();
    int client_end, ends[2];

    if (pid != 0)
        return pid;
    client_end = accept_one(listener);
    ends[0] = dial(right->port);
    ends[1] = dial(other->port);
    if (when > AT_ONCE) {
        take_greeting(ends[0], client_end);
        take_greeting(ends[1], -1);
    }
    if (when == BEHIND_HANDSHAKE)
        pass_on(client_end, ends[0], MESSAGE_2_FRAME);
    pass_on(client_end, ends[1], SIZE_MAX);
    _exit(0);
}

static const char *const seen_of_swaps[SWAPS] = {
    "*THE SERVER HAS ANOTHER KEY*IN BETWEEN*",
    "*THE SERVER HAS ANOTHER KEY*IN BETWEEN*",
    "sidewire-client: 127.0.0.1:*",
};

/* For who knows the right server that is another key, or nothing that it could have sent; the other one does not learn
 * who asked, nor does a plain session follow. */
START_TEST(servers_are_swapped)
{
    server right = start("");
    server other = server_start_local("--host-key other");
    const char *port, *line;
    int listener = listen_anywhere(&port);
    server between = { NULL, "127.0.0.1", port };
    pid_t relay;

    client_expect(&right, KNOWN " --accept-new", "version", 0, NULL, "*new server*");
    line = strchr(scratch_read("known", NULL), ' ');
    scratch_write_text("known", scratch_format("127.0.0.1:%s%s", port, line));
    relay = swap_servers(listener, &right, &right, AT_ONCE); /* the relay alone is no harm */
    client_expect(&between, KNOWN, "version", 0, NULL, "");
    ck_assert_int_eq(waitpid(relay, NULL, 0), relay);
    relay = swap_servers(listener, &right, &other, (swap)_i);
    client_expect(&between, KNOWN " --accept-new", "version", 3, "", seen_of_swaps[_i]);
    ck_assert_int_eq(waitpid(relay, NULL, 0), relay);
    ck_assert_ptr_null(strstr(process_err(other.process), "alice"));
    ck_assert_ptr_nonnull(strstr(process_err(right.process), "alice"));
    server_stop(&other);
    server_stop(&right);
    close(listener);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e sealed");

    tcase_add_test(e2e_case(suite, "session"), session);
    tcase_add_test(e2e_case(suite, "same server"), same_server);
    tcase_add_test(e2e_case(suite, "refused"), who_is_refused);
    tcase_add_test(e2e_case(suite, "reload"), reload);
    tcase_add_loop_test(e2e_case(suite, "swapped"), servers_are_swapped, 0, SWAPS);
    return e2e_main(suite);
}
