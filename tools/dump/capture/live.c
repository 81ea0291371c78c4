/* SPDX-License-Identifier: ISC */
/* Packets from a network interface, by libpcap. */
#include "capture.h"
#include "source.h"

#include "interrupt.h"
#include "watch/allocate.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum {
    SNAPLEN = 262144,     /* more than any interface hands on in one piece */
    RING = 64 << 20,      /* bytes that the kernel may keep for us, */
    RING_LEAST = 2 << 20, /* or as many as there is memory for */
    TIMEOUT = 100         /* milliseconds until it hands on what there is. Immediate mode would
                                 * be quicker, but then a ring has a slot of SNAPLEN for each packet:
                                 * 256 of them, where blocks hold half a million small ones */
};

/* What may have TCP in it. The system's `tcp` knows neither tags nor IPv6 extension headers nor
 * tunnels; frames with these are all taken, and judged by frames_parse. Only some link types have
 * tags and EtherTypes. */
#define TUNNELS                                                                                                   \
    "ip proto 4 or ip proto 41 or ip proto 47 or ip proto 51 or ip proto 97 or "                                  \
    "ip proto 137 or (udp and (dst port 4789 or dst port 8472 or dst port 4790 or dst port 6081 or "              \
    "dst port 2152 or dst port 1701 or dst port 4341 or dst port 4754 or dst port 6635 or "                       \
    "dst port 3544 or dst port 37008 or ip[6:2] & 0x3fff != 0)) or (ip6 and not (udp or icmp6))"

static const char *const usual_filters[] = {
    "tcp or " TUNNELS " or ether proto 0x8847 or ether proto 0x8864 or ether proto 0x88e7 or vlan",
    "tcp or " TUNNELS, "tcp or (ip6 and not (udp or icmp6))", "tcp"
};

typedef struct live {
    pcap_t *pcap;
    int fd; /* what to wait for */
    const capture_hooks *hooks;
    uint32_t tick; /* nanoseconds that the smaller part of a time counts in */
    uint64_t number;
} live;

/* ---- filters ---- */

static int set_filter(const live *l, const char *text)
{
    struct bpf_program program;
    int result;

    if (pcap_compile(l->pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
        return -1;
    result = pcap_setfilter(l->pcap, &program);
    pcap_freecode(&program);
    return result;
}

/* The user's filter, of what may have TCP in it. */
static int set_filters(const live *l, const char *filter, char why[CAPTURE_WHY_SIZE])
{
    int result = -1;

    for (size_t i = 0; i < sizeof(usual_filters) / sizeof(usual_filters[0]) && result < 0; i++) {
        const char *usual = usual_filters[i];
        size_t size = strlen(usual) + (filter != NULL ? strlen(filter) : 0) + sizeof("() and ()");
        char *both = allocate(size);

        if (filter != NULL)
            snprintf(both, size, "(%s) and (%s)", filter, usual);
        else
            snprintf(both, size, "%s", usual);
        result = set_filter(l, both);
        free(both);
    }
    if (result < 0 && filter != NULL)
        result = set_filter(l, filter);
    if (result < 0)
        snprintf(why, CAPTURE_WHY_SIZE, "filter: %s", pcap_geterr(l->pcap));
    return result;
}

/* ---- packets ---- */

static int live_next(void *self, frame *out, char why[CAPTURE_WHY_SIZE])
{
    live *l = self;
    struct pcap_pkthdr *header;
    int result;

    /* what there is for the moment is used up before it waits */
    while ((result = pcap_next_ex(l->pcap, &header, &out->data)) == 0)
        if (!capture_await(l->hooks, l->fd))
            return 0;
    if (result == PCAP_ERROR_BREAK)
        return 0;
    if (result != 1) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", pcap_geterr(l->pcap));
        return -1;
    }
    out->time = (int64_t)((uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec * l->tick);
    out->captured = header->caplen;
    out->length = header->len;
    out->link = (unsigned)pcap_datalink(l->pcap);
    out->number = ++l->number;
    return 1;
}

static uint64_t live_dropped(void *self)
{
    struct pcap_stat stat;

    return pcap_stats(((live *)self)->pcap, &stat) == 0 ? stat.ps_drop : 0;
}

static int live_descriptor(const void *self)
{
    (void)self;
    return -1;
}

static void live_close(void *self)
{
    live *l = self;

    if (l->pcap != NULL)
        pcap_close(l->pcap);
    free(l);
}

/* ---- which there are ---- */

int capture_list_interfaces(char why[CAPTURE_WHY_SIZE])
{
    char pcap_why[PCAP_ERRBUF_SIZE] = "";
    pcap_if_t *all;

    if (pcap_findalldevs(&all, pcap_why) < 0) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", pcap_why);
        return -1;
    }
    for (const pcap_if_t *one = all; one != NULL; one = one->next)
        printf("%s%s%s%s%s\n", one->name, one->description != NULL ? " (" : "",
               one->description != NULL ? one->description : "", one->description != NULL ? ")" : "",
               one->flags & PCAP_IF_UP ? " [up]" : "");
    pcap_freealldevs(all);
    return 0;
}

/* ---- opening ---- */

static int activate(live *l, const char *interface, int ring, char why[CAPTURE_WHY_SIZE])
{
    char pcap_why[PCAP_ERRBUF_SIZE] = "";
    const char *detail;
    int result;

    l->pcap = pcap_create(interface, pcap_why);
    if (l->pcap == NULL) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", pcap_why);
        return -1;
    }
    pcap_set_snaplen(l->pcap, SNAPLEN);
    pcap_set_promisc(l->pcap, 1);
    pcap_set_timeout(l->pcap, TIMEOUT);
    pcap_set_buffer_size(l->pcap, ring);
    pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO);
    result = pcap_activate(l->pcap);
    if (result >= 0)
        return 0;
    detail = pcap_geterr(l->pcap);
    snprintf(why, CAPTURE_WHY_SIZE, "%s%s%s", pcap_statustostr(result), detail[0] != '\0' ? ": " : "", detail);
    pcap_close(l->pcap);
    l->pcap = NULL;
    return result == PCAP_ERROR && ring > RING_LEAST ? activate(l, interface, ring / 2, why) : -1;
}

static int check_link(const live *l, char why[CAPTURE_WHY_SIZE])
{
    int link = pcap_datalink(l->pcap);

    if (frame_link_name((unsigned)link) != NULL)
        return 0;
    snprintf(why, CAPTURE_WHY_SIZE, "link type %d is not supported", link);
    return -1;
}

int source_live(source *out, const char *interface, const char *filter, const capture_hooks *hooks,
                char why[CAPTURE_WHY_SIZE])
{
    char pcap_why[PCAP_ERRBUF_SIZE] = "";
    live *l = allocate(sizeof(*l));

    l->hooks = hooks;
    if (activate(l, interface, RING, why) == 0 && check_link(l, why) == 0 && set_filters(l, filter, why) == 0) {
        l->tick = pcap_get_tstamp_precision(l->pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
        l->fd = pcap_get_selectable_fd(l->pcap);
        if (l->fd >= 0 && pcap_setnonblock(l->pcap, 1, pcap_why) == 0) {
            *out = (source){ l, live_next, live_dropped, live_descriptor, live_close };
            return 0;
        }
        snprintf(why, CAPTURE_WHY_SIZE, "it cannot be waited for %s", pcap_why);
    }
    live_close(l);
    return -1;
}
