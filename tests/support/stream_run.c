/* SPDX-License-Identifier: ISC */
#include "stream_run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

const uint32_t origins[ORIGINS] = { 1000, 0, 1, 0xfffffffd, 0xfffffff8, 0x7ffffffc, 0x80000000 };

void run_start(run *r, uint32_t origin, FILE *out)
{
    memset(r, 0, sizeof(*r));
    r->pool = calloc(1, sizeof(*r->pool));
    ck_assert_ptr_nonnull(r->pool);
    r->stream.pool = r->pool;
    r->origin = origin;
    r->out = out;
}

void run_pump(run *r)
{
    piece p;

    while (stream_next(&r->stream, &p)) {
        if (p.kind == PIECE_DATA)
            fwrite(p.data, 1, p.len, r->out);
        else if (p.kind == PIECE_LOST)
            fprintf(r->out, "[%u]", p.len);
        else
            fputc('.', r->out);
        if (p.kind == PIECE_DATA)
            memset(p.data, '!', p.len); /* whoever gets it may overwrite it */
    }
    r->conflicts += r->stream.conflicts;
    r->misplaced += r->stream.misplaced;
    r->stream.conflicts = r->stream.misplaced = 0;
}

void run_segment(run *r, uint32_t at, const void *data, uint32_t len, uint32_t cut, uint8_t flags)
{
    segment seg = {
        .time = { 1, 1 }, .seq = r->origin + at, .flags = flags, .data = data, .len = len, .cut = cut
    };

    stream_add(&r->stream, &seg);
    run_pump(r);
}

void run_end(run *r)
{
    stream_clear(&r->stream);
    ck_assert_uint_eq(r->stream.held_bytes, 0);
    ck_assert_uint_eq(r->stream.held_segments, 0);
    ck_assert_uint_eq(r->pool->held, 0);
    ck_assert_uint_eq(r->pool->recent, 0);
    free(r->pool);
}

/* ---- words ---- */

static void run_word(run *r, const char *word)
{
    char letters[64];
    char *end;
    unsigned long at = strtoul(word, &end, 10);
    unsigned long len = *end == '+' ? strtoul(end + 1, &end, 10) : 0;
    int first = *end == 'x' ? 'A' : 'a';
    unsigned long size;

    ck_assert_uint_lt(len, sizeof(letters));
    for (size_t i = 0; i < len; i++)
        letters[i] = (char)(first + (int)((at + i) % 26));
    end += *end == 'x';
    size = *end == '/' ? strtoul(end + 1, &end, 10) : len;
    ck_assert_msg(*end == '\0' || strcmp(end, "F") == 0, "%s", word);
    run_segment(r, (uint32_t)at, letters, (uint32_t)len, (uint32_t)(size - len), *end == 'F' ? TCP_FIN : 0);
}

void run_words(run *r, const char *words)
{
    char *copy = strdup(words);
    char *state;

    ck_assert_ptr_nonnull(copy);
    for (char *word = strtok_r(copy, " ", &state); word != NULL; word = strtok_r(NULL, " ", &state)) {
        if (strcmp(word, "G") == 0)
            stream_give_up(&r->stream);
        else if (strcmp(word, "S") == 0)
            stream_start(&r->stream, r->origin - 1);
        else if (word[0] == 'a')
            stream_acknowledge(&r->stream, r->origin + (uint32_t)strtoul(word + 1, NULL, 10), 1000, 2);
        else
            run_word(r, word);
        run_pump(r);
    }
    free(copy);
}
