/* SPDX-License-Identifier: ISC */
#include "key_text.h"

#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 48 }; /* 64 characters of base64 */

static const char *const labels[KEY_FORM_COUNT] = {
    NULL, NULL, "PUBLIC KEY", "RSA PUBLIC KEY", "RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY",
};

static void add_base64(trace *out, const uint8_t *in, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)in[i] << 16;
        char group[4];
        if (n > 1)
            bits |= (uint32_t)in[i + 1] << 8;
        if (n > 2)
            bits |= in[i + 2];
        for (size_t k = 0; k < 4; k++)
            group[k] = k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=';
        trace_add(out, group, sizeof(group));
    }
}

static void add_pem_line(trace *out, const char *word, const char *label)
{
    char line[64];
    int n = snprintf(line, sizeof(line), "-----%s %s-----\n", word, label);

    trace_add(out, line, (size_t)n);
}

void key_text_wrap(trace *out, key_form form, const uint8_t *body, size_t len)
{
    if (form == KEY_FORM_SSH_LINE) {
        trace_add(out, "ssh-rsa ", 8);
        add_base64(out, body, len);
        trace_add(out, " comment\n", 9);
        return;
    }
    add_pem_line(out, "BEGIN", labels[form]);
    for (size_t i = 0; i < len; i += LINE_BYTES) {
        add_base64(out, body + i, len - i < LINE_BYTES ? len - i : LINE_BYTES);
        trace_add(out, "\n", 1);
    }
    add_pem_line(out, "END", labels[form]);
}

/* A string of the SSH protocol; a number has a leading zero if its first bit is set. */
static void add_string(trace *out, const uint8_t *p, size_t len, int is_number)
{
    size_t zero = is_number && p[0] >= 0x80;
    size_t size = len + zero;
    uint8_t header[5] = { (uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size, 0 };

    trace_add(out, header, 4 + zero);
    trace_add(out, p, len);
}

void key_text_ssh(trace *out, const uint8_t *n, size_t n_size, const uint8_t *e, size_t e_size)
{
    trace body = { NULL, 0, 0 };

    add_string(&body, (const uint8_t *)"ssh-rsa", 7, 0);
    add_string(&body, e, e_size, 1);
    add_string(&body, n, n_size, 1);
    key_text_wrap(out, KEY_FORM_SSH_LINE, body.data, body.len);
    trace_free(&body);
}
