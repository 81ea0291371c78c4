/* mbedTLS backend: one source for 2.28 and 3.x. */
#include <sidewire/mbedtls.h>

#include <mbedtls/aes.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

#include <stdlib.h>

typedef struct backend {
    sw_crypto crypto;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context drbg;
} backend;

typedef struct aes_state {
    mbedtls_aes_context aes;
    size_t offset;                       /* into stream, as mbedTLS keeps it */
    unsigned char counter[SW_AES_BLOCK_SIZE];
    unsigned char stream[SW_AES_BLOCK_SIZE];
} aes_state;

_Static_assert(sizeof(aes_state) <= SW_AES_STATE_SIZE, "AES state must fit its room");

/* ---- randomness and hashes ---- */

static int backend_random(void *ctx, uint8_t *out, size_t size)
{
    backend *b = ctx;

    while (size > 0) { /* CTR_DRBG limits one request */
        size_t n = size < MBEDTLS_CTR_DRBG_MAX_REQUEST ? size : MBEDTLS_CTR_DRBG_MAX_REQUEST;
        if (mbedtls_ctr_drbg_random(&b->drbg, out, n) != 0)
            return -1;
        out += n;
        size -= n;
    }
    return 0;
}

static int backend_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size)
{
    (void)ctx;
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_sha1(in, size, out) == 0 ? 0 : -1;
#else
    return mbedtls_sha1_ret(in, size, out) == 0 ? 0 : -1;
#endif
}

static int backend_sha256(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    (void)ctx;
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_sha256(in, size, out, 0) == 0 ? 0 : -1;
#else
    return mbedtls_sha256_ret(in, size, out, 0) == 0 ? 0 : -1;
#endif
}

/* ---- RSA-OAEP ---- */

/* The table's own random, so that whoever replaces it there decides the seed. */
static int table_random(void *crypto, unsigned char *out, size_t size)
{
    const sw_crypto *c = crypto;

    return c->random(c->ctx, out, size) < 0 ? MBEDTLS_ERR_RSA_RNG_FAILED : 0;
}

/* Blinding needs randomness too, but not from the table: the seed alone is to be drawn there. */
static int own_random(void *crypto, unsigned char *out, size_t size)
{
    const sw_crypto *c = crypto;

    return backend_random(c->ctx, out, size) < 0 ? MBEDTLS_ERR_RSA_RNG_FAILED : 0;
}

static void rsa_start(mbedtls_rsa_context *rsa)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_rsa_init(rsa);
    (void)mbedtls_rsa_set_padding(rsa, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA1);
#else
    mbedtls_rsa_init(rsa, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA1);
#endif
}

static int oaep_encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in,
                        size_t size, uint8_t *out)
{
    mbedtls_rsa_context rsa;
    int result;

    rsa_start(&rsa);
    result = mbedtls_rsa_import_raw(&rsa, key->n, key->n_size, NULL, 0, NULL, 0, NULL, 0, key->e,
                                    key->e_size);
    if (result == 0)
        result = mbedtls_rsa_complete(&rsa);
    if (result == 0)
        result = mbedtls_rsa_check_pubkey(&rsa);
    if (result == 0 && mbedtls_rsa_get_len(&rsa) != key->n_size)
        result = -1;
    if (result == 0) {
        void *context = (void *)(uintptr_t)crypto; /* read only: table_random takes it back */
#if MBEDTLS_VERSION_MAJOR >= 3
        result = mbedtls_rsa_rsaes_oaep_encrypt(&rsa, table_random, context, NULL, 0, size, in,
                                                out);
#else
        result = mbedtls_rsa_rsaes_oaep_encrypt(&rsa, table_random, context, MBEDTLS_RSA_PUBLIC,
                                                NULL, 0, size, in, out);
#endif
    }
    mbedtls_rsa_free(&rsa);
    return result == 0 ? 0 : -1;
}

static int import_private(mbedtls_rsa_context *rsa, const sw_rsa_private *key)
{
    int result = mbedtls_rsa_import_raw(rsa, key->n, key->n_size, key->p, key->p_size, key->q,
                                        key->q_size, key->d, key->d_size, key->e, key->e_size);

    if (result == 0)
        result = mbedtls_rsa_complete(rsa);
    if (result == 0)
        result = mbedtls_rsa_check_privkey(rsa);
    return result == 0 && mbedtls_rsa_get_len(rsa) == key->n_size ? 0 : -1;
}

/* A prepared key is an RSA context, which keeps the blinding as well. */
static void *key_prepare(void *ctx, const sw_rsa_private *key)
{
    mbedtls_rsa_context *rsa = malloc(sizeof(*rsa));

    (void)ctx;
    if (rsa == NULL)
        return NULL;
    rsa_start(rsa);
    if (import_private(rsa, key) == 0)
        return rsa;
    mbedtls_rsa_free(rsa);
    free(rsa);
    return NULL;
}

static void key_forget(void *ctx, void *prepared)
{
    (void)ctx;
    mbedtls_rsa_free(prepared);
    free(prepared);
}

static int decrypt(const sw_crypto *crypto, mbedtls_rsa_context *rsa, const uint8_t *in,
                   uint8_t *out, size_t cap, size_t *size)
{
    void *context = (void *)(uintptr_t)crypto;
#if MBEDTLS_VERSION_MAJOR >= 3
    int result = mbedtls_rsa_rsaes_oaep_decrypt(rsa, own_random, context, NULL, 0, size, in, out,
                                                cap);
#else
    int result = mbedtls_rsa_rsaes_oaep_decrypt(rsa, own_random, context, MBEDTLS_RSA_PRIVATE,
                                                NULL, 0, size, in, out, cap);
#endif

    if (result == MBEDTLS_ERR_RSA_INVALID_PADDING || result == MBEDTLS_ERR_RSA_OUTPUT_TOO_LARGE)
        return 1;
    /* a block that is not below the modulus is the peer's fault too */
    if (result == MBEDTLS_ERR_RSA_PRIVATE_FAILED + MBEDTLS_ERR_MPI_BAD_INPUT_DATA)
        return 1;
    return result == 0 ? 0 : -1;
}

static int oaep_decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in,
                        uint8_t *out, size_t cap, size_t *size)
{
    mbedtls_rsa_context *rsa = key->prepared;
    int result = -1;

    if (rsa == NULL)
        rsa = key_prepare(crypto->ctx, key);
    if (rsa != NULL)
        result = decrypt(crypto, rsa, in, out, cap, size);
    if (key->prepared == NULL) {
        key_forget(crypto->ctx, rsa);
    } else if (result < 0) {
        /* running out of memory leaves the blinding half renewed, and useless */
        mbedtls_rsa_free(rsa);
        rsa_start(rsa);
        (void)import_private(rsa, key);
    }
    return result;
}

/* ---- AES-128-CTR ---- */

static int aes_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                    const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    aes_state *s = state;

    (void)ctx;
    mbedtls_aes_init(&s->aes);
    s->offset = 0;
    for (size_t i = 0; i < SW_AES_BLOCK_SIZE; i++) {
        s->counter[i] = counter[i];
        s->stream[i] = 0;
    }
    return mbedtls_aes_setkey_enc(&s->aes, key, 8 * SW_AES_KEY_SIZE) == 0 ? 0 : -1;
}

static int aes_apply(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    aes_state *s = state;

    (void)ctx;
    return mbedtls_aes_crypt_ctr(&s->aes, n, &s->offset, s->counter, s->stream, in, out) == 0
               ? 0 : -1;
}

static void aes_wipe(void *ctx, void *state)
{
    aes_state *s = state;

    (void)ctx;
    mbedtls_aes_free(&s->aes);
    mbedtls_platform_zeroize(s, sizeof(*s));
}

/* ---- life ---- */

static void fill_table(backend *b)
{
    b->crypto.name = "mbedtls";
    b->crypto.ctx = b;
    b->crypto.random = backend_random;
    b->crypto.sha1 = backend_sha1;
    b->crypto.sha256 = backend_sha256;
    b->crypto.oaep_encrypt = oaep_encrypt;
    b->crypto.oaep_decrypt = oaep_decrypt;
    b->crypto.aes_state_size = sizeof(aes_state);
    b->crypto.aes_init = aes_init;
    b->crypto.aes_apply = aes_apply;
    b->crypto.aes_wipe = aes_wipe;
    b->crypto.key_prepare = key_prepare;
    b->crypto.key_forget = key_forget;
}

sw_crypto *sw_mbedtls_new(void)
{
    static const unsigned char purpose[] = "sidewire";
    backend *b = calloc(1, sizeof(*b));

    if (b == NULL)
        return NULL;
    mbedtls_entropy_init(&b->entropy);
    mbedtls_ctr_drbg_init(&b->drbg);
    if (mbedtls_ctr_drbg_seed(&b->drbg, mbedtls_entropy_func, &b->entropy, purpose,
                              sizeof(purpose) - 1) != 0) {
        sw_mbedtls_free(&b->crypto);
        return NULL;
    }
    fill_table(b);
    return &b->crypto;
}

void sw_mbedtls_free(sw_crypto *crypto)
{
    backend *b = (backend *)crypto; /* its first member */

    if (b == NULL)
        return;
    mbedtls_ctr_drbg_free(&b->drbg);
    mbedtls_entropy_free(&b->entropy);
    mbedtls_platform_zeroize(b, sizeof(*b));
    free(b);
}
