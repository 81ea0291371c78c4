/* Packets from a network interface. */
#include "capture_internal.h"

#include "watch/allocate.h"

#include <string.h>

enum {
    SNAPLEN = 262144,           /* more than any interface hands on in one piece */
    KERNEL_BUFFER = 16 << 20,
    TIMEOUT = 100               /* milliseconds, where immediate mode is not known */
};

/* The system's `tcp` knows neither tags nor IPv6 extension headers; frames with these are all
 * taken, and judged by frame_parse. Only some link types have tags. */
static const char *const filters[] = {
    "tcp or (ip6 and not (udp or icmp6)) or vlan",
    "tcp or (ip6 and not (udp or icmp6))",
    "tcp"
};

static int set_filter(capture *c, char why[CAPTURE_WHY_SIZE])
{
    struct bpf_program program;
    int result = -1;

    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]) && result < 0; i++) {
        if (pcap_compile(c->pcap, &program, filters[i], 1, PCAP_NETMASK_UNKNOWN) < 0)
            continue;
        result = pcap_setfilter(c->pcap, &program);
        pcap_freecode(&program);
    }
    if (result < 0)
        snprintf(why, CAPTURE_WHY_SIZE, "%s", pcap_geterr(c->pcap));
    return result;
}

static int activate(capture *c, char why[CAPTURE_WHY_SIZE])
{
    const char *detail;
    int result;

    pcap_set_snaplen(c->pcap, SNAPLEN);
    pcap_set_promisc(c->pcap, 1);
    pcap_set_timeout(c->pcap, TIMEOUT);
    pcap_set_immediate_mode(c->pcap, 1);
    pcap_set_buffer_size(c->pcap, KERNEL_BUFFER);
    pcap_set_tstamp_precision(c->pcap, PCAP_TSTAMP_PRECISION_NANO);
    result = pcap_activate(c->pcap);
    if (result >= 0)
        return 0;
    detail = pcap_geterr(c->pcap);
    snprintf(why, CAPTURE_WHY_SIZE, "%s%s%s", pcap_statustostr(result),
             detail[0] != '\0' ? ": " : "", detail);
    return -1;
}

static int open_live(capture *c, char why[CAPTURE_WHY_SIZE])
{
    char pcap_why[PCAP_ERRBUF_SIZE] = "";

    if (activate(c, why) < 0 || capture_check_link(c, why) < 0 || set_filter(c, why) < 0)
        return -1;
    c->tick = pcap_get_tstamp_precision(c->pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
    c->fd = pcap_get_selectable_fd(c->pcap);
    if (c->fd < 0 || pcap_setnonblock(c->pcap, 1, pcap_why) < 0) {
        snprintf(why, CAPTURE_WHY_SIZE, "it cannot be waited for %s", pcap_why);
        return -1;
    }
    return 0;
}

capture *capture_live(const char *interface, capture_hooks hooks, char why[CAPTURE_WHY_SIZE])
{
    char pcap_why[PCAP_ERRBUF_SIZE] = "";
    capture *c = allocate(sizeof(*c));

    c->hooks = hooks;
    c->frames = frames_new();
    c->is_live = 1;
    c->pcap = pcap_create(interface, pcap_why);
    if (c->pcap == NULL)
        snprintf(why, CAPTURE_WHY_SIZE, "%s", pcap_why);
    if (c->pcap == NULL || open_live(c, why) < 0) {
        capture_close(c);
        return NULL;
    }
    return c;
}
