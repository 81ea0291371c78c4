/* SPDX-License-Identifier: ISC */
/* Captures in files. */
#include "source.h"

#include "pcap_headers.h"
#include "watch/allocate.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

typedef struct file {
    input *in;
    uint64_t number; /* of the latest frame */
    pcapng *pcapng;  /* or, if NULL: */
    pcap_headers pcap;
    size_t block; /* bytes of the input that were used, and not yet skipped */
} file;

/* ---- pcapng ---- */

/* Passes over a block that is too large to be read. */
static int skip_block(file *f, size_t size, char why[CAPTURE_WHY_SIZE])
{
    while (size > 0) {
        size_t have;

        if (input_peek(f->in, 1, &have, why) == NULL)
            return -1;
        if (have == 0)
            break; /* the next head is missing, too */
        if (have > size)
            have = size;
        input_skip(f->in, have);
        size -= have;
    }
    return 0;
}

/* The whole block: its size, 0 at the end, or -1. */
static long next_block(file *f, const uint8_t **data, char why[CAPTURE_WHY_SIZE])
{
    size_t have, size;

    *data = input_peek(f->in, PCAPNG_HEAD_SIZE, &have, why);
    if (*data == NULL)
        return -1;
    if (have == 0 || (have < PCAPNG_HEAD_SIZE && input_interrupted(f->in)))
        return 0;
    if (have < PCAPNG_HEAD_SIZE) {
        snprintf(why, CAPTURE_WHY_SIZE, "the file is cut off: %zu bytes of a block", have);
        return -1;
    }
    size = pcapng_block_size(f->pcapng, *data, why);
    if (size == 0)
        return -1;
    if (size > PCAPNG_BLOCK_MAX) {
        if (pcapng_may_skip(f->pcapng, *data))
            return skip_block(f, size, why) < 0 ? -1 : next_block(f, data, why);
        snprintf(why, CAPTURE_WHY_SIZE, "a block has %zu bytes, more than %d", size, (int)PCAPNG_BLOCK_MAX);
        return -1;
    }
    *data = input_peek(f->in, size, &have, why);
    if (*data == NULL)
        return -1;
    if (have >= size)
        return (long)size;
    snprintf(why, CAPTURE_WHY_SIZE, "the file is cut off: %zu of the %zu bytes of a block", have, size);
    return input_interrupted(f->in) ? 0 : -1;
}

static int next_of_pcapng(void *self, frame *out, char why[CAPTURE_WHY_SIZE])
{
    file *f = self;
    pcapng_result result;

    do {
        const uint8_t *data;
        long size;

        input_skip(f->in, f->block);
        f->block = 0;
        size = next_block(f, &data, why);
        if (size <= 0)
            return (int)size;
        f->block = (size_t)size;
        result = pcapng_block(f->pcapng, data, f->block, out, why);
    } while (result == PCAPNG_NOTHING);
    out->number = ++f->number;
    return result == PCAPNG_FRAME ? 1 : -1;
}

/* ---- pcap ---- */

/* n bytes from where the reader is: 1; 0 at the end, where none are left, or if a signal came; -1 with the reason. */
static int peek_whole(file *f, size_t n, const char *what, const uint8_t **data, char why[CAPTURE_WHY_SIZE])
{
    size_t have;

    *data = input_peek(f->in, n, &have, why);
    if (*data == NULL)
        return -1;
    if (have >= n)
        return 1;
    if (have == 0 || input_interrupted(f->in))
        return 0;
    snprintf(why, CAPTURE_WHY_SIZE, "the file is cut off: %zu of the %zu bytes of %s", have, n, what);
    return -1;
}

static int next_of_pcap(void *self, frame *out, char why[CAPTURE_WHY_SIZE])
{
    file *f = self;
    const uint8_t *data;
    int result;

    input_skip(f->in, f->block);
    f->block = 0;
    result = peek_whole(f, f->pcap.packet_head, "a packet's header", &data, why);
    if (result <= 0)
        return result;
    if (pcap_packet(&f->pcap, data, out, why) < 0)
        return -1;
    result = peek_whole(f, f->pcap.packet_head + out->captured, "a packet", &data, why);
    if (result <= 0)
        return result;
    f->block = f->pcap.packet_head + out->captured;
    out->data = data + f->pcap.packet_head;
    out->number = ++f->number;
    return 1;
}

static int open_pcap(file *f, const uint8_t *head, size_t have, char why[CAPTURE_WHY_SIZE])
{
    const char *name;

    if (have < PCAP_FILE_HEAD_SIZE) {
        snprintf(why, CAPTURE_WHY_SIZE, "the file is cut off: %zu of the %d bytes of its header", have,
                 (int)PCAP_FILE_HEAD_SIZE);
        return -1;
    }
    if (pcap_begin(&f->pcap, head, why) < 0)
        return -1;
    f->block = PCAP_FILE_HEAD_SIZE;
    if (frame_link_name(f->pcap.link) != NULL)
        return 0;
    name = pcap_datalink_val_to_name((int)f->pcap.link);
    snprintf(why, CAPTURE_WHY_SIZE, "link type %u (%s) is not supported", f->pcap.link,
             name != NULL ? name : "unknown");
    return -1;
}

/* ---- both ---- */

static uint64_t file_dropped(void *self)
{
    const file *f = self;

    return f->pcapng != NULL ? pcapng_dropped(f->pcapng) : 0;
}

static int file_descriptor(const void *self)
{
    return input_descriptor(((const file *)self)->in);
}

static void file_close(void *self)
{
    file *f = self;

    pcapng_free(f->pcapng);
    input_close(f->in);
    free(f);
}

int source_file(source *out, const char *path, const capture_hooks *hooks, uint64_t *read,
                char why[CAPTURE_WHY_SIZE])
{
    input *in = input_open(path, hooks, read, why);
    const uint8_t *begin;
    size_t have;
    file *f;

    if (in == NULL)
        return -1;
    f = allocate(sizeof(*f));
    f->in = in;
    *out = (source){ f, next_of_pcap, file_dropped, file_descriptor, file_close };
    begin = input_peek(in, PCAP_FILE_HEAD_SIZE, &have, why);
    if (begin != NULL && have >= PCAPNG_HEAD_SIZE && pcapng_begins(begin)) {
        pcapng_hooks inner = { hooks->ctx, hooks->secrets };

        f->pcapng = pcapng_new(&inner);
        out->next = next_of_pcapng;
        if (pcapng_block_size(f->pcapng, begin, why) > 0)
            return 0;
    } else if (begin != NULL && have >= PCAP_MARK_SIZE && pcap_begins(begin)) {
        if (open_pcap(f, begin, have, why) == 0)
            return 0;
    } else if (begin != NULL) {
        snprintf(why, CAPTURE_WHY_SIZE, have > 0 ? "unknown file format" : "the file is empty");
    }
    file_close(f);
    return -1;
}
