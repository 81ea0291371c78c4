/* SPDX-License-Identifier: ISC */
#include "key_reader.h"

#include <string.h>

enum {
    STRUCTURE_MAX = 0xffffff /* bytes; what claims to be longer is no part of a key */
};

/* How the line begins that a key begins with. */
typedef struct key_line {
    const char *text;
    size_t size;
    key_form form;
} key_line;

#define TEXT(literal) literal, sizeof(literal) - 1

static const key_line pem_lines[] = {
    { TEXT("-----BEGIN PUBLIC KEY-----"), KEY_SPKI },
    { TEXT("-----BEGIN RSA PUBLIC KEY-----"), KEY_PKCS1_PUBLIC },
    { TEXT("-----BEGIN RSA PRIVATE KEY-----"), KEY_PKCS1 },
    { TEXT("-----BEGIN PRIVATE KEY-----"), KEY_PKCS8 },
    { TEXT("-----BEGIN OPENSSH PRIVATE KEY-----"), KEY_OPENSSH },
    { TEXT("-----BEGIN ENCRYPTED PRIVATE KEY-----"), KEY_ENCRYPTED },
    { TEXT("---- BEGIN SSH2 PUBLIC KEY ----"), KEY_SSH2 },
    { TEXT("-----BEGIN EC "), KEY_OTHER },
    { TEXT("-----BEGIN DSA "), KEY_OTHER },
};

/* Behind these a blank or a tab follows, but for those that only begin so. */
static const key_line ssh_lines[] = {
    { TEXT("ssh-rsa"), KEY_SSH_RSA },     { TEXT("ssh-ed25519"), KEY_SSH_ED25519 },
    { TEXT("ssh-rsa-cert-"), KEY_OTHER }, { TEXT("ssh-ed25519-cert-"), KEY_OTHER },
    { TEXT("ssh-dss"), KEY_OTHER },       { TEXT("ecdsa-sha2-"), KEY_OTHER },
    { TEXT("sk-ssh-"), KEY_OTHER },       { TEXT("sk-ecdsa-"), KEY_OTHER },
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

/* 1: a backslash ends the line, so that a header goes on in the next one. */
static int skip_line(key_reader *r)
{
    char last = '\0';

    for (; r->next < r->text_end && *r->next != '\n'; r->next++)
        if (*r->next != '\r')
            last = *r->next;
    return last == '\\';
}

static int line_has_colon(const key_reader *r)
{
    for (const char *p = r->next; p < r->text_end && *p != '\n'; p++)
        if (*p == ':')
            return 1;
    return 0;
}

/* Takes this if the text goes on with it. */
static int take(key_reader *r, const char *text, size_t size)
{
    if ((size_t)(r->text_end - r->next) < size || memcmp(r->next, text, size) != 0)
        return 0;
    r->next += size;
    return 1;
}

static int at_gap(const key_reader *r)
{
    return peek(r) == ' ' || peek(r) == '\t';
}

static void skip_gap(key_reader *r)
{
    while (at_gap(r))
        r->next++;
}

static int take_pem_line(key_reader *r)
{
    enum { LABEL_AT = 11 }; /* "-----BEGIN " and "---- BEGIN " are alike long */

    for (size_t i = 0; i < sizeof(pem_lines) / sizeof(pem_lines[0]); i++)
        if (take(r, pem_lines[i].text, pem_lines[i].size)) {
            r->form = pem_lines[i].form;
            r->end_mark = r->form == KEY_SSH2 ? "---- END " : "-----END ";
            r->label = pem_lines[i].text + LABEL_AT;
            r->label_size = pem_lines[i].size - LABEL_AT;
            return 1;
        }
    return 0;
}

static int take_ssh_line(key_reader *r)
{
    const char *start = r->next;

    for (size_t i = 0; i < sizeof(ssh_lines) / sizeof(ssh_lines[0]); i++, r->next = start) {
        if (take(r, ssh_lines[i].text, ssh_lines[i].size) && (ssh_lines[i].form == KEY_OTHER || at_gap(r))) {
            r->form = ssh_lines[i].form;
            r->end_mark = NULL;
            return 1;
        }
    }
    return 0;
}

/* The options that may stand in front of a key in a file authorized_keys: up to a blank that is not
 * within quotes. 1: the key is that of an authority, which signs keys of users and is none itself. */
static int skip_options(key_reader *r)
{
    int is_quoted = 0;
    int is_authority = 0;
    int begins = 1; /* an option */

    for (; peek(r) >= 0 && peek(r) != '\n' && (is_quoted || !at_gap(r)); r->next++) {
        if (begins && take(r, TEXT("cert-authority"))) {
            is_authority |= at_gap(r) || peek(r) == ',';
            r->next--;
        } else if (take(r, TEXT("\\\""))) { /* a quote within quotes */
            r->next--;
        } else if (peek(r) == '"') {
            is_quoted = !is_quoted;
        }
        begins = !is_quoted && peek(r) == ',';
    }
    skip_gap(r);
    return is_authority;
}

static int take_key_line(key_reader *r)
{
    if (take_pem_line(r) || take_ssh_line(r))
        return 1;
    if (peek(r) == '#')
        return 0;
    return !skip_options(r) && take_ssh_line(r);
}

/* Headers stand between the BEGIN line and the body, which has no colon. Those of RFC 4716 go on in
 * the next line behind a backslash. */
static void skip_headers(key_reader *r)
{
    for (skip_blanks(r); line_has_colon(r); skip_blanks(r)) {
        if (r->form == KEY_PKCS1 && take(r, TEXT("Proc-Type: 4,ENCRYPTED")))
            r->form = KEY_ENCRYPTED;
        while (skip_line(r) && r->form == KEY_SSH2 && r->next < r->text_end)
            r->next++;
    }
}

void swi_reader_init(key_reader *r, const char *text, size_t len)
{
    *r = (key_reader){ .end = SIZE_MAX };
    r->next = len > 0 ? text : "";
    r->text_end = r->next + len;
    (void)take(r, TEXT("\xef\xbb\xbf")); /* a byte order mark */
    for (skip_blanks(r); r->next < r->text_end; skip_blanks(r)) {
        if (take_key_line(r) && r->form != KEY_OTHER)
            break;
        (void)skip_line(r);
    }
    if (r->end_mark != NULL)
        skip_headers(r);
    else
        skip_gap(r);
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
    } ranges[] = { { 'A', 'Z', 1 }, { 'a', 'z', 27 }, { '0', '9', 53 }, { '+', '+', 63 }, { '/', '/', 64 } };
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
    if (c < 0 || c == '=' || (r->end_mark != NULL ? c == '-' : is_blank(c)))
        fail_truncated(r);
    swi_reader_require(r, 0);
}

/* Decodes so far that the next byte is in bits. 0: there is none. */
static int fill_bits(key_reader *r)
{
    while (r->bit_count < 8) {
        uint32_t value;
        if (r->end_mark != NULL)
            skip_blanks(r);
        value = digit_value(peek(r));
        if (value == 0)
            return 0;
        r->next++;
        r->bits = r->bits << 6 | (value - 1);
        r->bit_count += 6;
    }
    return 1;
}

uint8_t swi_reader_byte(key_reader *r)
{
    swi_reader_require(r, r->count < r->end);
    if (r->error.code < 0)
        return 0;
    if (!fill_bits(r)) {
        fail_digit(r);
        return 0;
    }
    r->count++;
    r->bit_count -= 8;
    return (uint8_t)(r->bits >> r->bit_count);
}

int swi_reader_next_is(key_reader *r, uint8_t byte)
{
    return r->error.code == SW_OK && r->count < r->end && fill_bits(r) &&
           (uint8_t)(r->bits >> (r->bit_count - 8)) == byte;
}

/* The text has to go on with this. */
static void expect(key_reader *r, const char *text, size_t size)
{
    if (r->end_mark != NULL)
        skip_blanks(r);
    for (; size > 0 && r->error.code == SW_OK; size--) {
        if (r->next == r->text_end)
            fail_truncated(r);
        else
            swi_reader_require(r, *r->next++ == *text++);
    }
}

void swi_reader_finish(key_reader *r)
{
    for (unsigned n = r->bit_count; n > 0; n -= 2)
        expect(r, TEXT("="));
    swi_reader_require(r, (r->bits & ((1u << r->bit_count) - 1)) == 0);
    if (r->end_mark != NULL) {
        expect(r, r->end_mark, KEY_END_MARK_SIZE);
        expect(r, r->label, r->label_size);
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
    int same = r->error.code == SW_OK && swi_reader_left(r) == n;

    while (same && n-- > 0)
        same = swi_reader_byte(r) == *expected++;
    swi_reader_skip(r);
    return same;
}
