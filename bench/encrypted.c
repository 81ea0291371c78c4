/* SPDX-License-Identifier: ISC */
/* Packets under AES, with each backend, one by one and a buffer at a time, beside half the rate of its AES:
 * encrypted ROUNDS */
#include "calls.h"
#include "pipe.h"

#include <sidewire/backends.h>
#include <sidewire/packet.h>

#include <stdio.h>

enum { BULK = 65536, BYTES_A_RUN = 8 << 20 };

static void compare(const sw_crypto *crypto, const raw_cipher *cipher, uint32_t size, size_t rounds)
{
    size_t count = BYTES_A_RUN / size;
    struct {
        const char *key;
        contender *contender;
    } bases[] = {
        { "", pipe_raw(cipher, "its AES alone", size, 0, size, count) },
        { "_place", pipe_raw(cipher, "its AES, same place", size, SW_HEADER_SIZE, size, count) },
        { "_bulk", pipe_raw(cipher, "its AES in bulk", BULK, 0, size, count) },
    };
    struct {
        const char *key, *what;
        contender *contender;
    } ways[] = {
        { "", "one by one", pipe_packets(crypto, PIPE_PACKETS, size, count) },
        { "_together", "together", pipe_packets(crypto, PIPE_BUFFERS, size, count) },
    };
    contender *all[] = { ways[0].contender, ways[1].contender, bases[0].contender, bases[1].contender,
                         bases[2].contender };
    char key[64], what[64];

    timing_run(all, 5, rounds);
    for (size_t way = 0; way < 2; way++) {
        snprintf(what, sizeof(what), "encode and decode %u B %s, %s", size, ways[way].what, crypto->name);
        for (size_t i = 0; i < 3; i++) {
            snprintf(key, sizeof(key), "encrypted_%u_%s%s%s", size, crypto->name, ways[way].key, bases[i].key);
            report_times(key, what, ways[way].contender, bases[i].contender, rounds);
        }
    }
    timing_stop(all, 5);
}

/* What calls for packets cost, beside calls for bodies only: as near to that as anybody can come. */
static void compare_calls(const raw_cipher *cipher, const char *name, uint32_t size, size_t rounds)
{
    static const char *const keys[CALLS_WAYS] = { "come", "blocks", "advance" };
    size_t count = BYTES_A_RUN / size;
    contender *all[CALLS_WAYS + 1];
    char key[64], what[80];

    for (size_t way = 0; way < CALLS_WAYS; way++)
        all[way] = calls_contender(cipher, (calls_way)way, size, count);
    all[CALLS_WAYS] = pipe_raw(cipher, "its AES alone", size, 0, size, count);
    timing_run(all, CALLS_WAYS + 1, rounds);
    for (size_t way = 0; way < CALLS_WAYS; way++) {
        snprintf(key, sizeof(key), "calls_%u_%s_%s", size, name, keys[way]);
        snprintf(what, sizeof(what), "calls for %u B, %s, %s", size, calls_names[way], name);
        report_times(key, what, all[way], all[CALLS_WAYS], rounds);
    }
    timing_stop(all, CALLS_WAYS + 1);
}

int main(int argc, char **argv)
{
    static const uint32_t sizes[] = { 64, 1024, 16384 };
    size_t rounds = timing_rounds(argc, argv);
    const char *name;

    for (size_t i = 0; (name = sw_backend_name(i)) != NULL; i++) {
        const raw_cipher *cipher = raw_aes_find(name);
        sw_crypto *crypto = sw_backend_new(name);
        if (crypto == NULL)
            fail("%s: not started", name);
        for (size_t k = 0; cipher != NULL && k < 3; k++)
            compare(crypto, cipher, sizes[k], rounds);
        for (size_t k = 1; cipher != NULL && k < 3; k++)
            compare_calls(cipher, name, sizes[k], rounds);
        sw_backend_free(crypto);
    }
    return 0;
}
