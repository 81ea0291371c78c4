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

void swi_reader_fail(key_reader *r, int code, uint64_t value, uint64_t limit)
{
    if (r->error.code < 0)
        return;
    r->error.code = code;
    r->error.value = value;
    r->error.limit = limit;
}

void swi_reader_require(key_reader *r, int is_so)
{
    if (!is_so)
        swi_reader_fail(r, SW_E_KEY_DAMAGED, 0, 0);
}

/* ---- text ---- */

/* The next character, or -1 at the end. */
static int peek(const key_reader *r)
{
    return r->next < r->text_end ? (unsigned char)*r->next : -1;
}

static int is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(key_reader *r)
{
    while (is_blank(peek(r)))
        r->next++;
}

static void skip_line(key_reader *r)
{
    while (r->next < r->text_end && *r->next != '\n')
        r->next++;
}

static int line_has_colon(const key_reader *r)
{
    for (const char *p = r->next; p < r->text_end && *p != '\n'; p++)
        if (*p == ':')
            return 1;
    return 0;
}

/* Takes the literal if the text goes on with it. */
static int take(key_reader *r, const char *literal)
{
    const char *p = r->next;

    for (; *literal != '\0'; literal++, p++)
        if (p == r->text_end || *p != *literal)
            return 0;
    r->next = p;
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
    for (skip_blanks(r); line_has_colon(r); skip_blanks(r)) {
        if (r->kind == KEY_PKCS1 && take(r, "Proc-Type: 4,ENCRYPTED"))
            r->kind = KEY_ENCRYPTED;
        skip_line(r);
    }
}

void swi_reader_init(key_reader *r, const char *text, size_t len)
{
    memset(r, 0, sizeof(*r));
    r->next = len > 0 ? text : "";
    r->text_end = r->next + len;
    r->end = SIZE_MAX;
    for (skip_blanks(r); r->next < r->text_end && !take_key_line(r); skip_blanks(r))
        skip_line(r);
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

/* The value of a base64 digit plus one, 0 for any other character. Neither a table of digits nor a
 * branch on one: those of a private key are secret. */
static uint32_t digit_value(int digit)
{
    static const struct {
        uint8_t first, last, value;
    } ranges[] = { { 'A', 'Z', 1 }, { 'a', 'z', 27 }, { '0', '9', 53 }, { '+', '+', 63 },
                   { '/', '/', 64 } };
    uint32_t c = (uint32_t)digit;
    uint32_t value = 0;

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        uint32_t first = ranges[i].first;
        value |= within(c, first, ranges[i].last) & (c - first + ranges[i].value);
    }
    return value;
}

static void fail_truncated(key_reader *r)
{
    swi_reader_fail(r, SW_E_KEY_TRUNCATED, r->count, r->needed);
}

/* A digit is not there: does the body end here, or is this a wrong character? */
static void fail_digit(key_reader *r)
{
    int c = peek(r);

    if (r->needed <= r->count)
        r->needed = r->count + 1;
    if (c < 0 || c == '=' || (r->label != NULL ? c == '-' : is_blank(c)))
        fail_truncated(r);
    swi_reader_require(r, 0);
}

uint8_t swi_reader_byte(key_reader *r)
{
    swi_reader_require(r, r->count < r->end);
    if (r->error.code < 0)
        return 0;
    while (r->bit_count < 8) {
        uint32_t value;
        if (r->label != NULL)
            skip_blanks(r);
        value = digit_value(peek(r));
        if (value == 0) {
            fail_digit(r);
            return 0;
        }
        r->next++;
        r->bits = r->bits << 6 | (value - 1);
        r->bit_count += 6;
    }
    r->count++;
    r->bit_count -= 8;
    return (uint8_t)(r->bits >> r->bit_count);
}

/* The text has to go on with the literal. */
static void expect(key_reader *r, const char *literal)
{
    if (r->label != NULL)
        skip_blanks(r);
    for (; *literal != '\0' && r->error.code == SW_OK; literal++) {
        if (r->next == r->text_end)
            fail_truncated(r);
        else
            swi_reader_require(r, *r->next++ == *literal);
    }
}

void swi_reader_finish(key_reader *r)
{
    if (r->error.code < 0)
        return;
    for (unsigned n = r->bit_count; n > 0; n -= 2)
        expect(r, "=");
    swi_reader_require(r, (r->bits & ((1u << r->bit_count) - 1)) == 0);
    if (r->label != NULL) {
        expect(r, "-----END ");
        expect(r, r->label);
    } else {
        swi_reader_require(r, r->next == r->text_end || is_blank(*r->next));
    }
}

/* ---- structures ---- */

size_t swi_reader_left(const key_reader *r)
{
    return r->end - r->count;
}

void swi_reader_open(key_reader *r, uint32_t size)
{
    swi_reader_require(r, size <= STRUCTURE_MAX && size <= swi_reader_left(r));
    r->outer[r->depth++] = r->end;
    if (r->error.code < 0)
        return;
    r->end = r->count + size;
    if (r->end > r->needed)
        r->needed = r->end;
}

void swi_reader_close(key_reader *r)
{
    swi_reader_require(r, r->count == r->end);
    r->end = r->outer[--r->depth];
}

void swi_reader_read(key_reader *r, uint8_t *out, size_t n)
{
    swi_reader_require(r, n <= swi_reader_left(r));
    for (; n > 0 && r->error.code == SW_OK; n--) {
        uint8_t byte = swi_reader_byte(r);
        if (out != NULL)
            *out++ = byte;
    }
}

uint32_t swi_reader_number(key_reader *r, unsigned size)
{
    uint32_t number = 0;

    while (size-- > 0)
        number = number << 8 | swi_reader_byte(r);
    return number;
}

void swi_reader_skip(key_reader *r)
{
    swi_reader_read(r, NULL, swi_reader_left(r));
    swi_reader_close(r);
}

int swi_reader_matches(key_reader *r, const void *bytes, size_t n)
{
    const uint8_t *expected = (const uint8_t *)bytes;
    int same = swi_reader_left(r) == n;

    while (same && n-- > 0)
        same = swi_reader_byte(r) == *expected++;
    swi_reader_skip(r);
    return same;
}
