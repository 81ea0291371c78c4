/* SPDX-License-Identifier: ISC */
/* Makes a capture of sessions for measuring: real ones of the library, whose server sends packets of
 * output to its client. The same options and keys always give the same file. */
#include "key_file.h"
#include "options.h"
#include "report.h"
#include "capture_session.h"

#include <sidewire/backends.h>

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    SESSIONS_MAX = 60000,
    PACKETS_MAX = 1 << 30,
    BODY_MAX = 16 << 20,
    TEXT_MAX = 4096 /* larger bodies are binary, as images are */
};

typedef struct options {
    const char *capture, *key;
    long sessions, packets; /* packets of each session */
    long smallest, largest; /* body, bytes */
    int rc4, push;
} options;

static int usage(void)
{
    fputs(
        "usage: make-capture -k KEYFILE -w CAPTURE [-s SESSIONS] [-n PACKETS] [-b BYTES]\n"
        "    [-B BYTES] [-r] [-p]\n"
        "\n"
        "The public key is read from KEYFILE.pub. All sessions are open at the same time and take\n"
        "turns. Each sends so many packets of output, with bodies from -b to -B bytes, under AES\n"
        "or, with -r, RC4; with -p each begins a segment of its own. Keys are logged as the\n"
        "environment variable SIDEWIREKEYLOGFILE says.\n",
        stderr);
    return STATUS_USAGE;
}

static int parse(options *o, int argc, char **argv)
{
    int option, result = 0;

    while (result == 0 && (option = getopt(argc, argv, "k:w:s:n:b:B:rp")) != -1) {
        switch (option) {
        case 'k': o->key = optarg; break;
        case 'w': o->capture = optarg; break;
        case 's': result = option_number("-s", optarg, 1, SESSIONS_MAX, &o->sessions); break;
        case 'n': result = option_number("-n", optarg, 0, PACKETS_MAX, &o->packets); break;
        case 'b': result = option_number("-b", optarg, 1, BODY_MAX, &o->smallest); break;
        case 'B': result = option_number("-B", optarg, 1, BODY_MAX, &o->largest); break;
        case 'r': o->rc4 = 1; break;
        case 'p': o->push = 1; break;
        default: result = -1;
        }
    }
    if (result == 0 && o->largest < o->smallest)
        o->largest = o->smallest;
    return result < 0 || o->key == NULL || o->capture == NULL || optind != argc ? -1 : 0;
}

/* ---- numbers that only seem to be random ---- */

static uint64_t state = 1;

static uint64_t number(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* In place of the backend's, for captures that can be made again. */
static int made_up_random(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(number() >> 32);
    return 0;
}

/* ---- bodies ---- */

typedef struct bodies {
    uint8_t *text, *binary;
} bodies;

static uint8_t *allocate(size_t size)
{
    uint8_t *memory = malloc(size);

    if (memory == NULL) {
        report_system("memory", errno);
        exit(STATUS_FAILURE);
    }
    return memory;
}

static void make_bodies(bodies *b, size_t size)
{
    static const char words[] = "status: playing, play_time: 0:42 [3:01] (23%/181), num_played: 7\n";

    b->text = allocate(TEXT_MAX);
    b->binary = allocate(size);
    for (size_t i = 0; i < TEXT_MAX; i++)
        b->text[i] = (uint8_t)words[i % (sizeof(words) - 1)];
    made_up_random(NULL, b->binary, size);
}

/* ---- sessions ---- */

static void make_sessions(const options *o, capture_session_setup *setup)
{
    size_t count = (size_t)o->sessions;
    capture_session *sessions = calloc(count, sizeof(*sessions));
    uint64_t *expected = calloc(count, sizeof(*expected));
    uint64_t all = 0;
    bodies b;

    if (sessions == NULL || expected == NULL)
        exit(STATUS_FAILURE);
    make_bodies(&b, (size_t)o->largest);
    for (size_t i = 0; i < count; i++)
        capture_session_start(&sessions[i], setup, (unsigned)i);
    for (long turn = 0; turn < o->packets; turn++) {
        for (size_t i = 0; i < count; i++) {
            size_t len = (size_t)o->smallest + (size_t)(number() % (uint64_t)(o->largest - o->smallest + 1));

            capture_session_output(&sessions[i], len > TEXT_MAX ? b.binary : b.text, len, o->push);
            expected[i] += len;
        }
    }
    for (size_t i = 0; i < count; i++) {
        capture_session_end(&sessions[i], expected[i]);
        all += expected[i];
    }
    printf("{\"sessions\": %ld, \"packets\": %ld, \"bytes\": %" PRIu64 ", \"frames\": %" PRIu64 "}\n", o->sessions,
           o->sessions * o->packets, all, setup->file->packets);
    free(sessions);
    free(expected);
    free(b.text);
    free(b.binary);
}

/* ---- keys ---- */

static int load_keys(const char *path, sw_private_key *private_key, sw_public_key *public_key)
{
    char why[256];
    char *public_path = (char *)allocate(strlen(path) + sizeof(".pub"));
    int result = load_private_key(private_key, path, why, sizeof(why));

    strcpy(public_path, path);
    strcat(public_path, ".pub");
    if (result == 0)
        result = load_public_key(public_key, public_path, why, sizeof(why));
    free(public_path);
    if (result < 0)
        report("%s: %s", path, why);
    return result;
}

int main(int argc, char **argv)
{
    static sw_private_key private_key;
    static sw_public_key public_key;
    options o = { .sessions = 1, .packets = 1, .smallest = 1 };
    sw_crypto *backend;
    sw_crypto crypto;
    capture_file file;
    keylog log;
    capture_session_setup setup = {
        .crypto = &crypto, .private_key = &private_key, .public_key = &public_key, .log = &log, .file = &file
    };

    report_program(argv[0]);
    if (parse(&o, argc, argv) < 0)
        return usage();
    if (load_keys(o.key, &private_key, &public_key) < 0)
        return STATUS_USAGE;
    backend = sw_backend_new(NULL);
    if (backend == NULL)
        return STATUS_FAILURE;
    crypto = *backend;
    crypto.random = made_up_random;
    setup.features = o.rc4 ? SW_FEATURE_SIDEBAND : SW_FEATURES_ALL;
    setup.body_max = (size_t)o.largest;
    keylog_init(&log);
    capture_file_create(&file, o.capture);
    make_sessions(&o, &setup);
    capture_file_close(&file);
    sw_private_key_wipe(&private_key);
    sw_backend_free(backend);
    return STATUS_OK;
}
