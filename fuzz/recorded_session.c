#include "recorded_session.h"

#include <string.h>

#include "check.h"
#include "chosen_pair.h"

static void set_choices(session_choices *c, unsigned features)
{
    memset(c, 0, sizeof(*c));
    c->client_policy = c->server_policy = (uint8_t)(features | POLICY_LEGACY | POLICY_RC4);
    c->flags = features != 0 ? SESSION_UPLOAD : 0;
    c->client_tx = c->server_tx = 224; /* each reply is one packet */
    c->argc = 3;
    choices_set_number(c->arg_len, 20);
    choices_set_number(c->upload_len, 400);
    c->replies[0][0] = 1;
    choices_set_number(c->replies[0] + 1, 1500);
}

static void find_parts(recorded_session *r)
{
    const trace *server = &r->sent[RECORDED_SERVER];
    char list[SW_FEATURES_TEXT_MAX];
    size_t len = sw_features_format(r->features, list, sizeof(list));
    size_t header = r->features != 0 ? SW_HEADER_SIZE : 0;
    unsigned lines = r->features != 0 ? 2 : 1;

    while (lines > 0)
        lines -= server->data[r->opening[RECORDED_SERVER]++] == '\n';
    r->opening[RECORDED_CLIENT] = strlen("auth rsa " PAIR_USER) + (len > 0) + len;
    r->proof[RECORDED_SERVER] = r->opening[RECORDED_SERVER] + header + r->key.n_size;
    r->proof[RECORDED_CLIENT] = r->opening[RECORDED_CLIENT] + header +
                                sw_features_response_size(r->features);
    check(r->proof[RECORDED_SERVER] < server->len, "the server went on behind the challenge");
    check(r->proof[RECORDED_CLIENT] < r->sent[RECORDED_CLIENT].len,
          "the client went on behind the response");
}

const recorded_session *recorded_session_get(unsigned which)
{
    static const unsigned features[RECORDED_SESSIONS] = { 0, 1, 3, 7 };
    static recorded_session sessions[RECORDED_SESSIONS];
    static chosen_pair pair;
    recorded_session *r = &sessions[which];
    session_choices choices;

    if (r->ready)
        return r;
    r->ready = 1;
    r->features = features[which];
    set_choices(&choices, r->features);
    chosen_pair_init(&pair, (const uint8_t *)&choices, sizeof(choices), 0);
    check(chosen_pair_started(&pair), "the session's policies are good");
    chosen_pair_run(&pair);
    trace_add(&r->sent[RECORDED_CLIENT], pair.client.sent.data, pair.client.sent.len);
    trace_add(&r->sent[RECORDED_SERVER], pair.server.sent.data, pair.server.sent.len);
    r->key = pair.private_key;
    chosen_pair_free(&pair);
    find_parts(r);
    return r;
}
