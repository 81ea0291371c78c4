/* SPDX-License-Identifier: ISC */
/* A server whose every command answers with a file:
 * stream_server BACKEND PUBLIC-KEY-FILE FILE SESSIONS SECONDS
 *
 * Listens on a free port of 127.0.0.1, which it prints, serves one session after the other, and
 * ends after so many of them or so many seconds. `stream_server --backends` prints the names of
 * backends. */
#include "key_file.h"
#include "loopback.h"
#include "pair.h"
#include "timing.h"

#include <sidewire/backends.h>
#include <sidewire/session.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RX_SIZE = 4096, TX_SIZE = 256 << 10 };

typedef struct stream_server {
    sw_crypto *crypto;
    sw_server_config config;
    sw_public_key key;
    const uint8_t *content;
    size_t content_size;
    uint8_t rx[RX_SIZE], tx[TX_SIZE];
} stream_server;

/* ---- a session ---- */

static void write_out(sw_session *session, int fd)
{
    const uint8_t *bytes;
    size_t len;

    while ((bytes = sw_session_tx_bytes(session, &len)) != NULL) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0)
            fail("the client went away");
        wired_must(sw_session_tx_drain(session, (size_t)n), SW_OK, session, "drain");
    }
}

static void read_in(sw_session *session, int fd)
{
    size_t room;
    uint8_t *space = sw_session_rx_space(session, &room);
    ssize_t n = read(fd, space, room);

    if (n > 0) {
        wired_must(sw_session_rx_commit(session, (size_t)n), SW_OK, session, "commit");
        sw_session_burst_end(session);
    } else {
        sw_session_rx_end(session);
    }
}

static void send_content(stream_server *s, sw_session *session, int fd)
{
    size_t taken;

    for (size_t at = 0; at < s->content_size; at += taken) {
        wired_must(sw_session_send(session, SW_BAND_OUTPUT, s->content + at, s->content_size - at, &taken), 1,
                   session, "send");
        write_out(session, fd);
    }
    wired_must(sw_session_exit(session, 0), 1, session, "exit");
    write_out(session, fd);
    shutdown(fd, SHUT_WR); /* the session reads on until the client has it all and closes */
}

static void serve(stream_server *s, int fd)
{
    sw_session session;
    sw_event event;
    int type;

    wired_must(sw_session_server(&session, &s->config, s->rx, sizeof(s->rx), s->tx, sizeof(s->tx)), SW_OK,
               &session, "session");
    while ((type = sw_session_next(&session, &event)) != SW_EVENT_CLOSED) {
        if (type == SW_EVENT_KEY) {
            sw_session_key(&session, &s->key);
        } else if (type == SW_EVENT_COMMAND) {
            send_content(s, &session, fd);
        } else if (type == SW_EVENT_NEED_MORE) {
            write_out(&session, fd);
            if (sw_session_wants(&session) & SW_WANT_READ)
                read_in(&session, fd);
        } else if (type < 0) {
            wired_must(type, SW_EVENT_NEED_MORE, &session, "session");
        }
    }
    sw_session_wipe(&session);
    close(fd);
}

static int print_backends(void)
{
    const char *name;

    for (size_t i = 0; (name = sw_backend_name(i)) != NULL; i++)
        printf("%s\n", name);
    return 0;
}

static void configure(stream_server *s, const char *backend, const char *key_path)
{
    char why[256];

    s->crypto = sw_backend_new(backend);
    if (s->crypto == NULL)
        fail("%s: no such backend", backend);
    if (load_public_key(&s->key, key_path, why, sizeof(why)) < 0)
        fail("%s: %s", key_path, why);
    s->config.crypto = s->crypto;
    s->config.decoy_secret[0] = 1;
    s->config.policy.features = SW_FEATURES_ALL;
}

int main(int argc, char **argv)
{
    static stream_server s;
    int listener;

    if (argc == 2 && strcmp(argv[1], "--backends") == 0)
        return print_backends();
    if (argc != 6)
        fail("usage: stream_server BACKEND PUBLIC-KEY-FILE FILE SESSIONS SECONDS");
    signal(SIGPIPE, SIG_IGN);
    alarm((unsigned)strtoul(argv[5], NULL, 10));
    configure(&s, argv[1], argv[2]);
    s.content = loopback_map(argv[3], &s.content_size);
    listener = loopback_listen();
    for (unsigned long n = strtoul(argv[4], NULL, 10); n > 0; n--) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            fail("no connection");
        serve(&s, fd);
    }
    close(listener);
    sw_backend_free(s.crypto);
    return 0;
}
