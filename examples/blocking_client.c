/* SPDX-License-Identifier: ISC */
/* A whole client with blocking reads and writes, on the two descriptors that tcpclient gives:
 *     tcpclient -RHl0 HOST PORT ./blocking_client USER KEYFILE COMMAND [ARG...]
 * What the server says goes to standard output and standard error. Exit status: that of the command
 * (0 or 1), or 2 if anything else went wrong. */
#define _DEFAULT_SOURCE /* for explicit_bzero */
#include <sidewire.h>
#include <sidewire/backends.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_FD = 6, WRITE_FD = 7, BUFFER_SIZE = 65536, ARGUMENTS_MAX = 1000 };

static void die(const char *what, sw_error error)
{
    char text[256];

    sw_error_format(&error, text, sizeof(text));
    fprintf(stderr, "%s: %s\n", what, text);
    exit(2);
}

static void die_of_system(const char *what)
{
    perror(what);
    exit(2);
}

static size_t write_all(int fd, const uint8_t *data, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, data + done, len - done);
        if (n < 0)
            die_of_system("write");
        done += (size_t)n;
    }
    return len;
}

static void load_key(sw_private_key *key, const char *path)
{
    static char text[BUFFER_SIZE];
    FILE *file = fopen(path, "r");
    sw_error error;
    size_t len;

    if (file == NULL)
        die_of_system(path);
    setvbuf(file, NULL, _IONBF, 0); /* no second copy of a secret */
    len = fread(text, 1, sizeof(text), file);
    fclose(file);
    if (sw_private_key_parse(key, text, len, &error) < 0)
        die(path, error);
    explicit_bzero(text, sizeof(text));
}

/* Runs one command and returns its exit status: 0 or 1. */
static int run(sw_session *session, int in, int out, const sw_argument *argv, size_t argc)
{
    const uint8_t *bytes;
    uint8_t *space;
    sw_event event;
    ssize_t n;
    size_t len;
    int type;

    /* README: begin */
    while ((type = sw_session_next(session, &event)) >= 0 && type < SW_EVENT_EXIT) {
        if (type == SW_EVENT_READY) {
            sw_session_command(session, argv, argc, 0);
        } else if (type == SW_EVENT_DATA) {
            write_all(event.chunk.band == SW_BAND_OUTPUT ? 1 : 2, event.chunk.data, event.chunk.len);
        } else if (type == SW_EVENT_AWAITING_DATA) {
            sw_session_send(session, SW_BAND_BLOB_DATA, NULL, 0, &len); /* an empty upload */
        } else if ((bytes = sw_session_tx_bytes(session, &len)) != NULL) {
            sw_session_tx_drain(session, write_all(out, bytes, len));
        } else {
            space = sw_session_rx_space(session, &len);
            n = read(in, space, len);
            n > 0 ? sw_session_rx_commit(session, (size_t)n) : sw_session_rx_end(session);
        }
    }
    /* README: end */
    if (type < 0)
        die("session", sw_session_error(session));
    return event.status;
}

int main(int argc, char **argv)
{
    static uint8_t rx[BUFFER_SIZE], tx[BUFFER_SIZE];
    static sw_argument arguments[ARGUMENTS_MAX];
    static sw_private_key key;
    sw_client_config config = { .policy = { .features = SW_FEATURES_ALL } };
    sw_session session;
    sw_crypto *crypto;
    size_t count = 0;
    int status;

    if (argc < 4 || argc - 3 > ARGUMENTS_MAX) {
        fprintf(stderr, "usage: blocking_client USER KEYFILE COMMAND [ARG...]\n");
        return 2;
    }
    while (argv[3 + count] != NULL) {
        arguments[count] = sw_argument_of(argv[3 + count]);
        count++;
    }
    signal(SIGPIPE, SIG_IGN);
    load_key(&key, argv[2]);
    crypto = sw_backend_new(NULL);
    if (crypto == NULL)
        die_of_system("sw_backend_new");
    config.crypto = crypto;
    config.user = argv[1];
    config.key = sw_private_key_view(&key);
    if (sw_session_client(&session, &config, rx, sizeof(rx), tx, sizeof(tx)) < 0)
        die(argv[1], sw_session_error(&session));
    status = run(&session, READ_FD, WRITE_FD, arguments, count);
    sw_session_wipe(&session);
    sw_private_key_wipe(&key);
    sw_backend_free(crypto);
    return status;
}
