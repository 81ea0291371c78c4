/* SPDX-License-Identifier: ISC */
/* The layout of the inputs: each begins with bytes that choose, and goes on with what is fed. A
 * short input is filled up with zeros. All fields are bytes, so that these structs are the files'
 * format on every machine; numbers of two bytes are little-endian. */
#ifndef SIDEWIRE_FUZZ_CHOICES_H
#define SIDEWIRE_FUZZ_CHOICES_H

#include <stddef.h>
#include <stdint.h>

enum { CHOICES_CUTS = 6 };

typedef struct packet_choices {
    uint8_t cipher;   /* modulo 3: an sw_cipher_kind */
    uint8_t limit[2]; /* of a body; 0xffff: none */
    uint8_t cuts[CHOICES_CUTS];
} packet_choices;

/* Bits of a policy byte; the lowest three are the features of plain sessions. Machines of handshakes alone, which
 * cannot seal, take no notice of the last three. */
enum { POLICY_LEGACY = 8, POLICY_RC4 = 16, POLICY_AESGCM = 32, POLICY_CHACHAPOLY = 64, POLICY_SEALED_ONLY = 128 };

enum { HANDSHAKE_BURSTS = 4 };

/* Bits of handshake_choices.key; the last two are for sessions: a key of Ed25519, and one that the application signs
 * with. */
enum { KEY_LONG = 1, KEY_UNKNOWN = 2, KEY_ED25519 = 4, KEY_APART = 8 };

typedef struct handshake_choices {
    uint8_t policy;
    uint8_t key;
    uint8_t name_len;                    /* client */
    uint8_t scratch;                     /* times 16, above the minimum */
    uint8_t fail_at;                     /* the call of the backend that fails; 0: none */
    uint8_t bursts[HANDSHAKE_BURSTS][2]; /* after each the peer is quiet; 0: all the rest */
    uint8_t cuts[CHOICES_CUTS];
} handshake_choices;

/* Bits of session_choices.flags */
enum {
    SESSION_EXIT_FAILURE = 1,
    SESSION_UPLOAD = 2,          /* the server asks for data */
    SESSION_REFUSE = 4,          /* and then ends without reading it */
    SESSION_HALF_CLOSE = 8,      /* the client closes its half as soon as it has sent everything */
    SESSION_EARLY_VIEW = 16,     /* the place to read to is taken before the events, used after;
                                  * and the peer is said to be quiet although more follows */
    SESSION_CORRUPT_CLIENT = 32, /* corrupt what the client sends, else what the server sends */
    SESSION_EXPECT = 64,         /* the client says that its command takes an upload */
    SESSION_LEND = 128           /* buffers are exchanged whenever the session allows, if it is cut */
};

enum { SESSION_REPLIES = 4, SESSION_ARGS_MAX = 7 };

typedef struct session_choices {
    uint8_t client_policy, server_policy;
    uint8_t key; /* as in handshake_choices */
    uint8_t flags;
    /* sizes above the minimum: times 16; from 224 on, times 1024 above 223 */
    uint8_t client_rx, client_tx, server_rx, server_tx;
    uint8_t argc;       /* modulo SESSION_ARGS_MAX + 1 */
    uint8_t arg_len[2]; /* of the last argument */
    uint8_t upload_len[2];
    uint8_t replies[SESSION_REPLIES][3]; /* band (0: none), size */
    uint8_t corrupt_at[2], corrupt_mask; /* 0: all bytes arrive as sent */
    uint8_t client_fail_at, server_fail_at;
    uint8_t client_cuts[CHOICES_CUTS], server_cuts[CHOICES_CUTS]; /* of what each receives */
    uint8_t client_limit, server_limit; /* of sealed records: times 16, above 240; 0: as the session likes */
} session_choices;

typedef struct status_choices {
    uint8_t form;  /* the lowest bit: parser-friendly */
    uint8_t table; /* modulo 3: ours, another, none */
    uint8_t cuts[CHOICES_CUTS];
} status_choices;

/* Copies the beginning of an input to choices[0..size). Returns the rest. */
const uint8_t *choices_read(void *choices, size_t size, const uint8_t *data, size_t *len);

unsigned choices_number(const uint8_t bytes[2]);
void choices_set_number(uint8_t bytes[2], unsigned number);

/* Cuts a stream: sizes[0..CHOICES_CUTS) in turn, 0 for all that is left. NULL: never cut. */
typedef struct cutter {
    const uint8_t *sizes;
    size_t turn;
} cutter;

size_t cutter_next(cutter *c, size_t left);

/* What both sides of a handshake agree on, in the targets and in their corpora. */
enum { FUZZ_KEY_SEED = 11, FUZZ_CLIENT_SEED = 12, FUZZ_SERVER_SEED = 13 };
unsigned choices_key_bits(uint8_t key);

#endif
