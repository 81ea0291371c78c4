#include "dissector.h"

#include "fields.h"
#include "secrets.h"
#include "session.h"
#include "show.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>

static int proto = -1;
static dissector_handle_t handle;

/* Who is who in a conversation. */
typedef struct connection {
    session *session;
    address server;
    guint32 server_port;
} connection;

/* ---- sessions ---- */

static connection *connection_of(packet_info *pinfo)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    return conversation != NULL ? conversation_get_proto_data(conversation, proto) : NULL;
}

/* The frame is the first one of a session. */
static connection *connection_new(packet_info *pinfo, const struct tcpinfo *tcp, from who)
{
    connection *c = wmem_new0(wmem_file_scope(), connection);

    c->session = session_new();
    copy_address_wmem(wmem_file_scope(), &c->server, who == FROM_SERVER ? &pinfo->src
                                                                        : &pinfo->dst);
    c->server_port = who == FROM_SERVER ? pinfo->srcport : pinfo->destport;
    session_starts_at(c->session, who, tcp->seq);
    if (who == FROM_SERVER && tcp->flags & TH_ACK) /* who has not said anything yet */
        session_starts_at(c->session, FROM_CLIENT, tcp->lastackseq);
    conversation_add_proto_data(find_or_create_conversation(pinfo), proto, c);
    return c;
}

static from sender(const connection *c, const packet_info *pinfo)
{
    return pinfo->srcport == c->server_port && addresses_equal(&pinfo->src, &c->server)
               ? FROM_SERVER : FROM_CLIENT;
}

/* ---- records ---- */

/* A frame may have several segments in it, in tunnels; each is of another layer. */
static record *record_of(packet_info *pinfo)
{
    return p_get_proto_data(wmem_file_scope(), pinfo, proto, pinfo->curr_layer_num);
}

static record *take(tvbuff_t *tvb, packet_info *pinfo, const struct tcpinfo *tcp, connection *c)
{
    guint len = tvb_captured_length(tvb);
    payload in = { .frame = pinfo->num, .seq = tcp->seq, .len = len,
                   .cut = tvb_reported_length(tvb) - len };
    record *r;

    in.data = tvb_get_ptr(tvb, 0, (gint)len);
    r = session_take(c->session, sender(c, pinfo), &in);
    p_add_proto_data(wmem_file_scope(), pinfo, proto, pinfo->curr_layer_num, r);
    return r;
}

/* ---- dissection ---- */

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct tcpinfo *tcp = data;
    connection *c;
    record *r;

    if (tcp == NULL)
        return 0;
    r = record_of(pinfo);
    if (r == NULL && !pinfo->fd->visited) {
        c = connection_of(pinfo);
        if (c == NULL) { /* by Decode As */
            guint len = tvb_captured_length(tvb);
            from who = is_request(tvb_get_ptr(tvb, 0, (gint)len), len) ||
                               pinfo->match_uint == pinfo->destport
                           ? FROM_CLIENT : FROM_SERVER;

            c = connection_new(pinfo, tcp, who);
        }
        r = take(tvb, pinfo, tcp, c);
    }
    if (r != NULL)
        show_record(r, proto, tvb, pinfo, tree);
    return (int)tvb_captured_length(tvb);
}

/* Only what begins as a session does, and then all of the connection. */
static gboolean dissect_if_session(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct tcpinfo *tcp = data;
    guint len = tvb_captured_length(tvb);
    const guint8 *bytes = tvb_get_ptr(tvb, 0, (gint)len);
    int from_server = is_greeting(bytes, len);

    if (tcp == NULL || (!from_server && !is_request(bytes, len)))
        return FALSE;
    if (!pinfo->fd->visited && connection_of(pinfo) == NULL) {
        connection_new(pinfo, tcp, from_server ? FROM_SERVER : FROM_CLIENT);
        conversation_set_dissector_from_frame_number(find_or_create_conversation(pinfo),
                                                     pinfo->num, handle);
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
}

void dissector_handoff(void)
{
    handle = create_dissector_handle(dissect, proto);
    heur_dissector_add("tcp", dissect_if_session, "Sidewire over TCP", "sidewire_tcp", proto,
                       HEURISTIC_ENABLE);
    dissector_add_for_decode_as_with_preference("tcp.port", handle);
}
