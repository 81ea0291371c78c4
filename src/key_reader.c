#include "key_reader.h"

#include <string.h>

enum {
    PEM_LABEL_START = 11,           /* in a BEGIN line */
    STRUCTURE_MAX = 0xffffff        /* bytes; what claims to be longer is no part of a key */
};

/* How the line begins that a key begins with. */
static const struct {
    const char *text;
    key_kind kind;
} key_lines[] = {
    { "ssh-rsa ", KEY_SSH_LINE },
    { "ssh-ed25519 ", KEY_NOT_RSA },
    { "ssh-dss ", KEY_NOT_RSA },
    { "ecdsa-sha2-", KEY_NOT_RSA },
    { "sk-ssh-", KEY_NOT_RSA },
    { "sk-ecdsa-", KEY_NOT_RSA },
    { "-----BEGIN PUBLIC KEY-----", KEY_SPKI },
    { "-----BEGIN RSA PUBLIC KEY-----", KEY_PKCS1_PUBLIC },
    { "-----BEGIN RSA PRIVATE KEY-----", KEY_PKCS1 },
    { "-----BEGIN PRIVATE KEY-----", KEY_PKCS8 },
    { "-----BEGIN OPENSSH PRIVATE KEY-----", KEY_OPENSSH },
    { "-----BEGIN ENCRYPTED PRIVATE KEY-----", KEY_ENCRYPTED },
    { "-----BEGIN EC ", KEY_NOT_RSA },
    { "-----BEGIN DSA ", KEY_NOT_RSA },
};

void sw_reader_fail(key_reader *r, int code, uint64_t value, uint64_t limit)
{
    if (r->error.code < 0)
        return;
    r->error.code = code;
    r->error.value = value;
    r->error.limit = limit;
}

void sw_reader_require(key_reader *r, int is_so)
{
    if (!is_so)
        sw_reader_fail(r, SW_E_KEY_DAMAGED, 0, 0);
}

/* ---- text ---- */

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(key_reader *r)
{
    while (r->pos < r->len && is_blank(r->text[r->pos]))
        r->pos++;
}

static size_t line_size(const key_reader *r)
{
    size_t n = 0;

    while (n < r->len - r->pos && r->text[r->pos + n] != '\n')
        n++;
    return n;
}

/* Takes the literal if the text goes on with it. */
static int take(key_reader *r, const char *literal)
{
    size_t n = strlen(literal);

    if (n > r->len - r->pos || memcmp(r->text + r->pos, literal, n) != 0)
        return 0;
    r->pos += n;
    return 1;
}

static int take_key_line(key_reader *r)
{
    for (size_t i = 0; i < sizeof(key_lines) / sizeof(key_lines[0]); i++) {
        if (!take(r, key_lines[i].text))
            continue;
        r->kind = key_lines[i].kind;
        if (key_lines[i].text[0] == '-')
            r->label = key_lines[i].text + PEM_LABEL_START;
        return 1;
    }
    return 0;
}

/* Headers stand between the BEGIN line and the body, which has no colon. */
static void skip_headers(key_reader *r)
{
    size_t n;

    for (;;) {
        skip_blanks(r);
        n = line_size(r);
        if (n == 0 || memchr(r->text + r->pos, ':', n) == NULL)
            return;
        if (r->kind == KEY_PKCS1 && take(r, "Proc-Type: 4,ENCRYPTED"))
            r->kind = KEY_ENCRYPTED;
        r->pos += line_size(r);
    }
}

void sw_reader_init(key_reader *r, const char *text, size_t len)
{
    memset(r, 0, sizeof(*r));
    r->text = text;
    r->len = len;
    r->end = SIZE_MAX;
    for (skip_blanks(r); r->pos < len; skip_blanks(r)) {
        if (take_key_line(r))
            break;
        r->pos += line_size(r);
    }
    if (r->label != NULL)
        skip_headers(r);
    else
        while (take(r, " "))
            ;
}

/* ---- base64 ---- */

/* All ones if low <= c <= high, else zero. */
static uint32_t within(uint32_t c, uint32_t low, uint32_t high)
{
    return (((c - low) | (high - c)) >> 31) - 1;
}

/* The value of a base64 digit plus one, 0 for any other character. Neither a table nor a branch:
 * the digits of a private key are secret. */
static unsigned digit_value(unsigned char digit)
{
    uint32_t c = digit;

    return (unsigned)((within(c, 'A', 'Z') & (c - 'A' + 1)) |
                      (within(c, 'a', 'z') & (c - 'a' + 27)) |
                      (within(c, '0', '9') & (c - '0' + 53)) |
                      (within(c, '+', '+') & 63) | (within(c, '/', '/') & 64));
}

/* The next byte, or -1 at whatever is no digit. */
static int next_byte(key_reader *r)
{
    while (r->bit_count < 8) {
        unsigned value = 0;
        if (r->label != NULL)
            skip_blanks(r);
        if (r->pos < r->len)
            value = digit_value((unsigned char)r->text[r->pos]);
        if (value == 0)
            return -1;
        r->pos++;
        r->bits = r->bits << 6 | (value - 1);
        r->bit_count += 6;
    }
    r->bit_count -= 8;
    return (int)(r->bits >> r->bit_count & 0xff);
}

static void fail_truncated(key_reader *r, size_t needed)
{
    sw_reader_fail(r, SW_E_KEY_TRUNCATED, r->count, needed > r->needed ? needed : r->needed);
}

/* Byte number `needed` is not there: does the body end here, or is this a wrong character? */
static void fail_at_end(key_reader *r, size_t needed)
{
    char c = r->pos < r->len ? r->text[r->pos] : '=';

    if (c == '=' || (r->label != NULL ? c == '-' : is_blank(c)))
        fail_truncated(r, needed);
    sw_reader_require(r, 0);
}

/* The text has to go on with the literal. */
static void expect(key_reader *r, const char *literal)
{
    if (r->label != NULL)
        skip_blanks(r);
    for (; *literal != '\0' && r->error.code == SW_OK; literal++) {
        if (r->pos == r->len)
            fail_truncated(r, r->count);
        else
            sw_reader_require(r, r->text[r->pos++] == *literal);
    }
}

void sw_reader_finish(key_reader *r)
{
    if (r->error.code < 0)
        return;
    for (unsigned n = r->bit_count; n > 0; n -= 2)
        expect(r, "=");
    sw_reader_require(r, (r->bits & ((1u << r->bit_count) - 1)) == 0);
    if (r->label != NULL) {
        expect(r, "-----END ");
        expect(r, r->label);
    } else {
        sw_reader_require(r, r->pos == r->len || is_blank(r->text[r->pos]));
    }
}

/* ---- bytes and structures ---- */

size_t sw_reader_open(key_reader *r, uint32_t size)
{
    size_t outer = r->end;

    sw_reader_require(r, size <= STRUCTURE_MAX && size <= r->end - r->count);
    if (r->error.code < 0)
        return outer;
    r->end = r->count + size;
    if (r->end > r->needed)
        r->needed = r->end;
    return outer;
}

void sw_reader_close(key_reader *r, size_t outer)
{
    sw_reader_require(r, r->count == r->end);
    r->end = outer;
}

void sw_reader_read(key_reader *r, uint8_t *out, size_t n)
{
    sw_reader_require(r, n <= r->end - r->count);
    for (; n > 0 && r->error.code == SW_OK; n--) {
        int byte = next_byte(r);
        if (byte < 0) {
            fail_at_end(r, r->count + n);
            return;
        }
        r->count++;
        if (out != NULL)
            *out++ = (uint8_t)byte;
    }
}

uint8_t sw_reader_byte(key_reader *r)
{
    uint8_t byte = 0;

    sw_reader_read(r, &byte, 1);
    return byte;
}

void sw_reader_skip(key_reader *r)
{
    sw_reader_read(r, NULL, r->end - r->count);
}

int sw_reader_matches(key_reader *r, const void *bytes, size_t n)
{
    const uint8_t *expected = (const uint8_t *)bytes;

    if (r->end - r->count != n) {
        sw_reader_skip(r);
        return 0;
    }
    while (n > 0 && sw_reader_byte(r) == *expected++)
        n--;
    sw_reader_skip(r);
    return n == 0 && r->error.code == SW_OK;
}
