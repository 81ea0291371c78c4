/* Opening sessions: by a private key that fits the challenge, or by the key log. */
#include "observer_internal.h"

static int keys_known(const observer *o)
{
    return o->info.challenge == CHALLENGE_OPENED || o->info.challenge == CHALLENGE_KEYLOG;
}

int open_challenge(observer *o, const buffer *block)
{
    const keyring *ring = o->setup->keys;

    for (size_t i = 0; i < ring->count && !keys_known(o); i++) {
        sw_rsa_private key = keyring_view(&ring->keys[i]);

        if (sw_challenge_open(&o->challenge, o->setup->crypto, &key, o->info.features, block->data,
                              block->len, NULL) == SW_OK) {
            o->info.challenge = CHALLENGE_OPENED;
            o->info.key = ring->keys[i].name;
            return 1;
        }
    }
    return 0;
}

size_t next_key_size(const observer *o, size_t have)
{
    const keyring *ring = o->setup->keys;
    size_t next = SW_RSA_MAX_SIZE;

    for (size_t i = 0; i < ring->count; i++)
        if (ring->keys[i].key.n_size > have && ring->keys[i].key.n_size < next)
            next = ring->keys[i].key.n_size;
    return next;
}

void begin_encryption(observer *o, from who)
{
    side *s = &o->sides[who];
    sw_error error = { SW_OK, 0, 0 };

    s->state = SIDE_SEALED;
    if (!keys_known(o)) {
        if (who == FROM_SERVER && o->setup->log != NULL && has_to_wait(o, who))
            wait_begin(o, who); /* for the response, by which the key log is searched */
        return;
    }
    error.code = sw_cipher_init(&s->cipher, sw_features_cipher(o->info.features),
                                o->setup->crypto,
                                who == FROM_CLIENT ? o->challenge.client_key
                                                   : o->challenge.server_key);
    if (error.code < 0) {
        side_break(o, who, error);
    } else if (o->info.features & SW_FEATURE_SIDEBAND) {
        sw_decoder_set_limit(&s->decoder, UINT32_MAX);
        s->state = SIDE_PACKETS;
    } else {
        s->state = SIDE_TEXT;
    }
}

void open_by_response(observer *o, const buffer *response)
{
    keylog_reader *log = o->setup->log;

    if (keys_known(o) || log == NULL ||
        !keylog_find(log, response->data, response->len, &o->challenge))
        return;
    o->info.challenge = CHALLENGE_KEYLOG;
    o->info.key = keylog_name(log);
}
