/* SPDX-License-Identifier: ISC */
#include "keylog_line.h"

#include <string.h>

/* What lines begin with. */
static const char *const labels[] = { "SIDEWIRE_SESSION_KEYS", "SEALED" };

enum { LABEL_PLAIN, LABEL_SEALED, LABELS };

/* -1: no hex digit. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Reads blanks and then hex of at most max bytes from *text. How many bytes; 0: there is no such
 * thing. */
static size_t take_hex(const char **text, const char *end, uint8_t *out, size_t max)
{
    const char *p = *text;
    size_t n = 0;

    /* analyzer-null-dereference: text is never NULL */
    if (p == end || !is_blank(*p))
        return 0;
    while (p < end && is_blank(*p))
        p++;
    for (; end - p >= 2 && n < max; p += 2, n++) {
        int high = hex_digit(p[0]);
        int low = hex_digit(p[1]);

        if (high < 0 || low < 0)
            break;
        out[n] = (uint8_t)(high << 4 | low);
    }
    *text = p;
    return n;
}

/* What names the session. 0, or -1: damaged. */
static int parse_name(const char **text, const char *end, int label, sw_secrets *out)
{
    size_t size;

    if (label == LABEL_SEALED)
        return take_hex(text, end, out->ephemeral, sizeof(out->ephemeral)) == sizeof(out->ephemeral) ? 0 : -1;
    size = take_hex(text, end, out->response, sizeof(out->response));
    out->response_size = (uint8_t)size;
    return size == SW_SHA1_SIZE || size == SW_SHA256_SIZE ? 0 : -1;
}

/* What is behind the label. 0, or -1: damaged. */
static int parse_keys(const char *text, const char *end, int label, sw_secrets *out)
{
    if (parse_name(&text, end, label, out) < 0)
        return -1;
    if (take_hex(&text, end, out->client_key, SW_CIPHER_KEY_SIZE) != SW_CIPHER_KEY_SIZE ||
        take_hex(&text, end, out->server_key, SW_CIPHER_KEY_SIZE) != SW_CIPHER_KEY_SIZE)
        return -1;
    while (text < end && is_blank(*text))
        text++;
    return text == end ? 0 : -1;
}

/* The first label in a text, and which one it is; NULL: there is none. */
static const char *find_label(const char *text, const char *end, int *which)
{
    const char *first = NULL;

    for (int i = 0; i < LABELS; i++) {
        const char *found = memmem(text, (size_t)(end - text), labels[i], strlen(labels[i]));

        if (found != NULL && (first == NULL || found < first)) {
            first = found;
            *which = i;
        }
    }
    return first;
}

int keylog_line_parse(const char *line, size_t len, sw_secrets *keys, int *damaged)
{
    const char *end = line + len;
    const char *last = NULL;
    int which = 0;

    memset(keys, 0, sizeof(*keys));
    *damaged = 0;
    if (find_label(line, end, &which) != line)
        return 0;
    for (const char *label = line; label != NULL; label = find_label(last, end, &which)) {
        *damaged = last != NULL;
        last = label + strlen(labels[which]);
    }
    /* else another label, which begins like ours; analyzer-null-dereference: the loop ran once */
    if (last != end && !is_blank(*last))
        return 0;
    if (parse_keys(last, end, which, keys) == 0)
        return 1;
    *damaged = 1;
    return 0;
}

int keylog_line_is_in(const char *text, size_t len)
{
    int which;

    return find_label(text, text + len, &which) != NULL;
}
