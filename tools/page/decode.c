/* SPDX-License-Identifier: ISC */
/* The decoder of captures as a module for a page: the page gives it what was dropped, piece by piece, and gets records
 * for its script on standard output, and messages on standard error. One module decodes one capture. */
#include "platform.h"
#include "report.h"

#include "capture/pcap_headers.h"
#include "capture/pcapng.h"
#include "show/html.h"
#include "show/losses.h"
#include "watch/allocate.h"
#include "watch/keylog_line.h"
#include "watch/session.h"

#include <sidewire/mbedtls.h>

#include <stdlib.h>
#include <string.h>

/* What the page calls. */
#define EXPORT(name) __attribute__((export_name(name)))

typedef struct page_decoder {
    uint8_t *data; /* what the page gave and nobody has taken */
    size_t len, size;
    char *name; /* of the capture */
    keyring keys;
    watch_setup setup;
    losses losses;
    view view;
    event_sink sink;
    flows *flows;
    frames *frames;
    capture_counts counts;
    pcapng *pcapng;
    pcap_headers pcap;
    size_t head; /* of a pcap file, which is passed over */
    int begun;   /* it is known what the file is */
    int over;    /* what follows cannot be read */
} page_decoder;

static page_decoder page;

/* First of all. */
EXPORT("start") void page_start(void)
{
    report_program("sidewire-dump");
}

/* ---- what the page gives ---- */

/* Room for n bytes behind those that wait. */
EXPORT("room") uint8_t *page_room(size_t n)
{
    if (page.len + n > page.size) {
        page.size = 2 * (page.len + n);
        page.data = reallocate(page.data, page.size);
    }
    return page.data + page.len;
}

/* The name of a file, which the page has put into the room, as text that stays. */
static char *take_name(size_t len)
{
    char *name = allocate(len + 1);

    memcpy(name, page.data, len);
    return name;
}

/* A file of keys is in the room, its name first. 1; 0 after a message: there are none in it. */
EXPORT("keys") int page_keys(size_t name_len, size_t len)
{
    char *name = take_name(name_len);
    const char *text = (const char *)page.data + name_len;
    int result = 1;
    char why[128];

    if (keylog_line_is_in(text, len)) {
        if (page.setup.log == NULL)
            page.setup.log = keylog_new_empty(name);
        keylog_use(page.setup.log, text, len);
    } else if (keyring_add_text(&page.keys, name, text, len, why, sizeof(why)) < 0) {
        report("%s: neither a capture nor a key log, nor an RSA private key: %s", name, why);
        result = 0;
    }
    platform_wipe(page.data, name_len + len);
    return result;
}

/* ---- the capture ---- */

static void stop(const char *why)
{
    page.over = 1;
    losses_packets(&page.losses, &page.counts, page.frames, why);
}

/* As sidewire-dump does (capture.c, main.c). */
static void use_frame(const frame *in)
{
    segment seg;
    frame_result result = frames_parse(page.frames, in, &seg);

    page.counts.frames++;
    page.counts.cut += result == FRAME_CUT;
    page.counts.damaged += result == FRAME_DAMAGED;
    if (result != FRAME_TCP)
        return;
    page.counts.shortened += seg.cut > 0;
    flows_segment(page.flows, &seg);
}

static void on_secrets(void *ctx, uint32_t type, const uint8_t *data, size_t len)
{
    (void)ctx;
    if (!keylog_knows_secrets(type, data, len))
        return;
    if (page.setup.log == NULL)
        page.setup.log = keylog_new_empty(page.name);
    keylog_use(page.setup.log, (const char *)data, len);
    sessions_retry(&page.setup);
}

/* Bytes that the next block has used; 0: it is not whole. */
static size_t use_block(const uint8_t *data, size_t len)
{
    char why[PCAPNG_WHY_SIZE];
    size_t size = len >= PCAPNG_HEAD_SIZE ? pcapng_block_size(page.pcapng, data, why) : 0;
    frame in;

    if (len < PCAPNG_HEAD_SIZE || (size > 0 && size > len))
        return 0;
    switch (size > 0 ? pcapng_block(page.pcapng, data, size, &in, why) : PCAPNG_DAMAGED) {
    case PCAPNG_FRAME:
        in.number = page.counts.frames + 1;
        use_frame(&in);
        return size;
    case PCAPNG_NOTHING: return size;
    case PCAPNG_DAMAGED: stop(why); break;
    }
    return 0;
}

static size_t use_packet(const uint8_t *data, size_t len)
{
    char why[PCAP_HEADERS_WHY_SIZE];
    frame in;

    if (len < page.pcap.packet_head)
        return 0;
    if (pcap_packet(&page.pcap, data, &in, why) < 0) {
        stop(why);
        return 0;
    }
    if (len < page.pcap.packet_head + in.captured)
        return 0;
    in.data = data + page.pcap.packet_head;
    in.number = page.counts.frames + 1;
    use_frame(&in);
    return page.pcap.packet_head + in.captured;
}

/* What is it? 1: it is known; 0: not yet, or nothing that can be read. */
static int begin_file(void)
{
    char why[PCAP_HEADERS_WHY_SIZE];

    if (page.len < PCAP_FILE_HEAD_SIZE)
        return 0;
    page.begun = 1;
    if (pcapng_begins(page.data)) {
        pcapng_hooks hooks = { NULL, on_secrets };

        page.pcapng = pcapng_new(&hooks);
        return 1;
    }
    if (!pcap_begins(page.data)) {
        stop("unknown file format");
        return 0;
    }
    if (pcap_begin(&page.pcap, page.data, why) < 0) {
        stop(why);
        return 0;
    }
    page.head = PCAP_FILE_HEAD_SIZE;
    return 1;
}

/* Before the first piece: its name is in the room, after all keys. */
EXPORT("begin") void page_begin(size_t name_len)
{
    flow_watcher watcher;

    page.name = take_name(name_len);
    page.setup.crypto = sw_mbedtls_new();
    if (page.setup.crypto == NULL)
        allocation_failed();
    page.setup.keys = &page.keys;
    page.setup.whole_bodies = 1;
    page.view = html_records(stdout, page.name, TIMES_RELATIVE);
    page.sink = losses_sink(&page.losses, page.name, &page.view.sink);
    page.setup.sink = &page.sink;
    watcher = sessions_watcher(&page.setup);
    page.flows = flows_new(&watcher);
    page.frames = frames_new();
}

/* The next n bytes of the capture are in the room. 1; 0: it wants no more. */
EXPORT("feed") int page_feed(size_t n)
{
    size_t at, used = 1;

    page.len += n;
    if (!page.begun && !begin_file())
        return !page.over;
    at = page.head;
    page.head = 0;
    while (!page.over && used > 0) {
        used = page.pcapng != NULL ? use_block(page.data + at, page.len - at)
                                   : use_packet(page.data + at, page.len - at);
        at += used;
    }
    page.len -= at;
    memmove(page.data, page.data + at, page.len);
    return !page.over;
}

/* It is over: tells the rest. */
EXPORT("finish") void page_finish(void)
{
    if (!page.over && page.pcapng != NULL)
        page.counts.dropped = pcapng_dropped(page.pcapng);
    flows_finish(page.flows);
    if (!page.over)
        stop(page.len > 0 ? "the file is cut off" : NULL);
    losses_unused(&page.losses, page.flows);
    if (page.setup.sessions == 0)
        losses_no_session(&page.losses, &page.counts, page.frames);
    page.view.finish(page.view.sink.ctx);
    fflush(stdout);
}
