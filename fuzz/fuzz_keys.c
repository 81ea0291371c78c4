/* SPDX-License-Identifier: ISC */
/* Key files: whatever the text, the numbers are sound or the key is zero; a part of the text never
 * means another key; and the numbers written out again are read as the same.
 * Input: a file's text; or a byte of key_form, then what the file's base64 body means. */
#include <sidewire/keys.h>

#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "check.h"
#include "key_text.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PREFIXES = 6 };

/* Parses an exact copy of the text into a key full of garbage. */
static int parse_public(sw_public_key *key, const uint8_t *text, size_t len, int garbage)
{
    char *copy = (char *)exact_copy(text, len);
    sw_error error = { 1, 1, 1 };
    int result;

    memset(key, garbage, sizeof(*key));
    result = sw_public_key_parse(key, copy, len, &error);
    check_result("code of a public key", error.code, result);
    if (result < 0)
        check_zero("public key after an error", key, sizeof(*key));
    free(copy);
    return result;
}

static int parse_private(sw_private_key *key, const uint8_t *text, size_t len, int garbage)
{
    char *copy = (char *)exact_copy(text, len);
    sw_error error = { 1, 1, 1 };
    int result;

    memset(key, garbage, sizeof(*key));
    result = sw_private_key_parse(key, copy, len, &error);
    check_result("code of a private key", error.code, result);
    if (result < 0)
        check_zero("private key after an error", key, sizeof(*key));
    free(copy);
    return result;
}

/* ---- numbers ---- */

static void check_size(const uint8_t *number, size_t size, size_t room)
{
    check(size > 0 && size <= room, "a number has a size");
    check(number[0] != 0, "a number has no leading zeros");
    check_zero("behind a number", number + size, room - size);
}

static void check_public_numbers(unsigned bits, const uint8_t *n, size_t n_size, const uint8_t *e, size_t e_size)
{
    unsigned top_bits = 0;

    check_size(n, n_size, SW_RSA_MAX_SIZE);
    check_size(e, e_size, SW_RSA_MAX_EXPONENT_SIZE);
    while (n[0] >> top_bits != 0)
        top_bits++;
    check_number("bits", bits, 8 * (n_size - 1) + top_bits);
    check(bits >= SW_RSA_MIN_BITS && bits <= SW_RSA_MAX_BITS, "the modulus has an allowed size");
    check(n[n_size - 1] & 1, "the modulus is odd");
    check(e[e_size - 1] & 1, "the exponent is odd");
}

static void check_private_numbers(const sw_private_key *key)
{
    check_public_numbers(key->bits, key->n, key->n_size, key->e, key->e_size);
    check_size(key->d, key->d_size, sizeof(key->d));
    check_size(key->p, key->p_size, sizeof(key->p));
    check_size(key->q, key->q_size, sizeof(key->q));
}

static void check_written_again(const uint8_t *n, size_t n_size, const uint8_t *e, size_t e_size)
{
    trace line = { NULL, 0, 0 };
    sw_public_key again;

    key_text_ssh(&line, n, n_size, e, e_size);
    check_result("written again", parse_public(&again, line.data, line.len, 0x11), SW_OK);
    check_bytes("modulus written again", again.n, again.n_size, n, n_size);
    check_bytes("exponent written again", again.e, again.e_size, e, e_size);
    trace_free(&line);
}

/* ---- the same text, but ---- */

/* Where to cut: near the end and spread over the text, and elsewhere in other texts. */
static size_t prefix_len(size_t i, size_t len)
{
    return i == 0 ? len - 1 - len % 64 : len * i / PREFIXES + (len + i) % 7;
}

/* With CR LF for LF, and with a line before and behind. */
static void change_text(trace *out, const uint8_t *text, size_t len)
{
    static const uint8_t mark[] = { 0xef, 0xbb, 0xbf }; /* at the beginning of a text only */

    if (len >= sizeof(mark) && memcmp(text, mark, sizeof(mark)) == 0) {
        text += sizeof(mark);
        len -= sizeof(mark);
    }
    trace_add(out, "# comment\n", 10);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
            trace_add(out, "\r", 1);
        trace_add(out, text + i, 1);
    }
    trace_add(out, "\nbehind", 7);
}

static void check_public(const uint8_t *text, size_t len)
{
    static sw_public_key key, again;
    trace changed = { NULL, 0, 0 };
    int result = parse_public(&key, text, len, 0x22);

    check_result("public key again", parse_public(&again, text, len, 0x33), result);
    check_bytes("public key again", &again, sizeof(again), &key, sizeof(key));
    if (result < 0 || key.type == SW_KEY_ED25519)
        return;
    for (size_t i = 0; i < PREFIXES; i++)
        if (prefix_len(i, len) < len && parse_public(&again, text, prefix_len(i, len), 0x44) == SW_OK)
            check_bytes("public key of a prefix", &again, sizeof(again), &key, sizeof(key));
    check_public_numbers(key.bits, key.n, key.n_size, key.e, key.e_size);
    check_written_again(key.n, key.n_size, key.e, key.e_size);
    change_text(&changed, text, len);
    check_result("public key, other lines", parse_public(&again, changed.data, changed.len, 0x55), SW_OK);
    check_bytes("public key, other lines", &again, sizeof(again), &key, sizeof(key));
    trace_free(&changed);
}

/* What is no key of a server leaves nothing; one that is, written again, is read as the same. */
static void check_server_key(const uint8_t *text, size_t len)
{
    static const sw_x25519_key zero;
    sw_x25519_key key, again;
    char written[SW_SERVER_KEY_FILE_SIZE];
    fake_crypto fake;

    fake_crypto_init(&fake, 1);
    if (sw_server_key_parse(&key, &fake.table, (const char *)text, len, NULL) < 0) {
        check_bytes("server key", &key, sizeof(key), &zero, sizeof(zero));
        return;
    }
    sw_server_key_write(&key, written);
    check_result("server key written again",
                 sw_server_key_parse(&again, &fake.table, written, sizeof(written), NULL), SW_OK);
    check_bytes("server key written again", &again, sizeof(again), &key, sizeof(key));
}

/* A public half as files of known servers have it has one text. */
static void check_server_text(const uint8_t *text, size_t len)
{
    uint8_t half[SW_X25519_SIZE];
    char written[SW_SERVER_KEY_TEXT_SIZE];

    if (sw_server_key_read(half, (const char *)text, len) < 0)
        return;
    sw_server_key_text(half, written);
    check_bytes("known server", written, sizeof(written), text, len);
}

/* What a private file tells of its public half is that of the key, also where there is a passphrase. */
static void check_public_half(const sw_private_key *key, int result, const uint8_t *text, size_t len)
{
    static sw_public_key half, same;
    fake_crypto fake;
    int found = sw_public_key_of_private_file(&half, (const char *)text, len, NULL);

    fake_crypto_init(&fake, 1);
    if (found == SW_OK && result == SW_OK) {
        check_result("public half", sw_private_key_public(key, &fake.table, &same), SW_OK);
        check_bytes("public half", &same, sizeof(same), &half, sizeof(half));
    } else if (found < 0 && result == SW_OK) {
        check_result("no public half", found, SW_E_KEY_UNSUPPORTED);
    }
}

static void check_private(const uint8_t *text, size_t len)
{
    static sw_private_key key, again;
    static sw_public_key other;
    trace changed = { NULL, 0, 0 };
    int result = parse_private(&key, text, len, 0x22);

    check_result("private key again", parse_private(&again, text, len, 0x33), result);
    check_bytes("private key again", &again, sizeof(again), &key, sizeof(key));
    check_public_half(&key, result, text, len);
    if (result < 0 || key.type == SW_KEY_ED25519)
        return;
    for (size_t i = 0; i < PREFIXES; i++)
        if (prefix_len(i, len) < len && parse_private(&again, text, prefix_len(i, len), 0x44) == SW_OK)
            check_bytes("private key of a prefix", &again, sizeof(again), &key, sizeof(key));
    check_private_numbers(&key);
    check_written_again(key.n, key.n_size, key.e, key.e_size);
    change_text(&changed, text, len);
    check_result("private key, other lines", parse_private(&again, changed.data, changed.len, 0x55), SW_OK);
    check_bytes("private key, other lines", &again, sizeof(again), &key, sizeof(key));
    trace_free(&changed);
    check(parse_public(&other, text, len, 0x66) < 0, "a private key is not public");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trace text = { NULL, 0, 0 };

    if (size > 0 && data[0] > 0 && data[0] < KEY_FORM_COUNT)
        key_text_wrap(&text, (key_form)data[0], data + 1, size - 1);
    else
        trace_add(&text, data, size);
    check_public(text.data, text.len);
    check_private(text.data, text.len);
    check_server_key(text.data, text.len);
    check_server_text(text.data, text.len);
    trace_free(&text);
    return 0;
}
