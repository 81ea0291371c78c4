/* SPDX-License-Identifier: ISC */
/* A file over loopback, sealed by a library's AES-256-GCM and nothing else: what could be reached by somebody who does
 * without packets, sessions and a database.
 *
 *     sealed_calls serve LIBRARY FILE SECONDS    prints its port, and ends after so many seconds
 *     sealed_calls fetch LIBRARY PORT            writes what came to standard output
 *
 * `sealed_calls` prints the libraries. */
#include "loopback.h"
#include "raw.h"
#include "timing.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TEXT_MAX = 65519, /* as of a record */
    SEALED_MAX = TEXT_MAX + RAW_AEAD_TAG_SIZE,
    PIECES = 4 /* sent at once */
};

static const uint8_t key[RAW_AEAD_KEY_SIZE] = "one key for all that is sent";

static void next_nonce(uint8_t nonce[RAW_AEAD_NONCE_SIZE])
{
    for (size_t i = RAW_AEAD_NONCE_SIZE; i > 0 && ++nonce[i - 1] == 0; i--)
        ;
}

static void write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0)
            fail("not all was written");
        bytes += n;
        len -= (size_t)n;
    }
}

/* ---- the server ---- */

static void send_file(int fd, const raw_aead *aead, const uint8_t *content, size_t size)
{
    static uint8_t out[PIECES * SEALED_MAX];
    uint8_t nonce[RAW_AEAD_NONCE_SIZE] = { 0 };
    void *state = aead->start(key, 1);

    while (size > 0) {
        size_t len = 0;
        for (int i = 0; i < PIECES && size > 0; i++) {
            size_t n = size < TEXT_MAX ? size : TEXT_MAX;
            next_nonce(nonce);
            aead->seal(state, nonce, out + len, content, n);
            len += n + RAW_AEAD_TAG_SIZE;
            content += n;
            size -= n;
        }
        write_all(fd, out, len);
    }
    aead->stop(state);
}

static void serve(const raw_aead *aead, const char *path)
{
    size_t size;
    const uint8_t *content = loopback_map(path, &size);
    int listener = loopback_listen();

    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            fail("no connection");
        send_file(fd, aead, content, size);
        close(fd);
    }
}

/* ---- the client ---- */

static int connect_to(const char *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        fail("not connected");
    return fd;
}

static void fetch(const raw_aead *aead, int fd)
{
    static uint8_t in[2 * SEALED_MAX];
    uint8_t nonce[RAW_AEAD_NONCE_SIZE] = { 0 };
    void *state = aead->start(key, 0);
    size_t have = 0;
    ssize_t n;

    do {
        size_t at = 0;
        n = read(fd, in + have, sizeof(in) - have);
        if (n < 0)
            fail("the server went away");
        have += (size_t)n;
        while (have - at >= SEALED_MAX || (n == 0 && have > at)) {
            size_t sealed = have - at < SEALED_MAX ? have - at : SEALED_MAX;
            if (sealed <= RAW_AEAD_TAG_SIZE)
                fail("a piece is cut");
            next_nonce(nonce);
            aead->open(state, nonce, in + at, sealed - RAW_AEAD_TAG_SIZE);
            write_all(STDOUT_FILENO, in + at, sealed - RAW_AEAD_TAG_SIZE);
            at += sealed;
        }
        have -= at;
        memmove(in, in + at, have);
    } while (n > 0);
    aead->stop(state);
}

int main(int argc, char **argv)
{
    const raw_aead *aead = argc > 2 ? raw_gcm_find(argv[2]) : NULL;

    signal(SIGPIPE, SIG_IGN);
    if (argc == 1) {
        for (size_t i = 0; raw_gcm[i] != NULL; i++)
            printf("%s\n", raw_gcm[i]->name);
    } else if (argc == 5 && aead != NULL && strcmp(argv[1], "serve") == 0) {
        alarm((unsigned)strtoul(argv[4], NULL, 10));
        serve(aead, argv[3]);
    } else if (argc == 4 && aead != NULL && strcmp(argv[1], "fetch") == 0) {
        fetch(aead, connect_to(argv[3]));
    } else {
        fail("usage: sealed_calls serve LIBRARY FILE SECONDS | fetch LIBRARY PORT");
    }
    return 0;
}
