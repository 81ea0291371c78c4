/* SPDX-License-Identifier: ISC */
/* Greeting, auth request and challenge, whatever they are given. */
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

enum { LIST = 9, PREFIX = 9 /* "auth rsa " */ };

/* A request that ends where its buffer does, is too long, or is not there. */
static void read_request(void)
{
    sw_request request;
    sw_error error;
    size_t len = any_size(PREFIX + 4);

    /*@ split len; */
    if (sw_request_parse(bytes + (SIZE - len), len, &request, any_int ? &error : NULL) == SW_OK) {
        /*@ assert \valid_read(request.user + (0 .. request.user_len - 1)); */
    }
    /*@ merge len; */
    sw_request_parse(bytes, Frama_C_size_t_interval(SW_REQUEST_MAX + 1, SIZE), &request, &error);
    sw_request_parse(NULL, (size_t)any_64, any_int ? &request : NULL, &error);
}

static void read_list(void)
{
    unsigned features;
    sw_error error;
    size_t len = any_size(LIST);

    /*@ split len; */
    sw_features_parse((const char *)bytes + (SIZE - len), len, &features, any_int ? &error : NULL);
    /*@ merge len; */
    sw_features_parse(any_int ? (const char *)bytes : NULL, (size_t)any_64 | 1, NULL, &error);
}

/* All of the output is needed, or there is not enough of it. */
static void write_request(void)
{
    char user[3];
    sw_error error;
    size_t len, cap = any_size(PREFIX + 12);

    any_bytes(user, 2);
    user[2] = '\0';
    /*@ split cap; */
    sw_request_format(user, SW_FEATURE_SIDEBAND, bytes + (SIZE - cap), cap, &len, any_int ? &error : NULL);
    /* no bytes are copied to the end of a buffer, which Frama-C takes for undefined */
    sw_request_format(user, 0, bytes + (SIZE - 1 - cap), cap, &len, any_int ? &error : NULL);
    /*@ merge cap; */
    sw_request_format(user, any_unsigned, bytes, SIZE, &len, &error);
    sw_request_format(any_int ? user : NULL, any_unsigned, NULL, any_size(SIZE), any_int ? &len : NULL, &error);
}

void prove_request(void)
{
    any_bytes(bytes, SIZE);
    switch (any_int) {
    case 0: read_request(); break;
    case 1: read_list(); break;
    case 2: (void)sw_features_cipher(any_unsigned); break;
    case 3: (void)sw_features_response_size(any_unsigned); break;
    default: write_request();
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
