#include "capture_internal.h"

#include "interrupt.h"
#include "watch/allocate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- file ---- */

static int is_readable(int fd)
{
    struct pollfd one = { .fd = fd, .events = POLLIN };

    return poll(&one, 1, 0) > 0;
}

/* Until there is more to read: 1; or a signal came: 0. */
static int capture_await(capture *c)
{
    int timeout = c->hooks.idle(c->hooks.ctx, 0);
    awaited what;

    while ((what = interrupt_await(c->fd, timeout)) == AWAITED_TIMEOUT)
        timeout = c->hooks.idle(c->hooks.ctx, 1);
    return what == AWAITED_READABLE;
}

/* For stdio, which calls it when its buffer is empty. A signal ends the file. */
static ssize_t file_read(void *cookie, char *buffer, size_t size)
{
    capture *c = cookie;
    ssize_t n;

    do {
        if (!is_readable(c->fd) && !capture_await(c))
            return 0;
        n = read(c->fd, buffer, size);
    } while (n < 0 && (errno == EINTR || errno == EAGAIN));
    if (n > 0) {
        c->counts.bytes += (uint64_t)n;
        c->hooks.progress(c->hooks.ctx, c->counts.bytes);
    }
    return n;
}

static int file_close(void *cookie)
{
    return close(((capture *)cookie)->fd);
}

static FILE *open_stream(capture *c, const char *path)
{
    static const cookie_io_functions_t functions = { .read = file_read, .close = file_close };
    FILE *file;

    c->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (c->fd < 0)
        return NULL;
    file = fopencookie(c, "rb", functions);
    if (file != NULL)
        setvbuf(file, c->buffer, _IOFBF, sizeof(c->buffer));
    return file;
}

int capture_check_link(capture *c, char why[CAPTURE_WHY_SIZE])
{
    const char *name;

    c->link = pcap_datalink(c->pcap);
    if (frame_link_known(c->link))
        return 0;
    name = pcap_datalink_val_to_name(c->link);
    snprintf(why, CAPTURE_WHY_SIZE, "link type %d (%s) is not supported", c->link,
             name != NULL ? name : "unknown");
    return -1;
}

capture *capture_open(const char *path, capture_hooks hooks, char why[CAPTURE_WHY_SIZE])
{
    char pcap_why[PCAP_ERRBUF_SIZE] = "";
    capture *c = allocate(sizeof(*c));
    FILE *file;

    c->hooks = hooks;
    c->tick = 1;
    file = open_stream(c, path);
    if (file == NULL) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", strerror(errno));
        capture_close(c);
        return NULL;
    }
    c->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, pcap_why);
    if (c->pcap == NULL) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", pcap_why);
        fclose(file);
        capture_close(c);
        return NULL;
    }
    if (capture_check_link(c, why) < 0) {
        capture_close(c);
        return NULL;
    }
    return c;
}

/* ---- frames ---- */

/* Nanoseconds since 1970. Times a file makes up may wrap. */
static int64_t frame_time(const capture *c, const struct pcap_pkthdr *header)
{
    return (int64_t)((uint64_t)header->ts.tv_sec * 1000000000u +
                     (uint64_t)header->ts.tv_usec * c->tick);
}

/* As pcap_next_ex; what a live capture has for the moment is used up before it waits. */
static int next_frame(capture *c, struct pcap_pkthdr **header, const u_char **data)
{
    int result;

    while ((result = pcap_next_ex(c->pcap, header, data)) == 0) {
        if (!capture_await(c))
            return PCAP_ERROR_BREAK;
    }
    return result;
}

static void count_dropped(capture *c)
{
    struct pcap_stat stat;

    if (c->is_live && pcap_stats(c->pcap, &stat) == 0)
        c->counts.dropped = stat.ps_drop;
}

int capture_next(capture *c, segment *out, char why[CAPTURE_WHY_SIZE])
{
    struct pcap_pkthdr *header;
    const u_char *data;
    int result;

    while (!interrupt_came() && (result = next_frame(c, &header, &data)) == 1) {
        c->counts.frames++;
        switch (frame_parse(c->link, data, header->caplen, header->len, out)) {
        case FRAME_TCP:
            out->time = frame_time(c, header);
            c->counts.shortened += out->cut > 0;
            return 1;
        case FRAME_FRAGMENT:
            c->counts.fragments++;
            break;
        case FRAME_CUT:
            c->counts.cut++;
            break;
        case FRAME_DAMAGED:
            c->counts.damaged++;
            break;
        case FRAME_OTHER:
            break;
        }
    }
    count_dropped(c);
    if (interrupt_came() || result == PCAP_ERROR_BREAK)
        return 0;
    snprintf(why, CAPTURE_WHY_SIZE, "%s", pcap_geterr(c->pcap));
    return -1;
}

int capture_descriptor(const capture *c)
{
    return c->is_live ? -1 : c->fd;
}

const capture_counts *capture_seen(const capture *c)
{
    return &c->counts;
}

void capture_close(capture *c)
{
    if (c->pcap != NULL)
        pcap_close(c->pcap);
    free(c);
}
