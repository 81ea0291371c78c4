/* SPDX-License-Identifier: ISC */
#include "noise_fixture.h"

#include "suite.h"

#include <string.h>

void noise_pair_start(noise_pair *p)
{
    memset(p, 0, sizeof(*p));
    for (int i = 0; i < 2; i++)
        fake_crypto_init(&p->fakes[i], 5u + (unsigned)i);
    memset(p->own_static.secret, 9, sizeof(p->own_static.secret));
    p->fakes[1].table.x25519_public(&p->fakes[1], p->own_static.public_half, p->own_static.secret);
}

int noise_pair_begin(noise_pair *p)
{
    int result = sw_noise_initiator(&p->initiator, &p->fakes[0].table, SW_SUITE_AESGCM);

    if (result == SW_OK)
        result = sw_noise_prologue(&p->initiator, (const uint8_t *)"hello", 5);
    return result;
}

int noise_pair_begin_responder(noise_pair *p)
{
    int result = sw_noise_responder(&p->responder, &p->fakes[1].table, SW_SUITE_AESGCM, &p->own_static);

    if (result == SW_OK)
        result = sw_noise_prologue(&p->responder, (const uint8_t *)"hello", 5);
    return result;
}

int noise_pair_send(noise_pair *p)
{
    size_t written;

    return sw_noise_write(&p->initiator, (const uint8_t *)"payload", NOISE_PAYLOAD, p->first, sizeof(p->first),
                          &written);
}

int noise_pair_answer(noise_pair *p)
{
    uint8_t *payload;
    size_t len;
    int result = sw_noise_read(&p->responder, p->first, sizeof(p->first), &payload, &len);

    return result != SW_OK ? result
                           : sw_noise_write(&p->responder, payload, len, p->second, sizeof(p->second), &len);
}

int noise_pair_receive(noise_pair *p)
{
    uint8_t *payload;
    size_t len;
    int result = sw_noise_read(&p->initiator, p->second, sizeof(p->second), &payload, &len);

    if (result != SW_OK) {
        ck_assert_ptr_null(payload);
        ck_assert_uint_eq(len, 0);
        return result;
    }
    ck_assert_mem_eq(payload, "payload", NOISE_PAYLOAD);
    return sw_noise_split(&p->initiator, p->keys[0], p->keys[1]);
}

int noise_pair_run(noise_pair *p)
{
    int result = noise_pair_begin(p);

    if (result == SW_OK)
        result = noise_pair_begin_responder(p);
    if (result == SW_OK)
        result = noise_pair_send(p);
    if (result == SW_OK)
        result = noise_pair_answer(p);
    if (result == SW_OK)
        result = noise_pair_receive(p);
    return result == SW_OK ? sw_noise_split(&p->responder, p->keys[0], p->keys[1]) : result;
}

void noise_check_forgotten(const sw_noise *noise)
{
    static const sw_noise zero;

    ck_assert_mem_eq(&noise->ephemeral, &zero.ephemeral, sizeof(noise->ephemeral));
    ck_assert_mem_eq(noise->chaining_key, zero.chaining_key, sizeof(noise->chaining_key));
    ck_assert_mem_eq(&noise->u, &zero.u, sizeof(noise->u));
    ck_assert_ptr_null(noise->own_static);
}
