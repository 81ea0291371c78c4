/* SPDX-License-Identifier: ISC */
/* Follow Sidewire Stream: commands, what is sent and what comes back, in clear. */
#include "follow.h"

#include <epan/addr_resolv.h>
#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/follow.h>
#include <epan/tap.h>
#include <epan/to_str.h>
#include <ws_version.h>

#include "view.h"

static char *stream_filter(guint stream)
{
    return g_strdup_printf("tcp.stream eq %u", stream);
}

/* NULL: the packet is of no session. */
static char *filter_of_packet(epan_dissect_t *edt, packet_info *pinfo, guint *stream, guint *sub_stream)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    const struct tcp_analysis *tcp;

    (void)edt;
    if (conversation == NULL || !proto_is_frame_protocol(pinfo->layers, "sidewire"))
        return NULL;
    tcp = get_tcp_conversation_data(conversation, pinfo);
    if (tcp == NULL)
        return NULL;
    *stream = tcp->stream;
    *sub_stream = 0;
    return stream_filter(tcp->stream);
}

static char *filter_of_index(guint stream, guint sub_stream)
{
    (void)sub_stream;
    return stream_filter(stream);
}

static char *filter_of_addresses(address *from, address *to, int from_port, int to_port)
{
    const char *ip = from->type == AT_IPv6 ? "ipv6" : "ip";
    char *one = address_to_str(NULL, from), *other = address_to_str(NULL, to);
    char *filter = g_strdup_printf("%s.addr eq %s and %s.addr eq %s and tcp.port eq %d and tcp.port eq %d", ip,
                                   one, ip, other, from_port, to_port);

    wmem_free(NULL, one);
    wmem_free(NULL, other);
    return filter;
}

/* ---- records ---- */

static void note_ends(follow_info_t *info, const view *v)
{
    const packet_info *pinfo = v->pinfo;
    int by_client = v->finding->side == SW_FROM_CLIENT;

    if (info->client_port != 0)
        return;
    info->client_port = by_client ? pinfo->srcport : pinfo->destport;
    info->server_port = by_client ? pinfo->destport : pinfo->srcport;
    copy_address(&info->client_ip, by_client ? &pinfo->src : &pinfo->dst);
    copy_address(&info->server_ip, by_client ? &pinfo->dst : &pinfo->src);
}

static void add(follow_info_t *info, const view *v, const item *it, const void *data, size_t len)
{
    follow_record_t *out = g_new0(follow_record_t, 1);

    out->is_server = it->side == SW_FROM_SERVER;
    out->packet_num = v->pinfo->num;
    out->abs_ts = v->pinfo->abs_ts;
    out->data = g_byte_array_append(g_byte_array_sized_new((guint)len), data, (guint)len);
    info->bytes_written[out->is_server] += (guint)len;
    info->payload = g_list_prepend(info->payload, out);
}

/* As Wireshark says it of a TCP stream. */
static void add_hole(follow_info_t *info, const view *v, const item *it)
{
    char text[64];
    int len = g_snprintf(text, sizeof(text), "[%" PRIu64 " bytes missing in capture file]", it->size);

    add(info, v, it, text, (size_t)len);
}

static tap_packet_status take(void *tap, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                              tap_flags_t flags)
{
    const view *v = data;

    (void)pinfo;
    (void)edt;
    (void)flags;
    note_ends(tap, v);
    for (const item *it = v->finding->first; it != NULL; it = it->next) {
        if (it->kind == ITEM_LOST)
            add_hole(tap, v, it);
        else if (view_is_content(it) || it->kind == ITEM_COMMAND)
            add(tap, v, it, view_body(v, it), it->len);
    }
    return TAP_PACKET_DONT_REDRAW;
}

void follow_register(int proto, const char *tap)
{
#if WIRESHARK_VERSION_MINOR >= 4 /* with functions that count streams */
    register_follow_stream(proto, tap, filter_of_packet, filter_of_index, filter_of_addresses, tcp_port_to_display,
                           take, NULL, NULL);
#else
    register_follow_stream(proto, tap, filter_of_packet, filter_of_index, filter_of_addresses, tcp_port_to_display,
                           take);
#endif
}
