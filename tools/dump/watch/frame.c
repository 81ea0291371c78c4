#include "frame.h"

#include <pcap/dlt.h>
#include <string.h>

/* More than any network card or loopback hands on in one piece. */
enum { FRAME_LENGTH_MAX = 1 << 20 };

/* What is left of a frame behind the headers already read. */
typedef struct view {
    const uint8_t *data;
    size_t captured, length;    /* captured <= length, once a header was checked */
} view;

static uint16_t read16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t read32(const uint8_t *p)
{
    return (uint32_t)read16(p) << 16 | read16(p + 2);
}

static void skip(view *v, size_t n)
{
    v->data += n;
    v->captured -= n;
    v->length -= n;
}

/* Drops what is behind the first `length` bytes: padding of the layer below. */
static void shorten(view *v, size_t length)
{
    v->length = length;
    if (v->captured > length)
        v->captured = length;
}

/* Why a header of n bytes cannot be read, or FRAME_TCP if it can. */
static frame_result need(const view *v, size_t n)
{
    if (v->captured >= n)
        return FRAME_TCP;
    return v->length >= n ? FRAME_CUT : FRAME_DAMAGED;
}

/* ---- TCP ---- */

enum { IP_TCP = 6, TCP_HEADER = 20 };

/* The window scale among the options of a SYN [RFC 7323, section 2.2]. */
static uint8_t find_scale(const uint8_t *options, size_t len)
{
    enum { END = 0, NOTHING = 1, SCALE = 3, SCALE_SIZE = 3 };
    size_t at = 0;

    while (at < len && options[at] != END) {
        if (options[at] == NOTHING) {
            at++;
            continue;
        }
        if (len - at < 2 || options[at + 1] < 2 || options[at + 1] > len - at)
            break;
        if (options[at] == SCALE && options[at + 1] == SCALE_SIZE)
            return options[at + 2] < TCP_SCALE_MAX ? options[at + 2] : TCP_SCALE_MAX;
        at += options[at + 1];
    }
    return TCP_NO_SCALE;
}

static frame_result parse_tcp(view v, segment *out)
{
    frame_result result = need(&v, TCP_HEADER);
    size_t header;

    if (result != FRAME_TCP)
        return result;
    out->from.port = read16(v.data);
    out->to.port = read16(v.data + 2);
    out->seq = read32(v.data + 4);
    out->ack = read32(v.data + 8);
    out->flags = v.data[13];
    out->window = read16(v.data + 14);
    out->scale = TCP_NO_SCALE;
    header = (size_t)(v.data[12] >> 4) * 4;
    if (header < TCP_HEADER || header > v.length)
        return FRAME_DAMAGED;
    if (header > v.captured) { /* options cut: how much payload there was is still known */
        out->data = v.data + v.captured;
        out->len = 0;
    } else {
        out->data = v.data + header;
        out->len = (uint32_t)(v.captured - header);
        if (out->flags & TCP_SYN)
            out->scale = find_scale(v.data + TCP_HEADER, header - TCP_HEADER);
    }
    out->cut = (uint32_t)(v.length - header) - out->len;
    return FRAME_TCP;
}

/* ---- IP ---- */

static void set_addresses(segment *out, uint8_t family, const uint8_t *from, const uint8_t *to)
{
    size_t n = family == 4 ? 4 : 16;

    memset(&out->from, 0, sizeof(out->from));
    memset(&out->to, 0, sizeof(out->to));
    out->from.family = out->to.family = family;
    memcpy(out->from.ip, from, n);
    memcpy(out->to.ip, to, n);
}

static frame_result parse_ipv4(view v, segment *out)
{
    frame_result result = need(&v, 20);
    size_t header, total;

    if (result != FRAME_TCP)
        return result;
    if (v.data[0] >> 4 != 4)
        return FRAME_DAMAGED;
    header = (size_t)(v.data[0] & 15) * 4;
    total = read16(v.data + 2);
    if (total == 0) /* left to the network card, which cuts a large send into packets */
        total = v.length;
    if (header < 20 || total < header || total > v.length)
        return FRAME_DAMAGED;
    if (v.data[9] != IP_TCP)
        return FRAME_OTHER;
    if (read16(v.data + 6) & 0x3fff) /* more fragments, or an offset */
        return FRAME_FRAGMENT;
    if (header > v.captured)
        return FRAME_CUT;
    set_addresses(out, 4, v.data + 12, v.data + 16);
    shorten(&v, total);
    skip(&v, header);
    return parse_tcp(v, out);
}

enum { IP6_HOP_BY_HOP = 0, IP6_ROUTING = 43, IP6_FRAGMENT = 44, IP6_AUTHENTICATION = 51,
       IP6_OPTIONS = 60, IP6_MOBILITY = 135, IP6_HOST_IDENTITY = 139, IP6_SHIM6 = 140 };

static int is_extension(uint8_t next)
{
    switch (next) {
    case IP6_HOP_BY_HOP:
    case IP6_ROUTING:
    case IP6_FRAGMENT:
    case IP6_AUTHENTICATION:
    case IP6_OPTIONS:
    case IP6_MOBILITY:
    case IP6_HOST_IDENTITY:
    case IP6_SHIM6:
        return 1;
    default:
        return 0;
    }
}

/* Steps over the extension headers up to the TCP header. Each step takes 8 bytes or more. */
static frame_result skip_extensions(view *v, uint8_t next)
{
    while (next != IP_TCP) {
        frame_result result = need(v, 8);
        size_t header;

        if (!is_extension(next))
            return FRAME_OTHER;
        if (result != FRAME_TCP)
            return result;
        if (next == IP6_FRAGMENT && read16(v->data + 2) & 0xfff9) /* an offset, or more to come */
            return v->data[0] == IP_TCP ? FRAME_FRAGMENT : FRAME_OTHER;
        if (next == IP6_FRAGMENT)
            header = 8;
        else if (next == IP6_AUTHENTICATION)
            header = ((size_t)v->data[1] + 2) * 4;
        else
            header = ((size_t)v->data[1] + 1) * 8;
        next = v->data[0];
        result = need(v, header);
        if (result != FRAME_TCP)
            return result;
        skip(v, header);
    }
    return FRAME_TCP;
}

static frame_result parse_ipv6(view v, segment *out)
{
    frame_result result = need(&v, 40);
    size_t payload;
    uint8_t next;

    if (result != FRAME_TCP)
        return result;
    if (v.data[0] >> 4 != 6)
        return FRAME_DAMAGED;
    payload = read16(v.data + 4);
    next = v.data[6];
    set_addresses(out, 6, v.data + 8, v.data + 24);
    skip(&v, 40);
    if (payload > v.length)
        return FRAME_DAMAGED;
    if (payload > 0) /* 0: larger than the field can tell */
        shorten(&v, payload);
    result = skip_extensions(&v, next);
    return result == FRAME_TCP ? parse_tcp(v, out) : result;
}

static frame_result parse_ip(view v, segment *out)
{
    frame_result result = need(&v, 1);

    if (result != FRAME_TCP)
        return result;
    return v.data[0] >> 4 == 6 ? parse_ipv6(v, out) : parse_ipv4(v, out);
}

/* ---- link layers ---- */

enum { ETHER_IPV4 = 0x0800, ETHER_IPV6 = 0x86dd, ETHER_VLAN = 0x8100, ETHER_SERVICE_VLAN = 0x88a8,
       ETHER_OLD_VLAN = 0x9100 };

/* v begins behind an EtherType. */
static frame_result parse_ethertype(view v, uint16_t type, segment *out)
{
    while (type == ETHER_VLAN || type == ETHER_SERVICE_VLAN || type == ETHER_OLD_VLAN) {
        frame_result result = need(&v, 4);

        if (result != FRAME_TCP)
            return result;
        type = read16(v.data + 2);
        skip(&v, 4);
    }
    if (type == ETHER_IPV4)
        return parse_ipv4(v, out);
    return type == ETHER_IPV6 ? parse_ipv6(v, out) : FRAME_OTHER;
}

/* A link header of `header` bytes with the EtherType at type_at. */
static frame_result parse_typed(view v, size_t header, size_t type_at, segment *out)
{
    frame_result result = need(&v, header);
    uint16_t type;

    if (result != FRAME_TCP)
        return result;
    type = read16(v.data + type_at);
    skip(&v, header);
    return parse_ethertype(v, type, out);
}

/* Four bytes with an address family, in the byte order of whatever machine captured. Only the
 * number for IPv4 is the same everywhere. */
static frame_result parse_null(view v, segment *out)
{
    frame_result result = need(&v, 4);
    uint32_t family;

    if (result != FRAME_TCP)
        return result;
    family = read32(v.data);
    if (family > 0xffff)
        family = (uint32_t)v.data[1] << 8 | v.data[0];
    skip(&v, 4);
    switch (family) {
    case 2:
        return parse_ipv4(v, out);
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* macOS */
        return parse_ipv6(v, out);
    default:
        return FRAME_OTHER;
    }
}

int frame_link_known(int link)
{
    switch (link) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_NULL:
    case DLT_LOOP:
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        return 1;
    default:
        return 0;
    }
}

frame_result frame_parse(int link, const uint8_t *data, size_t captured, size_t length,
                         segment *out)
{
    view v = { data, captured, length < captured ? captured : length };

    if (v.length > FRAME_LENGTH_MAX)
        return FRAME_DAMAGED;
    switch (link) {
    case DLT_EN10MB:
        return parse_typed(v, 14, 12, out);
    case DLT_LINUX_SLL:
        return parse_typed(v, 16, 14, out);
    case DLT_LINUX_SLL2:
        return parse_typed(v, 20, 0, out);
    case DLT_NULL:
    case DLT_LOOP:
        return parse_null(v, out);
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        return parse_ip(v, out);
    default:
        return FRAME_OTHER;
    }
}
