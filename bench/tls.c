/* SPDX-License-Identifier: ISC */
#include "tls.h"

#include "timing.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

enum { KEY_BITS = 2048, SECONDS_VALID = 3600 };

static void fail_openssl(const char *what)
{
    char text[256];

    ERR_error_string_n(ERR_get_error(), text, sizeof(text));
    fail("openssl: %s: %s", what, text);
}

/* ---- set-up ---- */

static X509 *make_certificate(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name;

    if (certificate == NULL)
        fail_openssl("certificate");
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), SECONDS_VALID);
    X509_set_pubkey(certificate, key);
    name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"bench", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    /* Ed25519 has a hash of its own */
    if (X509_sign(certificate, key, EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256()) == 0)
        fail_openssl("certificate");
    return certificate;
}

static SSL_CTX *make_context(const SSL_METHOD *method)
{
    SSL_CTX *ctx = SSL_CTX_new(method);

    if (ctx == NULL || SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") != 1)
        fail_openssl("context");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    return ctx;
}

void tls_init(tls *t)
{
    EVP_PKEY *key = EVP_RSA_gen(KEY_BITS);
    X509 *certificate;

    if (key == NULL)
        fail_openssl("key");
    certificate = make_certificate(key);
    t->client = t->server = NULL;
    t->client_ctx = make_context(TLS_client_method());
    t->server_ctx = make_context(TLS_server_method());
    if (SSL_CTX_use_certificate(t->server_ctx, certificate) != 1 ||
        SSL_CTX_use_PrivateKey(t->server_ctx, key) != 1 || SSL_CTX_set_num_tickets(t->server_ctx, 0) != 1)
        fail_openssl("context");
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void use_mutual(SSL_CTX *ctx, EVP_PKEY *key, X509 *certificate)
{
    if (SSL_CTX_set_ciphersuites(ctx, "TLS_AES_256_GCM_SHA384") != 1 ||
        SSL_CTX_use_certificate(ctx, certificate) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1 ||
        X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), certificate) != 1)
        fail_openssl("context");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

void tls_init_mutual(tls *t, int is_ed25519)
{
    EVP_PKEY *key = is_ed25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") : EVP_RSA_gen(KEY_BITS);
    X509 *certificate;

    if (key == NULL)
        fail_openssl("key");
    certificate = make_certificate(key);
    t->client = t->server = NULL;
    t->client_ctx = make_context(TLS_client_method());
    t->server_ctx = make_context(TLS_server_method());
    use_mutual(t->client_ctx, key, certificate);
    use_mutual(t->server_ctx, key, certificate);
    if (SSL_CTX_set_num_tickets(t->server_ctx, 0) != 1)
        fail_openssl("context");
    X509_free(certificate);
    EVP_PKEY_free(key);
}

void tls_free(tls *t)
{
    SSL_CTX_free(t->client_ctx);
    SSL_CTX_free(t->server_ctx);
}

/* ---- connections ---- */

static void make_client(tls *t, BIO *to_client, BIO *to_server)
{
    t->client = SSL_new(t->client_ctx);
    if (t->client == NULL)
        fail_openssl("client");
    BIO_up_ref(to_client);
    BIO_up_ref(to_server);
    SSL_set_bio(t->client, to_client, to_server);
    SSL_set_connect_state(t->client);
}

/* Takes over the BIOs. */
static void make_server(tls *t, BIO *to_client, BIO *to_server)
{
    t->server = SSL_new(t->server_ctx);
    if (t->server == NULL)
        fail_openssl("server");
    SSL_set_bio(t->server, to_server, to_client);
    SSL_set_accept_state(t->server);
}

/* 1: its handshake is done; 0: it wants bytes of the other side. */
static int handshake(SSL *side)
{
    int result = SSL_do_handshake(side);

    if (result != 1 && SSL_get_error(side, result) != SSL_ERROR_WANT_READ)
        fail_openssl("handshake");
    return result == 1;
}

void tls_connect(tls *t, double *server_time)
{
    BIO *to_client = BIO_new(BIO_s_mem());
    BIO *to_server = BIO_new(BIO_s_mem());
    int client_done = 0, server_done = 0;
    double start;

    if (to_client == NULL || to_server == NULL)
        fail_openssl("BIO");
    make_client(t, to_client, to_server);
    start = timing_begin_part(server_time);
    make_server(t, to_client, to_server);
    timing_end_part(server_time, start);
    while (!client_done || !server_done) {
        client_done = handshake(t->client);
        start = timing_begin_part(server_time);
        server_done = handshake(t->server);
        timing_end_part(server_time, start);
    }
}

void tls_disconnect(tls *t, double *server_time)
{
    double start;

    SSL_free(t->client);
    start = timing_begin_part(server_time);
    SSL_free(t->server);
    timing_end_part(server_time, start);
    t->client = t->server = NULL;
}
