/* SPDX-License-Identifier: ISC */
/* Captures in files: pcapng by our own reader, all else by libpcap. */
#include "source.h"

#include "watch/allocate.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

typedef struct file {
    input *in;
    uint64_t number; /* of the latest frame */
    pcap_t *pcap;    /* or */
    pcapng *pcapng;
    size_t block;               /* size of the one whose frame was given out */
    char *buffer;               /* of the stream that libpcap reads */
    char why[CAPTURE_WHY_SIZE]; /* reading that failed, as libpcap cannot tell it */
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

static ssize_t stream_read(void *cookie, char *buffer, size_t size)
{
    file *f = cookie;

    return input_read(f->in, buffer, size, f->why);
}

static int open_pcap(file *f, char why[CAPTURE_WHY_SIZE])
{
    enum { BUFFER_SIZE = 256 << 10 };
    static const cookie_io_functions_t functions = { .read = stream_read };
    char pcap_why[PCAP_ERRBUF_SIZE] = "";
    FILE *stream = fopencookie(f, "rb", functions);

    f->buffer = allocate(BUFFER_SIZE);
    if (stream == NULL)
        allocation_failed();
    /* nullPointerRedundantCheck: allocation_failed() does not return */
    setvbuf(stream, f->buffer, _IOFBF, BUFFER_SIZE);
    f->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, pcap_why);
    if (f->pcap != NULL)
        return 0;
    snprintf(why, CAPTURE_WHY_SIZE, "%s", f->why[0] != '\0' ? f->why : pcap_why);
    fclose(stream);
    return -1;
}

static int next_of_pcap(void *self, frame *out, char why[CAPTURE_WHY_SIZE])
{
    file *f = self;
    struct pcap_pkthdr *header;
    int result = pcap_next_ex(f->pcap, &header, &out->data);

    if (result == PCAP_ERROR_BREAK || input_interrupted(f->in))
        return 0;
    if (result != 1) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", f->why[0] != '\0' ? f->why : pcap_geterr(f->pcap));
        return -1;
    }
    /* times that a file makes up may wrap */
    out->time = (int64_t)((uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec);
    out->captured = header->caplen;
    out->length = header->len;
    out->link = (unsigned)pcap_datalink(f->pcap);
    out->number = ++f->number;
    return 1;
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

    if (f->pcap != NULL)
        pcap_close(f->pcap);
    pcapng_free(f->pcapng);
    input_close(f->in);
    free(f->buffer);
    free(f);
}

/* Is the link type of a pcap file known? That of a pcapng file is one of each interface. */
static int check_link(const file *f, char why[CAPTURE_WHY_SIZE])
{
    int link = pcap_datalink(f->pcap);
    const char *name = pcap_datalink_val_to_name(link);

    if (frame_link_name((unsigned)link) != NULL)
        return 0;
    snprintf(why, CAPTURE_WHY_SIZE, "link type %d (%s) is not supported", link, name != NULL ? name : "unknown");
    return -1;
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
    begin = input_peek(in, PCAPNG_HEAD_SIZE, &have, why);
    if (begin != NULL && have >= PCAPNG_HEAD_SIZE && pcapng_begins(begin)) {
        pcapng_hooks inner = { hooks->ctx, hooks->secrets };

        f->pcapng = pcapng_new(&inner);
        out->next = next_of_pcapng;
        if (pcapng_block_size(f->pcapng, begin, why) > 0)
            return 0;
    } else if (begin != NULL && open_pcap(f, why) == 0 && check_link(f, why) == 0) {
        return 0;
    }
    file_close(f);
    return -1;
}
