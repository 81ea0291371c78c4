/* SPDX-License-Identifier: ISC */
/* Greeting and challenge, whatever they are given. */
#include "any.h"

#include <sidewire/keys.h>
#include <sidewire/messages.h>

enum { SIZE = 5000 };

static uint8_t bytes[SIZE];

void prove_greeting(void)
{
    sw_greeting greeting;
    size_t used;

    sw_greeting_init(&greeting);
    sw_greeting_init(NULL);
    /*@ loop unroll 0; */
    while (any_int) {
        any_bytes(bytes, SIZE);
        if (sw_greeting_feed(any_int ? &greeting : NULL, any_int ? bytes : NULL, any_int ? SIZE : any_size(SIZE),
                             any_int ? &used : NULL) != 0)
            sw_greeting_init(&greeting);
    }
}

void prove_challenge(void)
{
    static sw_public_key public_key;
    static sw_private_key private_key;
    static uint8_t block[SW_RSA_MAX_SIZE];
    sw_rsa_public public_view;
    sw_rsa_private private_view;
    sw_secrets secrets;
    sw_error error;

    public_key.n_size = Frama_C_unsigned_short_interval(1, SW_RSA_MAX_SIZE);
    public_key.e_size = Frama_C_unsigned_short_interval(1, 8);
    private_key.n_size = Frama_C_unsigned_short_interval(1, SW_RSA_MAX_SIZE);
    public_view = sw_public_key_view(&public_key);
    private_view = sw_private_key_view(&private_key);
    any_bytes(block, sizeof(block));
    sw_challenge_create(any_int ? &secrets : NULL, any_int ? &any_crypto : NULL, any_int ? &public_view : NULL,
                        any_unsigned, any_int ? block : NULL);
    sw_challenge_open(any_int ? &secrets : NULL, any_int ? &any_crypto : NULL, any_int ? &private_view : NULL,
                      any_unsigned, any_int ? block : NULL, any_size(SW_RSA_MAX_SIZE), any_int ? &error : NULL);
    sw_secrets_wipe(NULL);
}
