/* SPDX-License-Identifier: ISC */
#include "dissector.h"

#include "fields.h"
#include "follow.h"
#include "objects.h"
#include "release.h"
#include "secrets.h"
#include "session.h"
#include "show.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/tap.h>

static int proto = -1;
static int follow_tap, objects_tap;
static dissector_handle_t handle;

/* A connection and its ends: 0 is the one that was seen to send first. */
typedef struct connection {
    session *session;
    address first;
    guint32 first_port;
} connection;

/* ---- sessions ---- */

static connection *connection_of(packet_info *pinfo)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    return conversation != NULL ? conversation_get_proto_data(conversation, proto) : NULL;
}

/* The frame is the first one of a session. */
static connection *connection_new(packet_info *pinfo, const struct tcpinfo *tcp)
{
    connection *c = wmem_new0(wmem_file_scope(), connection);

    secrets_use_capture(pinfo->epan);
    c->session = session_new();
    copy_address_wmem(wmem_file_scope(), &c->first, &pinfo->src);
    c->first_port = pinfo->srcport;
    session_starts_at(c->session, 0, tcp->seq);
    if (tcp->flags & TH_ACK) /* by the other, who has not said anything yet */
        session_starts_at(c->session, 1, tcp->lastackseq);
    conversation_add_proto_data(find_or_create_conversation(pinfo), proto, c);
    return c;
}

static unsigned sender(const connection *c, const packet_info *pinfo)
{
    return pinfo->srcport != c->first_port || !addresses_equal(&pinfo->src, &c->first);
}

/* ---- records ---- */

/* A frame may have several segments in it, in tunnels; each is of another layer. */
static finding *finding_of(packet_info *pinfo)
{
    return p_get_proto_data(wmem_file_scope(), pinfo, proto, pinfo->curr_layer_num);
}

static finding *take(tvbuff_t *tvb, packet_info *pinfo, const struct tcpinfo *tcp, connection *c)
{
    guint len = tvb_captured_length(tvb);
    payload in = { .frame = pinfo->num,
                   .time = pinfo->abs_ts,
                   .seq = tcp->seq,
                   .len = len,
                   .cut = tvb_reported_length(tvb) - len };
    finding *r;

    in.data = tvb_get_ptr(tvb, 0, (gint)len);
    r = session_take(c->session, sender(c, pinfo), &in);
    p_add_proto_data(wmem_file_scope(), pinfo, proto, pinfo->curr_layer_num, r);
    return r;
}

/* ---- dissection ---- */

static void show(const finding *r, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const view *v = show_finding(r, proto, tvb, pinfo, tree);

    tap_queue_packet(follow_tap, pinfo, v);
    tap_queue_packet(objects_tap, pinfo, v);
}

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct tcpinfo *tcp = data;
    connection *c;
    finding *r;

    if (tcp == NULL)
        return 0;
    r = finding_of(pinfo);
    if (r == NULL && !pinfo->fd->visited) {
        c = connection_of(pinfo);
        if (c == NULL) /* by Decode As */
            c = connection_new(pinfo, tcp);
        r = take(tvb, pinfo, tcp, c);
    }
    if (r != NULL)
        show(r, tvb, pinfo, tree);
    return (int)tvb_captured_length(tvb);
}

/* A whole greeting and nothing else, or what only a greeting begins with; or a request; or a message of the proof, for which there
 * are keys: its header alone says too little. */
static int begins_session(const guint8 *bytes, guint len)
{
    sw_greeting greeting;
    size_t used;

    if (sw_observer_is_request(bytes, len) > 0 || secrets_know_proof(bytes, len))
        return 1;
    if (sw_observer_is_greeting(bytes, len) <= 0)
        return 0;
    sw_greeting_init(&greeting);
    return sw_greeting_feed(&greeting, bytes, len, &used) == 0 || used == len;
}

/* Only what begins as a session does, and then all of the connection. */
static release_bool dissect_if_session(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct tcpinfo *tcp = data;
    guint len = tvb_captured_length(tvb);

    if (tcp == NULL || !begins_session(tvb_get_ptr(tvb, 0, (gint)len), len))
        return FALSE;
    if (!pinfo->fd->visited && connection_of(pinfo) == NULL) {
        connection_new(pinfo, tcp);
        conversation_set_dissector_from_frame_number(find_or_create_conversation(pinfo), pinfo->num, handle);
    }
    dissect(tvb, pinfo, tree, data);
    return TRUE;
}

/* ---- registration ---- */

void dissector_register(void)
{
    proto = proto_register_protocol("Sidewire", "Sidewire", "sidewire");
    fields_register(proto);
    secrets_register(prefs_register_protocol(proto, NULL));
    register_init_routine(sessions_reset);
    follow_tap = register_tap("sidewire_follow");
    follow_register(proto, "sidewire_follow");
    objects_tap = objects_register(proto);
}

void dissector_handoff(void)
{
    handle = create_dissector_handle(dissect, proto);
    heur_dissector_add("tcp", dissect_if_session, "Sidewire over TCP", "sidewire_tcp", proto, HEURISTIC_ENABLE);
    dissector_add_for_decode_as_with_preference("tcp.port", handle);
}
