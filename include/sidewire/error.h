/* SPDX-License-Identifier: ISC */
/* Errors: one code and one text per cause, and the values that explain it.
 *
 * Functions return the code. The values are in the sw_error that a function takes as its last argument (NULL is
 * always fine), or that a machine keeps (sw_session_error, sw_decoder_error and others); sw_error_format makes a line
 * for people of it. Where the text of a code has values, whoever returns it has them: each function says which. */
#ifndef SIDEWIRE_ERROR_H
#define SIDEWIRE_ERROR_H

#include <sidewire/api.h>

SW_BEGIN_DECLS

/* Codes are negative and fall into ranges: what the peer did wrong (-100..-199), what the caller did
 * wrong or handed in (-200..-299), what the crypto backend failed at (-300..-399). Those from -400
 * to -499 belong to <sidewire/audio/error.h>. Published numbers never change. */
enum {
    SW_OK = 0,

    /* the peer's fault */
    SW_E_PACKET_SIZE = -100,       /* announced body above the limit */
    SW_E_TRUNCATED = -101,         /* closed in the middle of a packet */
    SW_E_BAND = -102,              /* packet on another band than expected */
    SW_E_NOT_EMPTY = -103,         /* a body where the band allows none */
    SW_E_GREETING_SIZE = -104,     /* greeting above the limit */
    SW_E_REQUEST_SIZE = -105,      /* auth request above the limit */
    SW_E_REQUEST_PREFIX = -106,    /* auth request with another beginning */
    SW_E_REQUEST_NAME = -107,      /* auth request without a user name */
    SW_E_FEATURE = -108,           /* auth request with an unknown feature */
    SW_E_FEATURE_OFFER = -109,     /* auth request with a feature not offered */
    SW_E_FEATURE_SET = -110,       /* aes_ctr128 or sha256 without sideband */
    SW_E_LEGACY_REFUSED = -111,    /* legacy mode needed, policy forbids it */
    SW_E_RC4_REFUSED = -112,       /* RC4 needed, policy forbids it */
    SW_E_CHALLENGE_SIZE = -113,    /* challenge is not one block of the key's size */
    SW_E_CHALLENGE = -114,         /* challenge does not decrypt with the key */
    SW_E_AUTH = -115,              /* server: wrong user, key or response */
    SW_E_AUTH_REFUSED = -116,      /* client: server closed instead of proceeding */
    SW_E_PROCEED = -117,           /* client: wrong proceed text (legacy) */
    SW_E_CLOSED = -118,            /* closed before the handshake was complete */
    SW_E_NO_EXIT = -119,           /* closed without an exit packet */
    SW_E_COMMAND_EMPTY = -120,     /* command without arguments */
    SW_E_COMMAND_SYNTAX = -121,    /* not an argument vector */
    SW_E_COMMAND_SIZE = -122,      /* command above the limit */
    SW_E_COMMAND_COUNT = -123,     /* more arguments than the caller has room for */
    SW_E_NO_COMMAND = -124,        /* client closed without sending a command */
    SW_E_UPLOAD = -125,            /* client closed in the middle of an upload */
    SW_E_UNEXPECTED = -126,        /* packet where none is allowed */
    SW_E_COMMAND_UNKNOWN = -127,   /* no command of this name in the table */
    SW_E_COMMAND_DENIED = -128,    /* the user lacks a permission that the command needs */
    SW_E_COMMAND_ARGUMENTS = -129, /* command with too few arguments, or too many */
    SW_E_FRAME_SIZE = -170,        /* sealed: handshake message of another length */
    SW_E_NOISE = -171,             /* sealed: handshake message does not verify */
    SW_E_LOW_ORDER = -172,         /* sealed: public key that makes no secret */
    SW_E_RECORD_LIMIT = -173,      /* sealed: announced record limit out of range */
    SW_E_RECORD_SIZE = -174,       /* sealed: record shorter or longer than allowed */
    SW_E_RECORD = -175,            /* sealed: record does not verify */
    SW_E_NOT_SEALED = -176,        /* server offers no sealed session that the policy allows */
    SW_E_STRIPPED = -177,          /* the server seals, but its greeting did not say so */
    SW_E_USER_REFUSED = -178,      /* sealed, client: EXIT__FAILURE in the place of PROCEED */
    SW_E_USER_PACKET = -179,       /* sealed, server: not a name, a key and a signature */
    SW_E_SHA1_REFUSED = -180,      /* SHA-1 needed, policy forbids it */

    /* the caller's fault, or in what the caller handed in */
    SW_E_NULL = -200,            /* a needed pointer is NULL */
    SW_E_STATE = -201,           /* call not allowed in this state */
    SW_E_SPACE = -202,           /* buffer too small, and will stay so */
    SW_E_OVERLAP = -203,         /* buffers overlap other than allowed */
    SW_E_BODY = -204,            /* more body bytes than announced */
    SW_E_CONFIG = -205,          /* contradiction or nonsense in a config */
    SW_E_USER_NAME = -206,       /* user name empty, too long, or with a byte it cannot have */
    SW_E_LEGACY_ARGUMENT = -207, /* argument cannot be carried in this mode */
    SW_E_CIPHER = -208,          /* unknown cipher, or backend lacks room for it */
    SW_E_KEY_FORMAT = -220,      /* no key in a known format */
    SW_E_KEY_TRUNCATED = -221,   /* key ends early */
    SW_E_KEY_DAMAGED = -222,     /* key contradicts its format */
    SW_E_KEY_PASSPHRASE = -223,  /* key protected by a passphrase */
    SW_E_KEY_OTHER = -224,       /* key of a kind that is not supported at all */
    SW_E_KEY_SMALL = -225,       /* below 2048 bits */
    SW_E_KEY_LARGE = -226,       /* above 8192 bits */
    SW_E_KEY_IS_PRIVATE = -227,  /* private key where a public one belongs */
    SW_E_KEY_IS_PUBLIC = -228,   /* public key where a private one belongs */

    SW_E_BANNER = -240,          /* banner is not one line, or reads like the line of features */
    SW_E_DECOY_SECRET = -241,    /* a server's decoy_secret is not set */
    SW_E_ARGUMENT_NUL = -243,    /* argument with a NUL, which no command carries */
    SW_E_BACKEND = -242,         /* table of a backend lacks a function, or needs too large a state */
    SW_E_KEY_UNSUPPORTED = -229, /* sound key in a form that is not supported */
    SW_E_KEY_NOT_RSA = -230,     /* plain session: a key of another kind */
    SW_E_KEY_NOT_X25519 = -231,  /* server's key: a key of another kind */
    SW_E_SERVER_KEY = -250,      /* sealed, client: the caller does not accept the server's key */
    SW_E_KEY_BACKEND = -251,     /* Ed25519 key, and a backend without Ed25519 */
    SW_E_SIGNATURE = -252,       /* signature handed in is not one of the key's kind */
    SW_E_COUNTER = -253,         /* all records of a direction are used up */

    /* the backend's fault */
    SW_E_RANDOM = -300,
    SW_E_HASH = -301,
    SW_E_RSA_ENCRYPT = -302,
    SW_E_RSA_DECRYPT = -303, /* the operation itself failed, not the padding check */
    SW_E_AES = -304,
    SW_E_X25519 = -305,
    SW_E_AEAD = -306,
    SW_E_SIGN = -307,
    SW_E_VERIFY = -308 /* the operation itself failed, not the check */
};

/* A code with the values that explain it; 0 where there is none. */
typedef struct sw_error {
    int code;
    uint64_t value; /* what was seen */
    uint64_t limit; /* what would have been right */
} sw_error;

/* Text of a code, without values; static, never NULL. */
SW_API const char *sw_error_text(int code);

/* Writes the text with its values ("packet too large: 70000 bytes, limit
 * 4096") to out[0..cap), always ended by NUL if cap > 0. Returns the length of
 * the whole text, which is >= cap if it was cut. A NULL error reads as SW_OK. */
SW_API size_t sw_error_format(const sw_error *error, char *out, size_t cap);

/* 1 if the peer did it, which a server counts as everyday and a client reports; otherwise the program
 * itself or its backend did. */
static inline int sw_error_is_peer(int code)
{
    return code <= -100 && code > -200;
}

SW_END_DECLS
#endif
