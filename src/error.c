/* SPDX-License-Identifier: ISC */
#include "error_internal.h"

#include <string.h>

#include "text.h"

static const swi_error_text texts[] = {
    { SW_OK, "no error", NULL },

    { SW_E_PACKET_SIZE, "packet too large", "%v bytes, limit %l" },
    { SW_E_TRUNCATED, "connection closed in the middle of a packet", "%v of %l bytes came" },
    { SW_E_BAND, "packet on the wrong band", "band %v, expected band %l" },
    { SW_E_NOT_EMPTY, "packet with a body on a band that has none", "band %l, %v bytes" },
    { SW_E_GREETING_SIZE, "greeting too long", "%v bytes, limit %l" },
    { SW_E_REQUEST_SIZE, "auth request too long", "%v bytes, limit %l" },
    { SW_E_REQUEST_PREFIX, "auth request does not begin with 'auth rsa '", NULL },
    { SW_E_REQUEST_NAME, "auth request without a valid user name", NULL },
    { SW_E_FEATURE, "unknown feature", "a name of %l bytes, at byte %v" },
    { SW_E_FEATURE_OFFER, "feature requested that was not offered", "features %v, offered %l" },
    { SW_E_FEATURE_SET, "features that need sideband listed without it", "features %v" },
    { SW_E_LEGACY_REFUSED, "peer speaks legacy mode only, which is not allowed", NULL },
    { SW_E_RC4_REFUSED, "peer offers no cipher but RC4, which is not allowed", NULL },
    { SW_E_SHA1_REFUSED, "peer offers no hash but SHA-1, which is not allowed", NULL },
    { SW_E_CHALLENGE_SIZE, "challenge of the wrong size for this key", "%v bytes, the key has %l" },
    { SW_E_CHALLENGE, "challenge cannot be decrypted with this key", NULL },
    { SW_E_AUTH, "authentication failed", NULL },
    { SW_E_AUTH_REFUSED, "authentication refused: the server closed the connection", NULL },
    { SW_E_PROCEED, "server did not answer the response as a legacy server does", NULL },
    { SW_E_CLOSED, "connection closed during the handshake", NULL },
    { SW_E_NO_EXIT, "connection closed without an exit packet", NULL },
    { SW_E_COMMAND_EMPTY, "command without arguments", NULL },
    { SW_E_COMMAND_SYNTAX, "not a command", "argument %v" },
    { SW_E_COMMAND_SIZE, "command too long", "%v bytes, limit %l" },
    { SW_E_COMMAND_COUNT, "too many arguments", "%v arguments, room for %l" },
    { SW_E_NO_COMMAND, "connection closed without a whole command", NULL },
    { SW_E_UPLOAD, "connection closed in the middle of an upload", NULL },
    { SW_E_UNEXPECTED, "packet where none is expected", "band %v" },
    { SW_E_COMMAND_UNKNOWN, "no command of this name", "of %v bytes" },
    { SW_E_COMMAND_DENIED, "a permission is missing that the command needs", "it needs %v, the user has %l" },
    { SW_E_COMMAND_ARGUMENTS, "command with too few arguments, or too many", "%v arguments, limit %l" },
    { SW_E_FRAME_SIZE, "handshake message of the wrong length", "%v bytes instead of %l" },
    { SW_E_NOISE, "handshake does not verify: somebody in between changed it", NULL },
    { SW_E_LOW_ORDER, "public key that makes no secret", NULL },
    { SW_E_RECORD_LIMIT, "announced record limit out of range", "%v, at least %l" },
    { SW_E_RECORD_SIZE, "record of a length that is not allowed", "%v bytes, limit %l" },
    { SW_E_RECORD, "record does not verify: it was changed on its way", NULL },
    { SW_E_NOT_SEALED, "server offers no sealed session, and only such a one is allowed", NULL },
    { SW_E_STRIPPED, "somebody in between removed the server's offer of a sealed session", NULL },
    { SW_E_USER_REFUSED, "user refused: the server does not accept this name with this key", NULL },
    { SW_E_USER_PACKET, "not a user's name, key and signature", NULL },

    { SW_E_NULL, "a needed pointer is NULL", NULL },
    { SW_E_STATE, "call not allowed in this state", NULL },
    { SW_E_SPACE, "buffer too small", "%v bytes, needed %l" },
    { SW_E_OVERLAP, "buffers overlap", NULL },
    { SW_E_BODY, "more body than announced", "%v bytes, %l left" },
    { SW_E_CONFIG, "contradiction in the configuration", NULL },
    { SW_E_USER_NAME, "user name empty, too long, or with a blank, LF or CR", "a request of %v bytes, limit %l" },
    { SW_E_LEGACY_ARGUMENT, "argument cannot be carried in legacy mode", "argument %v" },
    { SW_E_CIPHER, "cipher not available", NULL },
    { SW_E_KEY_FORMAT, "no key in a known format", NULL },
    { SW_E_KEY_TRUNCATED, "key ends early", "%v bytes of it came, needed %l" },
    { SW_E_KEY_DAMAGED, "key is damaged", NULL },
    { SW_E_KEY_PASSPHRASE, "key is protected by a passphrase", NULL },
    { SW_E_KEY_OTHER, "key of a kind that is not supported: RSA and Ed25519 are", NULL },
    { SW_E_KEY_SMALL, "key too small", "%v bits, at least %l needed" },
    { SW_E_KEY_LARGE, "key too large", "%v bits, limit %l" },
    { SW_E_KEY_IS_PRIVATE, "this is a private key, a public one is needed", NULL },
    { SW_E_KEY_IS_PUBLIC, "this is a public key, a private one is needed", NULL },
    { SW_E_BANNER, "banner is not one line, too long, or reads like a list of features",
      "a greeting of %v bytes, limit %l" },
    { SW_E_DECOY_SECRET, "the server's secret for unknown names is not set", NULL },
    { SW_E_ARGUMENT_NUL, "argument with a NUL byte", "argument %v" },
    { SW_E_BACKEND, "table of the crypto backend is not complete, or its state too large", NULL },
    { SW_E_KEY_UNSUPPORTED, "key is sound, but of a form that is not supported", NULL },
    { SW_E_KEY_NOT_RSA, "not an RSA key, which sessions that are not sealed need", NULL },
    { SW_E_KEY_NOT_X25519, "not an X25519 key, as 'openssl genpkey -algorithm X25519' makes it", NULL },

    { SW_E_SERVER_KEY, "the server's key is not accepted", NULL },
    { SW_E_KEY_BACKEND,
      "Ed25519 keys need another crypto backend: openssl and gcrypt have Ed25519, mbedtls has not", NULL },
    { SW_E_SIGNATURE, "signature of the wrong kind or size for this key", NULL },
    { SW_E_COUNTER, "no record left under this key", NULL },

    { SW_E_RANDOM, "crypto backend: no randomness", NULL },
    { SW_E_HASH, "crypto backend: hash failed", NULL },
    { SW_E_RSA_ENCRYPT, "crypto backend: RSA encryption failed", NULL },
    { SW_E_RSA_DECRYPT, "crypto backend: RSA decryption failed", NULL },
    { SW_E_AES, "crypto backend: AES failed", NULL },
    { SW_E_X25519, "crypto backend: X25519 failed", NULL },
    { SW_E_AEAD, "crypto backend: authenticated encryption failed", NULL },
    { SW_E_SIGN, "crypto backend: signing failed", NULL },
    { SW_E_VERIFY, "crypto backend: checking a signature failed", NULL },

    { 0, NULL, NULL },
};

const swi_error_text *swi_error_find(const swi_error_text *table, int code)
{
    for (; table->text != NULL; table++)
        if (table->code == code)
            return table;
    return NULL;
}

const char *sw_error_text(int code)
{
    const swi_error_text *known = swi_error_find(texts, code);

    return known != NULL ? known->text : "unknown error";
}

int swi_error_set(sw_error *error, int code, uint64_t value, uint64_t limit)
{
    if (error != NULL) {
        error->code = code;
        error->value = value;
        error->limit = limit;
    }
    return code;
}

sw_error swi_error_of(const sw_error *error)
{
    static const sw_error none = { SW_E_NULL, 0, 0 };

    return *(error != NULL ? error : &none);
}

size_t swi_error_write(const swi_error_text *known, const sw_error *error, char *out, size_t cap)
{
    size_t room = out != NULL && cap > 0 ? cap - 1 : 0; /* beside the NUL */
    swi_text w = { out, room, 0 };

    swi_text_put(&w, known->text, strlen(known->text));
    if (known->detail != NULL && (error->value != 0 || error->limit != 0)) {
        swi_text_put(&w, ": ", 2);
        for (const char *p = known->detail; *p != '\0'; p++) {
            if (p[0] != '%')
                swi_text_put(&w, p, 1);
            else
                swi_text_number(&w, *++p == 'v' ? error->value : error->limit, 1);
        }
    }
    if (out != NULL && cap > 0)
        out[w.len < room ? w.len : room] = '\0';
    return w.len;
}

size_t sw_error_format(const sw_error *error, char *out, size_t cap)
{
    static const sw_error none = { SW_OK, 0, 0 };
    static const swi_error_text unknown = { 0, "unknown error", NULL };
    const swi_error_text *known;

    if (error == NULL)
        error = &none;
    known = swi_error_find(texts, error->code);
    return swi_error_write(known != NULL ? known : &unknown, error, out, cap);
}
