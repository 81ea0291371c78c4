/* libgcrypt backend. */
#define _DEFAULT_SOURCE /* explicit_bzero */

#include <sidewire/gcrypt.h>

#include "oaep.h"

#include <gcrypt.h>

#include <stdlib.h>
#include <string.h>

typedef struct aes_state {
    gcry_cipher_hd_t cipher;
} aes_state;

_Static_assert(sizeof(aes_state) <= SW_AES_STATE_SIZE, "AES state must fit its room");

/* ---- randomness and hashes ---- */

static int backend_random(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    if (size > 0)
        gcry_randomize(out, size, GCRY_STRONG_RANDOM);
    return 0;
}

static int backend_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size)
{
    (void)ctx;
    gcry_md_hash_buffer(GCRY_MD_SHA1, out, in, size);
    return 0;
}

static int backend_sha256(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    (void)ctx;
    gcry_md_hash_buffer(GCRY_MD_SHA256, out, in, size);
    return 0;
}

/* ---- RSA ---- */

/* Private numbers are kept in secure memory, which is wiped when it is freed. */
typedef struct numbers {
    gcry_mpi_t n, e, d, p, q, u; /* u: the inverse of p modulo q */
} numbers;

static gcry_mpi_t read_number(const uint8_t *bytes, size_t size)
{
    gcry_mpi_t number = NULL;

    if (size > 0 && size <= SW_RSA_MAX_SIZE &&
        gcry_mpi_scan(&number, GCRYMPI_FMT_USG, bytes, size, NULL) == 0)
        return number;
    return NULL;
}

static gcry_mpi_t read_secret(const uint8_t *bytes, size_t size)
{
    gcry_mpi_t number = read_number(bytes, size);

    if (number != NULL)
        gcry_mpi_set_flag(number, GCRYMPI_FLAG_SECURE);
    return number;
}

static int check_public(gcry_mpi_t n, gcry_mpi_t e, size_t n_size)
{
    if (n == NULL || e == NULL || !gcry_mpi_test_bit(n, 0) || gcry_mpi_get_nbits(n) < 128 ||
        (gcry_mpi_get_nbits(n) + 7) / 8 != n_size)
        return -1;
    return gcry_mpi_test_bit(e, 0) && gcry_mpi_get_nbits(e) > 1 && gcry_mpi_cmp(e, n) < 0 ? 0 : -1;
}

/* Right-aligned, with zeros before it. */
static void write_padded(uint8_t *to, size_t to_size, const uint8_t *from, size_t size)
{
    memset(to, 0, to_size - size);
    memcpy(to + to_size - size, from, size);
}

/* block = block ^ e mod n */
static int public_operation(uint8_t *block, size_t size, gcry_mpi_t n, gcry_mpi_t e)
{
    gcry_mpi_t plain = read_secret(block, size);
    gcry_mpi_t cipher = gcry_mpi_new(0);
    uint8_t bytes[SW_RSA_MAX_SIZE];
    size_t written = 0;
    int result = -1;

    if (plain != NULL && cipher != NULL) {
        gcry_mpi_powm(cipher, plain, e, n);
        if (gcry_mpi_print(GCRYMPI_FMT_USG, bytes, size, &written, cipher) == 0) {
            write_padded(block, size, bytes, written);
            result = 0;
        }
    }
    if (result < 0)
        memset(block, 0, size);
    gcry_mpi_release(plain);
    gcry_mpi_release(cipher);
    return result;
}

static int oaep_encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in,
                        size_t size, uint8_t *out)
{
    gcry_mpi_t n = read_number(key->n, key->n_size);
    gcry_mpi_t e = read_number(key->e, key->e_size);
    int result = check_public(n, e, key->n_size);

    if (result == 0)
        result = swi_oaep_encode(crypto, backend_sha1, out, key->n_size, in, size);
    if (result == 0)
        result = public_operation(out, key->n_size, n, e);
    gcry_mpi_release(n);
    gcry_mpi_release(e);
    return result;
}

/* Is d the inverse of e modulo p - 1? */
static int fits(gcry_mpi_t d, gcry_mpi_t e, gcry_mpi_t p)
{
    gcry_mpi_t less = gcry_mpi_snew(0);
    gcry_mpi_t product = gcry_mpi_snew(0);
    int result;

    gcry_mpi_sub_ui(less, p, 1);
    gcry_mpi_mulm(product, d, e, less);
    result = gcry_mpi_cmp_ui(product, 1) == 0;
    gcry_mpi_release(less);
    gcry_mpi_release(product);
    return result;
}

/* Computes what is missing of the numbers, and checks that all of them belong together. */
static int complete(numbers *x)
{
    gcry_mpi_t product = gcry_mpi_snew(0);
    int ok;

    if (gcry_mpi_cmp(x->p, x->q) > 0)
        gcry_mpi_swap(x->p, x->q); /* as libgcrypt wants them */
    gcry_mpi_mul(product, x->p, x->q);
    ok = gcry_mpi_cmp(product, x->n) == 0 && gcry_mpi_cmp_ui(x->p, 1) > 0 &&
         fits(x->d, x->e, x->p) && fits(x->d, x->e, x->q) && gcry_mpi_invm(x->u, x->p, x->q) != 0;
    gcry_mpi_release(product);
    return ok ? 0 : -1;
}

static void release_numbers(numbers *x)
{
    gcry_mpi_release(x->n);
    gcry_mpi_release(x->e);
    gcry_mpi_release(x->d);
    gcry_mpi_release(x->p);
    gcry_mpi_release(x->q);
    gcry_mpi_release(x->u);
}

/* A prepared key is an S-expression in secure memory. */
static void *key_prepare(void *ctx, const sw_rsa_private *key)
{
    numbers x = { read_number(key->n, key->n_size), read_number(key->e, key->e_size),
                  read_secret(key->d, key->d_size), read_secret(key->p, key->p_size),
                  read_secret(key->q, key->q_size), gcry_mpi_snew(0) };
    gcry_sexp_t prepared = NULL;

    (void)ctx;
    if (check_public(x.n, x.e, key->n_size) == 0 && x.d != NULL && x.p != NULL && x.q != NULL &&
        complete(&x) == 0 &&
        gcry_sexp_build(&prepared, NULL,
                        "(private-key (rsa (n %m) (e %m) (d %m) (p %m) (q %m) (u %m)))", x.n, x.e,
                        x.d, x.p, x.q, x.u) != 0)
        prepared = NULL;
    release_numbers(&x);
    return prepared;
}

static void key_forget(void *ctx, void *prepared)
{
    (void)ctx;
    gcry_sexp_release(prepared);
}

/* Without padding, which is ours: libgcrypt 1.10 takes other bytes for the padding's zeros, and its
 * time depends on them. */
static int private_operation(gcry_sexp_t prepared, const uint8_t *in, size_t size, uint8_t *block)
{
    gcry_sexp_t cipher, plain;
    const char *bytes;
    size_t len = 0;
    int result = -1;

    if (gcry_sexp_build(&cipher, NULL, "(enc-val (flags raw) (rsa (a %b)))", (int)size, in) != 0)
        return -1;
    if (gcry_pk_decrypt(&plain, cipher, prepared) == 0) { /* (value NUMBER), in secure memory */
        bytes = gcry_sexp_nth_data(plain, 1, &len);
        if (bytes != NULL && len == size + 1 && bytes[0] == 0) { /* it is signed */
            bytes++;
            len--;
        }
        if (bytes != NULL && len <= size) {
            write_padded(block, size, (const uint8_t *)bytes, len);
            result = 0;
        }
        gcry_sexp_release(plain);
    }
    gcry_sexp_release(cipher);
    return result;
}

static int oaep_decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in,
                        uint8_t *out, size_t cap, size_t *size)
{
    gcry_sexp_t own = key->prepared == NULL ? key_prepare(crypto->ctx, key) : NULL;
    gcry_sexp_t prepared = key->prepared == NULL ? own : key->prepared;
    uint8_t block[SW_RSA_MAX_SIZE];
    int result = -1;

    if (prepared != NULL && memcmp(in, key->n, key->n_size) >= 0)
        result = 1; /* not below the modulus: the peer's fault */
    else if (prepared != NULL)
        result = private_operation(prepared, in, key->n_size, block);
    if (result == 0)
        result = swi_oaep_decode(crypto->ctx, backend_sha1, block, key->n_size, out, cap, size);
    explicit_bzero(block, sizeof(block));
    key_forget(crypto->ctx, own);
    return result;
}

/* ---- AES-128-CTR ---- */

static void aes_wipe(void *ctx, void *state)
{
    aes_state *s = state;

    (void)ctx;
    gcry_cipher_close(s->cipher); /* wipes */
    s->cipher = NULL;
}

static int aes_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                    const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    aes_state *s = state;

    s->cipher = NULL;
    if (gcry_cipher_open(&s->cipher, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_CTR, 0) == 0 &&
        gcry_cipher_setkey(s->cipher, key, SW_AES_KEY_SIZE) == 0 &&
        gcry_cipher_setctr(s->cipher, counter, SW_AES_BLOCK_SIZE) == 0)
        return 0;
    aes_wipe(ctx, state);
    return -1;
}

static int aes_apply(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    aes_state *s = state;

    (void)ctx;
    return gcry_cipher_encrypt(s->cipher, out, n, in, n) == 0 ? 0 : -1;
}

/* ---- life ---- */

static int start_library(void)
{
    enum { POOL = 32768, MORE = 32768 };

    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
        return gcry_check_version("1.9.0") != NULL ? 0 : -1;
    if (gcry_check_version("1.9.0") == NULL)
        return -1;
    gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
    gcry_control(GCRYCTL_DISABLE_PRIV_DROP);
    gcry_control(GCRYCTL_AUTO_EXPAND_SECMEM, MORE);
    gcry_control(GCRYCTL_INIT_SECMEM, POOL, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return 0;
}

sw_crypto *sw_gcrypt_new(void)
{
    sw_crypto *crypto = start_library() == 0 ? calloc(1, sizeof(*crypto)) : NULL;

    if (crypto == NULL)
        return NULL;
    crypto->name = "gcrypt";
    crypto->random = backend_random;
    crypto->sha1 = backend_sha1;
    crypto->sha256 = backend_sha256;
    crypto->oaep_encrypt = oaep_encrypt;
    crypto->oaep_decrypt = oaep_decrypt;
    crypto->aes_state_size = sizeof(aes_state);
    crypto->aes_init = aes_init;
    crypto->aes_apply = aes_apply;
    crypto->aes_wipe = aes_wipe;
    crypto->key_prepare = key_prepare;
    crypto->key_forget = key_forget;
    return crypto;
}

void sw_gcrypt_free(sw_crypto *crypto)
{
    free(crypto);
}
