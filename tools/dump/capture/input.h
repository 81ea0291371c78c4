/* SPDX-License-Identifier: ISC */
/* The bytes of a file or pipe that holds a capture, which may be compressed by gzip or zstd. */
#ifndef SIDEWIRE_DUMP_INPUT_H
#define SIDEWIRE_DUMP_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { CAPTURE_WHY_SIZE = 512 };

/* Whoever wants to know how it goes on. */
typedef struct capture_hooks {
    void *ctx;
    /* Before it waits for more: time to show what is there. It is called again, with `quiet`, if
     * nothing comes for so many milliseconds as it returns; -1: it need not be. */
    int (*idle)(void *ctx, int quiet);
    void (*progress)(void *ctx, uint64_t bytes); /* so much of the files was read */
    /* Of a decryption secrets block in a file; valid during the call. May be NULL. */
    void (*secrets)(void *ctx, uint32_t type, const uint8_t *data, size_t len);
} capture_hooks;

/* Until there is more to read: 1; or a signal came (interrupt.h): 0. */
int capture_await(const capture_hooks *hooks, int fd);

typedef struct input input;

/* `-` is standard input. *read counts the bytes of all files; it and the hooks must stay. NULL with the
 * reason in why. */
input *input_open(const char *path, const capture_hooks *hooks, uint64_t *read, char why[CAPTURE_WHY_SIZE]);

/* Bytes from where the reader is, at least n of them, or fewer where the file ends or a signal came;
 * valid until the next call. *have: how many. NULL if reading fails, with the reason in why. */
const uint8_t *input_peek(input *in, size_t n, size_t *have, char why[CAPTURE_WHY_SIZE]);

/* Goes on by n bytes that were peeked at. */
void input_skip(input *in, size_t n);

/* As read(2), with the reason of a failure in why: what was peeked at and not skipped comes again. */
ssize_t input_read(input *in, void *out, size_t size, char why[CAPTURE_WHY_SIZE]);

/* Did a signal end it? */
int input_interrupted(const input *in);

int input_descriptor(const input *in);

void input_close(input *in);

#endif
