/* SPDX-License-Identifier: ISC */
#include <sidewire/ssh.h>

#include <string.h>

#include "ssh_strings.h"

static const char *const key_names[] = { [SW_KEY_RSA] = "ssh-rsa", [SW_KEY_ED25519] = "ssh-ed25519" };
static const char *const signature_names[] = { [SW_KEY_RSA] = "rsa-sha2-256", [SW_KEY_ED25519] = "ssh-ed25519" };

/* ---- strings ---- */

ssh_view swi_ssh_string(ssh_reader *r)
{
    static const ssh_view none = { NULL, 0 };
    const uint8_t *p = r->next;
    size_t len = 0;

    if (!r->failed && r->left >= SSH_LENGTH_SIZE)
        len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if (r->failed || r->left < SSH_LENGTH_SIZE || len > r->left - SSH_LENGTH_SIZE) {
        r->failed = 1;
        return none;
    }
    r->next += SSH_LENGTH_SIZE + len;
    r->left -= SSH_LENGTH_SIZE + len;
    return (ssh_view){ p + SSH_LENGTH_SIZE, len };
}

int swi_ssh_view_is(ssh_view view, const char *text)
{
    return view.len == strlen(text) && memcmp(view.data, text, view.len) == 0;
}

void swi_ssh_put(ssh_writer *w, const void *data, size_t len)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < len; i++, w->len++) {
        if (w->len >= w->cap)
            continue;
        if (w->out != NULL)
            w->out[w->len] = bytes[i];
        if (w->expected != NULL)
            w->differ |= (unsigned)(w->expected[w->len] ^ bytes[i]);
    }
}

void swi_ssh_put_length(ssh_writer *w, size_t len)
{
    uint8_t bytes[SSH_LENGTH_SIZE] = { (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                                       (uint8_t)len };

    swi_ssh_put(w, bytes, sizeof(bytes));
}

void swi_ssh_put_string(ssh_writer *w, const void *data, size_t len)
{
    swi_ssh_put_length(w, len);
    swi_ssh_put(w, data, len);
}

static void put_name(ssh_writer *w, const char *name)
{
    swi_ssh_put_string(w, name, strlen(name));
}

/* A number is positive: a zero stands before a top bit that is set. */
static void put_number(ssh_writer *w, const uint8_t *number, size_t size)
{
    size_t sign = number[0] >= 0x80;

    swi_ssh_put_length(w, size + sign);
    swi_ssh_put(w, "", sign);
    swi_ssh_put(w, number, size);
}

/* ---- keys ---- */

void swi_ssh_put_key(ssh_writer *w, sw_key_type type, const sw_rsa_public *rsa, const uint8_t *ed25519)
{
    put_name(w, key_names[type]);
    if (type == SW_KEY_ED25519) {
        swi_ssh_put_string(w, ed25519, SW_ED25519_PUBLIC_SIZE);
    } else {
        put_number(w, rsa->e, rsa->e_size);
        put_number(w, rsa->n, rsa->n_size);
    }
}

/* A number that is positive and in its shortest form; empty: it is not. */
static ssh_view read_number(ssh_reader *r)
{
    ssh_view number = swi_ssh_string(r);

    if (number.len > 1 && number.data[0] == 0 && number.data[1] >= 0x80) {
        number.data++;
        number.len--;
    } else if (number.len == 0 || number.data[0] == 0 || number.data[0] >= 0x80) {
        r->failed = 1;
        number.len = 0;
    }
    return number;
}

static int check_rsa(ssh_view e, ssh_view n)
{
    const size_t exponent_max = 4; /* bytes */
    uint64_t bits = (uint64_t)n.len * 8;

    for (unsigned top = n.data[0]; top < 0x80; top <<= 1)
        bits--;
    if (bits < SW_RSA_MIN_BITS)
        return SW_E_KEY_SMALL;
    if (bits > SW_RSA_MAX_BITS)
        return SW_E_KEY_LARGE;
    if (e.len > exponent_max)
        return SW_E_KEY_UNSUPPORTED;
    if (!(n.data[n.len - 1] & 1) || !(e.data[e.len - 1] & 1) || (e.len == 1 && e.data[0] < 3))
        return SW_E_KEY_DAMAGED;
    return SW_OK;
}

static int read_rsa(sw_ssh_key *key, ssh_reader *r)
{
    ssh_view e = read_number(r);
    ssh_view n = read_number(r);
    int result = r->failed || r->left > 0 ? SW_E_KEY_DAMAGED : check_rsa(e, n);

    if (result < 0)
        return result;
    key->type = SW_KEY_RSA;
    key->rsa = (sw_rsa_public){ n.data, e.data, n.len, e.len };
    return SW_OK;
}

static int read_ed25519(sw_ssh_key *key, ssh_reader *r)
{
    ssh_view half = swi_ssh_string(r);

    if (r->failed || r->left > 0 || half.len != SW_ED25519_PUBLIC_SIZE)
        return SW_E_KEY_DAMAGED;
    key->type = SW_KEY_ED25519;
    key->ed25519 = half.data;
    return SW_OK;
}

int sw_ssh_key_read(sw_ssh_key *key, const uint8_t *blob, size_t len)
{
    ssh_reader r = { blob, len, 0 };
    ssh_view name;

    if (key == NULL || (blob == NULL && len > 0))
        return SW_E_NULL;
    memset(key, 0, sizeof(*key));
    name = swi_ssh_string(&r);
    if (r.failed)
        return SW_E_KEY_DAMAGED;
    if (swi_ssh_view_is(name, key_names[SW_KEY_RSA]))
        return read_rsa(key, &r);
    if (swi_ssh_view_is(name, key_names[SW_KEY_ED25519]))
        return read_ed25519(key, &r);
    return SW_E_KEY_OTHER;
}

static void put_public_key(ssh_writer *w, const sw_public_key *key)
{
    sw_rsa_public rsa = sw_public_key_view(key);

    swi_ssh_put_key(w, key->type, &rsa, key->ed25519);
}

static int has_key(const sw_public_key *key)
{
    return key->type == SW_KEY_RSA || key->type == SW_KEY_ED25519;
}

int sw_ssh_key_write(const sw_public_key *key, uint8_t *out, size_t cap, size_t *len)
{
    ssh_writer w = { out, NULL, cap, 0, 0 };

    if (key == NULL || len == NULL || (out == NULL && cap > 0))
        return SW_E_NULL;
    *len = 0;
    if (!has_key(key))
        return SW_E_KEY_OTHER;
    put_public_key(&w, key);
    *len = w.len;
    return w.len > cap ? SW_E_SPACE : SW_OK;
}

int sw_ssh_key_is(const sw_public_key *key, const uint8_t *blob, size_t len)
{
    ssh_writer w = { NULL, blob, len, 0, 0 };

    if (key == NULL || blob == NULL || !has_key(key))
        return 0;
    put_public_key(&w, key);
    return w.len == len && w.differ == 0;
}

int swi_ssh_key_matches(const sw_public_key *key, const sw_ssh_key *given, const uint8_t *blob, size_t len)
{
    ssh_writer w = { NULL, blob, len, 0, 0 };
    int is_alike = key != NULL && key->type == given->type && key->n_size == given->rsa.n_size &&
                   key->e_size == given->rsa.e_size;

    if (is_alike)
        put_public_key(&w, key);
    else
        swi_ssh_put_key(&w, given->type, &given->rsa, given->ed25519);
    return is_alike && w.len == len && w.differ == 0;
}

/* ---- signatures ---- */

size_t swi_ssh_signature_size(sw_key_type type, size_t rsa_size)
{
    return 2 * SSH_LENGTH_SIZE + strlen(signature_names[type]) +
           (type == SW_KEY_RSA ? rsa_size : (size_t)SW_ED25519_SIGNATURE_SIZE);
}

void swi_ssh_put_signature_head(ssh_writer *w, sw_key_type type, size_t rsa_size)
{
    put_name(w, signature_names[type]);
    swi_ssh_put_length(w, type == SW_KEY_RSA ? rsa_size : (size_t)SW_ED25519_SIGNATURE_SIZE);
}

int swi_ssh_signature_read(const uint8_t *blob, size_t len, sw_key_type type, size_t rsa_size, ssh_view *bytes)
{
    ssh_reader r = { blob, len, 0 };
    ssh_view name = swi_ssh_string(&r);

    *bytes = swi_ssh_string(&r);
    if (r.failed || r.left > 0 || !swi_ssh_view_is(name, signature_names[type]))
        return SW_E_SIGNATURE;
    if (type == SW_KEY_RSA)
        return bytes->len > 0 && bytes->len <= rsa_size ? SW_OK : SW_E_SIGNATURE;
    return bytes->len == SW_ED25519_SIGNATURE_SIZE ? SW_OK : SW_E_SIGNATURE;
}

int sw_sshsig_message(const sw_crypto *crypto, const uint8_t hash[SW_SHA256_SIZE], const char *user,
                      size_t user_len, uint8_t out[SW_SSHSIG_SIZE])
{
    static const char magic[] = "SSHSIG";
    union {
        uint64_t align_integer;
        void *align_pointer;
        uint8_t backend[SW_SHA256_STATE_SIZE];
    } state;
    uint8_t digest[SW_SHA256_SIZE];
    ssh_writer w = { out, NULL, SW_SSHSIG_SIZE, 0, 0 };

    if (crypto == NULL || hash == NULL || out == NULL || (user == NULL && user_len > 0))
        return SW_E_NULL;
    if (crypto->sha256_start(crypto->ctx, state.backend) < 0 ||
        crypto->sha256_update(crypto->ctx, state.backend, hash, SW_SHA256_SIZE) < 0 ||
        crypto->sha256_update(crypto->ctx, state.backend, (const uint8_t *)user, user_len) < 0) {
        crypto->sha256_wipe(crypto->ctx, state.backend);
        return SW_E_HASH;
    }
    if (crypto->sha256_finish(crypto->ctx, state.backend, digest) < 0)
        return SW_E_HASH;
    swi_ssh_put(&w, magic, sizeof(magic) - 1);
    put_name(&w, "sidewire-auth");
    put_name(&w, "");
    put_name(&w, "sha256");
    swi_ssh_put_string(&w, digest, sizeof(digest));
    return SW_OK;
}

static int sign_rsa(const sw_crypto *crypto, const sw_rsa_private *rsa, const uint8_t *message, size_t size,
                    uint8_t *signature)
{
    uint8_t hash[SW_SHA256_SIZE];

    if (crypto->sha256(crypto->ctx, hash, message, size) < 0)
        return SW_E_HASH;
    return crypto->rsa_sign(crypto, rsa, hash, signature) < 0 ? SW_E_SIGN : SW_OK;
}

int sw_ssh_sign(const sw_crypto *crypto, const sw_rsa_private *rsa, const sw_ed25519_key *ed25519,
                const uint8_t *message, size_t size, uint8_t *out, size_t cap, size_t *len)
{
    sw_key_type type = rsa != NULL ? SW_KEY_RSA : SW_KEY_ED25519;
    size_t rsa_size = rsa != NULL ? rsa->n_size : 0;
    ssh_writer w = { out, NULL, cap, 0, 0 };
    int result;

    if (crypto == NULL || (rsa == NULL) == (ed25519 == NULL) || out == NULL || len == NULL ||
        (message == NULL && size > 0))
        return SW_E_NULL;
    *len = 0;
    if (type == SW_KEY_ED25519 && crypto->ed25519_sign == NULL)
        return SW_E_KEY_BACKEND;
    *len = swi_ssh_signature_size(type, rsa_size);
    if (cap < *len)
        return SW_E_SPACE;
    swi_ssh_put_signature_head(&w, type, rsa_size);
    if (type == SW_KEY_RSA)
        result = sign_rsa(crypto, rsa, message, size, out + w.len);
    else
        result = crypto->ed25519_sign(crypto->ctx, ed25519, message, size, out + w.len) < 0 ? SW_E_SIGN : SW_OK;
    if (result < 0)
        *len = 0;
    return result;
}

int sw_ssh_verify(const sw_crypto *crypto, const sw_ssh_key *key, const uint8_t *message, size_t size,
                  const uint8_t *signature, size_t len)
{
    uint8_t hash[SW_SHA256_SIZE];
    ssh_view bytes;
    int result;

    if (crypto == NULL || key == NULL || (message == NULL && size > 0) || (signature == NULL && len > 0))
        return SW_E_NULL;
    if (key->type == SW_KEY_ED25519 && crypto->ed25519_verify == NULL)
        return SW_E_KEY_BACKEND;
    if (swi_ssh_signature_read(signature, len, key->type, key->rsa.n_size, &bytes) < 0 ||
        (key->type == SW_KEY_RSA && bytes.len != key->rsa.n_size))
        return 1;
    if (key->type == SW_KEY_ED25519) {
        result = crypto->ed25519_verify(crypto->ctx, key->ed25519, message, size, bytes.data);
    } else {
        if (crypto->sha256(crypto->ctx, hash, message, size) < 0)
            return SW_E_HASH;
        result = crypto->rsa_verify(crypto, &key->rsa, hash, bytes.data);
    }
    return result < 0 ? SW_E_VERIFY : result;
}

/* ---- proofs ---- */

int sw_ssh_proof_read(sw_ssh_proof *proof, const uint8_t *body, size_t len)
{
    ssh_reader r = { body, len, 0 };
    ssh_view user, key, signature;

    if (proof == NULL || (body == NULL && len > 0))
        return SW_E_NULL;
    user = swi_ssh_string(&r);
    key = swi_ssh_string(&r);
    signature = swi_ssh_string(&r);
    *proof = (sw_ssh_proof){ (const char *)user.data, key.data, signature.data, user.len, key.len, signature.len };
    return r.failed || r.left > 0 ? SW_E_USER_PACKET : SW_OK;
}
