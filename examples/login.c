/* SPDX-License-Identifier: ISC */
/* Does a server take this user with this key, in a plain session? The step machines of the handshake alone.
 *     ./login check HOST PORT USER KEYFILE            exit status 0: it does; 1: it does not
 *     ./login serve PORT USER PUBLIC_KEYFILE          a server that answers this question and no other */
#include "common.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { SILENCE = 3 /* seconds */, REFUSED = 1 };

/* The handshake takes no more than it awaits, and nobody speaks out of turn, so nothing is left over. */
static void receive(sw_handshake *handshake, int fd)
{
    uint8_t bytes[4096];
    ssize_t n = recv(fd, bytes, sizeof(bytes), 0);
    size_t used;

    if (n < 0 && errno == EAGAIN && sw_handshake_greeting_end(handshake) < 0)
        return; /* a greeting without features: a legacy server, which is refused here */
    if (n <= 0)
        sw_handshake_end(handshake);
    else if (sw_handshake_recv(handshake, bytes, (size_t)n, &used) == SW_OK)
        sw_handshake_burst_end(handshake); /* a request may come without an end mark */
}

/* The one user of a server has this name and this key. Returns whether the handshake succeeds. */
static int shake_hands(sw_handshake *handshake, int fd, const char *name, const sw_public_key *key)
{
    const uint8_t *bytes;
    const char *user;
    size_t len;
    int step;

    while ((step = sw_handshake_step(handshake)) >= 0 && step != SW_STEP_DONE) {
        if (step == SW_STEP_RECV) {
            receive(handshake, fd);
        } else if (step == SW_STEP_SEND) {
            bytes = sw_handshake_output(handshake, &len);
            write_all(fd, bytes, len) ? sw_handshake_sent(handshake, len) : sw_handshake_end(handshake);
        } else { /* SW_STEP_KEY */
            user = sw_handshake_user(handshake, &len);
            sw_handshake_key(handshake, len == strlen(name) && memcmp(user, name, len) == 0 ? key : NULL);
        }
    }
    if (step < 0)
        tell("handshake", sw_handshake_error(handshake));
    return step > 0;
}

/* The first packet under the new keys says that the user is in. */
static int say_proceed(sw_cipher *out, int fd)
{
    uint8_t packet[SW_HEADER_SIZE];
    sw_encoder encoder;
    size_t len;

    sw_encoder_init(&encoder);
    sw_encoder_set_cipher(&encoder, out);
    sw_encoder_packet(&encoder, SW_BAND_PROCEED, NULL, 0, packet, sizeof(packet), &len);
    return write_all(fd, packet, len);
}

static int hear_proceed(sw_cipher *in, int fd)
{
    uint8_t packet[SW_HEADER_SIZE];
    ssize_t n = recv(fd, packet, sizeof(packet), MSG_WAITALL);
    sw_decoder decoder;
    sw_chunk chunk;
    size_t used;

    sw_decoder_init(&decoder, 0);
    sw_decoder_set_cipher(&decoder, in);
    return n > 0 && sw_decoder_next(&decoder, packet, (size_t)n, &used, &chunk) > 0 &&
           chunk.band == SW_BAND_PROCEED;
}

/* 1: the user is in. */
static int log_in(sw_handshake *handshake, int fd, const char *name, const sw_public_key *key)
{
    unsigned features = 0;
    sw_cipher in, out;
    int is_in = 0;

    if (shake_hands(handshake, fd, name, key)) {
        features = sw_handshake_features(handshake);
        if (sw_handshake_finish(handshake, &in, &out) == SW_OK)
            is_in = key != NULL ? say_proceed(&out, fd) : hear_proceed(&in, fd);
        sw_cipher_wipe(&in);
        sw_cipher_wipe(&out);
    }
    sw_handshake_wipe(handshake);
    close(fd);
    printf("%s: %s, features %u\n", name, is_in ? "welcome" : "refused", features);
    fflush(stdout);
    return is_in;
}

static int check(char **argv)
{
    static sw_private_key key;
    const struct timeval silence = { .tv_sec = SILENCE };
    sw_client_config config = { .policy = { .features = SW_FEATURES_ALL }, .user = argv[4] };
    uint8_t scratch[SW_SCRATCH_FULL];
    sw_handshake handshake;
    int fd = connect_to(argv[2], argv[3]);
    int is_in;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof(silence));
    load_private_key(&key, argv[5]);
    config.crypto = open_crypto();
    config.key = sw_private_key_view(&key);
    if (sw_handshake_client(&handshake, &config, scratch, sizeof(scratch)) < 0)
        die(argv[4], sw_handshake_error(&handshake));
    is_in = log_in(&handshake, fd, argv[4], NULL);
    sw_private_key_wipe(&key);
    return is_in ? 0 : REFUSED;
}

static void serve(char **argv)
{
    static sw_public_key key;
    sw_server_config config = make_server_config(open_crypto());
    uint8_t scratch[SW_SCRATCH_FULL];
    sw_handshake handshake;
    int listener;

    load_public_key(&key, argv[4]);
    listener = listen_on(argv[2]);
    for (;;) {
        if (sw_handshake_server(&handshake, &config, scratch, sizeof(scratch)) < 0)
            die("server", sw_handshake_error(&handshake));
        log_in(&handshake, next_client(listener), argv[3], &key);
    }
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "check") == 0)
        return check(argv);
    if (argc == 5 && strcmp(argv[1], "serve") == 0)
        serve(argv);
    fprintf(stderr, "usage: login {check HOST PORT USER KEYFILE | serve PORT USER PUBLIC_KEYFILE}\n");
    return STATUS_TROUBLE;
}
