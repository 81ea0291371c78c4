/* SPDX-License-Identifier: ISC */
#include "key_builder.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* ---- buffers ---- */

void blob_add(blob *b, const void *data, size_t len)
{
    if (len == 0)
        return;
    if (len > b->cap - b->len) {
        b->cap = 2 * b->cap + len;
        b->data = realloc(b->data, b->cap);
        if (b->data == NULL)
            ck_abort_msg("no memory");
    }
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

void blob_add_byte(blob *b, unsigned byte)
{
    uint8_t value = (uint8_t)byte;

    blob_add(b, &value, 1);
}

void blob_free(blob *b)
{
    free(b->data);
    memset(b, 0, sizeof(*b));
}

void blob_move(blob *b, blob *from)
{
    blob_add(b, from->data, from->len);
    blob_free(from);
}

static void add_text(blob *b, const char *text)
{
    blob_add(b, text, strlen(text));
}

/* ---- armour ---- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const char *const labels[FORM_COUNT] = {
    "RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "RSA PUBLIC KEY", "PUBLIC KEY", NULL,
};

int form_is_private(key_form form)
{
    return form <= FORM_OPENSSH;
}

const char *form_label(key_form form)
{
    return labels[form];
}

blob base64_encode(const blob *body, size_t line)
{
    blob out = { NULL, 0, 0 };
    size_t written = 0;

    for (size_t i = 0; i < body->len; i += 3) {
        size_t n = body->len - i < 3 ? body->len - i : 3;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < n ? body->data[i + k] : 0u);
        for (size_t k = 0; k < 4; k++, written++) {
            if (line > 0 && written > 0 && written % line == 0)
                blob_add_byte(&out, '\n');
            blob_add_byte(&out, k <= n ? (uint8_t)digits[group >> (18 - 6 * k) & 63] : '=');
        }
    }
    return out;
}

blob base64_decode(const char *text, size_t len)
{
    blob out = { NULL, 0, 0 };
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < len; i++) {
        const char *digit = text[i] == '\0' ? NULL : strchr(digits, text[i]);
        if (digit == NULL)
            continue;
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            blob_add_byte(&out, bits >> count & 0xff);
        }
    }
    return out;
}

blob armour(key_form form, const blob *body)
{
    blob text = { NULL, 0, 0 };
    blob encoded = base64_encode(body, form == FORM_SSH_LINE ? 0 : 64);

    if (form == FORM_SSH_LINE) {
        add_text(&text, "ssh-rsa ");
        blob_move(&text, &encoded);
        add_text(&text, " somebody@example\n");
        return text;
    }
    add_text(&text, "-----BEGIN ");
    add_text(&text, labels[form]);
    add_text(&text, "-----\n");
    blob_move(&text, &encoded);
    add_text(&text, "\n-----END ");
    add_text(&text, labels[form]);
    add_text(&text, "-----\n");
    return text;
}

/* ---- numbers ---- */

void model_set(key_model *model, int which, const void *data, size_t len)
{
    blob_free(&model->number[which]);
    blob_add(&model->number[which], data, len);
}

void model_set_size(key_model *model, int which, size_t len, unsigned first, unsigned last)
{
    blob_free(&model->number[which]);
    for (size_t i = 0; i < len; i++)
        blob_add_byte(&model->number[which], i + 1 == len ? last : i == 0 ? first : (unsigned)(i * 89 + 7) & 0xff);
}

void model_multiply(key_model *model)
{
    const blob *p = &model->number[NUMBER_P];
    const blob *q = &model->number[NUMBER_Q];
    size_t size = p->len + q->len;
    size_t start = 1;
    uint8_t *n = calloc(size + 1, 1);

    if (n == NULL)
        ck_abort_msg("no memory");
    for (size_t i = p->len; i > 0; i--) {
        unsigned carry = 0;
        for (size_t k = q->len; k > 0; k--) {
            carry += n[i + k] + (unsigned)p->data[i - 1] * q->data[k - 1];
            n[i + k] = (uint8_t)carry;
            carry >>= 8;
        }
        n[i] = (uint8_t)carry;
    }
    while (n[start] == 0)
        start++;
    if (n[start] >= 0x80)
        start--;
    model_set(model, NUMBER_N, n + start, size + 1 - start);
    free(n);
}

key_model model_make(unsigned bits)
{
    key_model model;
    size_t size = bits / 16 + 1;

    memset(&model, 0, sizeof(model));
    model_set_size(&model, NUMBER_P, size, 0, 0x67);
    model_set_size(&model, NUMBER_Q, size, 0, 0x39);
    model.number[NUMBER_P].data[1] = 0xd1;
    model.number[NUMBER_Q].data[1] = 0xc5;
    model_multiply(&model);
    model_set(&model, NUMBER_E, "\x01\x00\x01", 3);
    model_set_size(&model, NUMBER_D, bits / 8, 0x5a, 0x01);
    return model;
}

void model_free(key_model *model)
{
    for (int i = 0; i < NUMBER_COUNT; i++)
        blob_free(&model->number[i]);
}

/* ---- bodies ---- */

void der_wrap(blob *b, unsigned tag)
{
    blob content = *b;

    memset(b, 0, sizeof(*b));
    blob_add_byte(b, tag);
    if (content.len >= 0x100) {
        blob_add_byte(b, 0x82);
        blob_add_byte(b, (unsigned)(content.len >> 8));
    } else if (content.len >= 0x80) {
        blob_add_byte(b, 0x81);
    }
    blob_add_byte(b, content.len & 0xff);
    blob_move(b, &content);
}

void der_add_number(blob *b, const blob *number)
{
    blob element = { NULL, 0, 0 };

    blob_add(&element, number->data, number->len);
    der_wrap(&element, 0x02);
    blob_move(b, &element);
}

static blob build_pkcs1(const key_model *model, int count)
{
    blob body = { NULL, 0, 0 };

    if (count > 2)
        blob_add(&body, "\x02\x01\x00", 3);
    for (int i = 0; i < count; i++)
        der_add_number(&body, &model->number[i]);
    for (int i = 0; count > 2 && i < 3; i++)
        blob_add(&body, "\x02\x01\x05", 3);
    der_wrap(&body, 0x30);
    return body;
}

/* Around a PKCS#1 body: version if private, algorithm, and the body in a string. */
static blob build_envelope(const key_model *model, int is_private)
{
    static const uint8_t algorithm[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                         0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
    blob body = { NULL, 0, 0 };
    blob inner = build_pkcs1(model, is_private ? NUMBER_COUNT : 2);
    blob string = { NULL, 0, 0 };

    if (is_private)
        blob_add(&body, "\x02\x01\x00", 3);
    else
        blob_add_byte(&string, 0);
    blob_add(&body, algorithm, sizeof(algorithm));
    blob_move(&string, &inner);
    der_wrap(&string, is_private ? 0x04 : 0x03);
    blob_move(&body, &string);
    der_wrap(&body, 0x30);
    return body;
}

void ssh_add_u32(blob *b, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        blob_add_byte(b, value >> shift & 0xff);
}

void ssh_add_string(blob *b, const void *data, size_t len)
{
    ssh_add_u32(b, (uint32_t)len);
    blob_add(b, data, len);
}

static void add_number(blob *b, const key_model *model, int which)
{
    ssh_add_string(b, model->number[which].data, model->number[which].len);
}

static blob build_ssh_public(const key_model *model, const char *type)
{
    blob body = { NULL, 0, 0 };

    ssh_add_string(&body, type, strlen(type));
    add_number(&body, model, NUMBER_E);
    add_number(&body, model, NUMBER_N);
    return body;
}

static const char *part(const char *given, const char *usual)
{
    return given != NULL ? given : usual;
}

static void add_string(blob *b, const char *text)
{
    ssh_add_string(b, text, strlen(text));
}

static blob build_private_block(const key_model *model, const openssh_parts *parts)
{
    blob block = { NULL, 0, 0 };

    ssh_add_u32(&block, 0x12345678);
    ssh_add_u32(&block, parts->other_check ? 0x12345679 : 0x12345678);
    add_string(&block, part(parts->private_type, "ssh-rsa"));
    add_number(&block, model, NUMBER_N);
    block.data[block.len - 1] ^= (uint8_t)(parts->other_n ? 2 : 0);
    add_number(&block, model, NUMBER_E);
    block.data[block.len - 1] ^= (uint8_t)(parts->other_e ? 2 : 0);
    add_number(&block, model, NUMBER_D);
    ssh_add_string(&block, "\5", 1);
    add_number(&block, model, NUMBER_P);
    add_number(&block, model, NUMBER_Q);
    add_string(&block, part(parts->comment, "somebody@example"));
    for (const char *pad = part(parts->padding, "\1\2\3\4\5\6\7"); block.len % 8 != 0 && *pad != '\0'; pad++)
        blob_add_byte(&block, (uint8_t)*pad);
    add_text(&block, part(parts->private_tail, ""));
    return block;
}

blob build_openssh(const key_model *model, const openssh_parts *parts)
{
    blob body = { NULL, 0, 0 };
    blob public = build_ssh_public(model, part(parts->type, "ssh-rsa"));
    blob private = build_private_block(model, parts);

    blob_add(&body, "openssh-key-v1", 15);
    add_string(&body, part(parts->cipher, "none"));
    add_string(&body, part(parts->derivation, "none"));
    add_string(&body, "");
    ssh_add_u32(&body, 1 + parts->more_keys);
    add_text(&public, part(parts->public_tail, ""));
    ssh_add_string(&body, public.data, public.len);
    ssh_add_string(&body, private.data, private.len);
    blob_free(&public);
    blob_free(&private);
    return body;
}

blob build_body(key_form form, const key_model *model)
{
    static const openssh_parts usual = { .cipher = NULL };

    switch (form) {
    case FORM_PKCS1: return build_pkcs1(model, NUMBER_COUNT);
    case FORM_PKCS8: return build_envelope(model, 1);
    case FORM_OPENSSH: return build_openssh(model, &usual);
    case FORM_PKCS1_PUBLIC: return build_pkcs1(model, 2);
    case FORM_SPKI: return build_envelope(model, 0);
    default: return build_ssh_public(model, "ssh-rsa");
    }
}

blob build_text(key_form form, const key_model *model)
{
    blob body = build_body(form, model);
    blob text = armour(form, &body);

    blob_free(&body);
    return text;
}
