/* SPDX-License-Identifier: ISC */
/* Runs a fuzz target, which aborts if an input in pieces does not do what it does whole, on every
 * stream of up to MAX words of a small alphabet, cut in every way that has one or two cuts, and
 * byte by byte:
 *
 *     enumerate_TOPIC MAX CUTS_AT PREFIX WORD...
 *
 * PREFIX and words are in hexadecimal. The prefix is what the target's input begins with (see
 * fuzz/choices.h); the sizes of the pieces are put at its byte CUTS_AT, or nowhere if that is '-'.
 * With SIDEWIRE_DEEPER in the environment streams have one word more. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MAX = 32, INPUT_MAX = 512, CUTS = 6, SHORT = 16 };

typedef struct word {
    uint8_t bytes[64];
    size_t len;
} word;

static word words[WORDS_MAX];
static size_t word_count;
static uint8_t input[INPUT_MAX];
static size_t prefix_len;
static uint8_t *cuts; /* in the input; NULL: the target does not cut */
static unsigned long long streams, runs;

static int usage(const char *why)
{
    fprintf(stderr, "enumerate: %s\nusage: enumerate_TOPIC MAX CUTS_AT PREFIX WORD...\n", why);
    return 2;
}

/* Returns the number of bytes, or -1. */
static int read_hex(const char *text, uint8_t *out, size_t cap)
{
    size_t n = strlen(text) / 2;

    if (strlen(text) % 2 != 0 || n > cap)
        return -1;
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return -1;
        out[i] = (uint8_t)byte;
    }
    return (int)n;
}

static void run(size_t len, size_t first, size_t second)
{
    if (cuts != NULL) {
        memset(cuts, 0, CUTS);
        cuts[0] = (uint8_t)first;
        cuts[1] = (uint8_t)second;
    }
    (void)LLVMFuzzerTestOneInput(input, prefix_len + len);
    runs++;
}

/* The stream behind the prefix, in every way. Two cuts only where that is not too many. */
static void run_cut(size_t len)
{
    streams++;
    run(len, 0, 0);
    if (cuts == NULL)
        return;
    for (size_t first = 1; first < len; first++) {
        run(len, first, 0);
        for (size_t second = 1; len <= SHORT && first + second < len; second++)
            run(len, first, second);
    }
    memset(cuts, 1, CUTS);
    (void)LLVMFuzzerTestOneInput(input, prefix_len + len);
    runs++;
}

static void extend(size_t len, unsigned left)
{
    run_cut(len);
    for (size_t i = 0; left > 0 && i < word_count; i++) {
        if (prefix_len + len + words[i].len > INPUT_MAX)
            continue;
        memcpy(input + prefix_len + len, words[i].bytes, words[i].len);
        extend(len + words[i].len, left - 1);
    }
}

int main(int argc, char **argv)
{
    int n;

    if (argc < 5 || argc - 4 > WORDS_MAX)
        return usage("wrong number of arguments");
    n = read_hex(argv[3], input, INPUT_MAX);
    if (n < 0)
        return usage("the prefix is not in hexadecimal, or too long");
    prefix_len = (size_t)n;
    if (strcmp(argv[2], "-") != 0) {
        size_t at = strtoul(argv[2], NULL, 10);
        if (at + CUTS > prefix_len)
            return usage("the cuts are not within the prefix");
        cuts = input + at;
    }
    for (int i = 4; i < argc; i++) {
        n = read_hex(argv[i], words[word_count].bytes, sizeof(words[0].bytes));
        if (n <= 0)
            return usage("a word is empty, not in hexadecimal, or too long");
        words[word_count++].len = (size_t)n;
    }
    extend(0, (unsigned)strtoul(argv[1], NULL, 10) + (getenv("SIDEWIRE_DEEPER") != NULL));
    printf("%llu streams, %llu runs, no difference\n", streams, runs);
    return 0;
}
