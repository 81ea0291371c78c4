/* SPDX-License-Identifier: ISC */
#include "known_servers.h"

#include "text_lines.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define KIND "x25519"

/* ---- addresses ---- */

/* In the first line of a file a mark in front of a name would be the file's. */
static int is_sound(const char *host)
{
    if (text_mark_length(host, strlen(host)) > 0)
        return 0;
    for (const char *p = host; *p != '\0'; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '#')
            return 0;
    return *host != '\0';
}

/* An address of IPv6 as RFC 5952 has it; what is behind a % is its zone. 0: it is none. */
static int shorten(const char *host, char out[SERVER_ADDRESS_SIZE])
{
    const char *zone = strchr(host, '%');
    size_t len = zone != NULL ? (size_t)(zone - host) : strlen(host);
    char plain[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN];
    struct in6_addr bytes;

    if (len >= sizeof(plain))
        return 0;
    memcpy(plain, host, len);
    plain[len] = '\0';
    if (inet_pton(AF_INET6, plain, &bytes) != 1 || inet_ntop(AF_INET6, &bytes, text, sizeof(text)) == NULL)
        return 0;
    snprintf(out, SERVER_ADDRESS_SIZE, "[%s%s]", text, zone != NULL ? zone : "");
    return 1;
}

int server_address(const char *host, const char *port, char address[SERVER_ADDRESS_SIZE])
{
    size_t len;

    if (!is_sound(host) || strlen(host) + strlen(port) + 4 > SERVER_ADDRESS_SIZE)
        return -1;
    if (!shorten(host, address)) {
        strcpy(address, host);
        for (char *p = address; *p != '\0'; p++)
            if (*p >= 'A' && *p <= 'Z')
                *p = (char)(*p - 'A' + 'a');
        len = strlen(address);
        if (len > 1 && address[len - 1] == '.')
            address[len - 1] = '\0';
    }
    strcat(address, ":");
    strcat(address, port);
    return 0;
}

/* ---- lines ---- */

typedef struct field {
    const char *text;
    size_t len;
} field;

/* The next one of a line; of length 0: there is none. */
static field next_field(const char **at, const char *end)
{
    field f;

    while (*at < end && (**at == ' ' || **at == '\t'))
        (*at)++;
    f.text = *at;
    while (*at < end && **at != ' ' && **at != '\t')
        (*at)++;
    f.len = (size_t)(*at - f.text);
    return f;
}

static int is_port(const char *text, size_t len)
{
    unsigned long port = 0;

    if (len == 0 || len > 5 || text[0] == '0')
        return 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        port = port * 10 + (unsigned long)(text[i] - '0');
    }
    return port <= 65535;
}

static const char *last_colon(const field *f)
{
    for (size_t i = f->len; i > 0; i--)
        if (f->text[i - 1] == ':')
            return f->text + i - 1;
    return NULL;
}

/* A host or an address in brackets, a colon and a port, in the form that server_address gives. */
static int is_address(const field *f)
{
    const char *colon = last_colon(f);
    char host[SERVER_ADDRESS_SIZE], port[8], again[SERVER_ADDRESS_SIZE];
    size_t host_len = colon != NULL ? (size_t)(colon - f->text) : 0;
    int bracketed = host_len > 2 && f->text[0] == '[' && f->text[host_len - 1] == ']';

    if (host_len == 0 || f->len >= SERVER_ADDRESS_SIZE || memchr(f->text, '\0', f->len) != NULL ||
        !is_port(colon + 1, f->len - host_len - 1))
        return 0;
    snprintf(host, sizeof(host), "%.*s", (int)(bracketed ? host_len - 2 : host_len), f->text + bracketed);
    snprintf(port, sizeof(port), "%.*s", (int)(f->len - host_len - 1), colon + 1);
    return server_address(host, port, again) == 0 && strlen(again) == f->len &&
           memcmp(again, f->text, f->len) == 0;
}

/* 1: a server; 0: nothing; -1: malformed. */
static int read_line(const char *line, size_t len, field *address, uint8_t key[SW_X25519_SIZE])
{
    const char *at = line;
    const char *end = line + len;
    field kind, text;

    *address = next_field(&at, end);
    if (address->len == 0 || address->text[0] == '#')
        return 0;
    kind = next_field(&at, end);
    text = next_field(&at, end);
    if (next_field(&at, end).len > 0 || !is_address(address))
        return -1;
    if (kind.len != strlen(KIND) || memcmp(kind.text, KIND, kind.len) != 0)
        return -1;
    return text.len == SW_SERVER_KEY_TEXT_SIZE && sw_server_key_read(key, text.text, text.len) == SW_OK ? 1 : -1;
}

known_result known_servers_find(const char *text, size_t len, const char *address, const uint8_t *key,
                                unsigned long *line)
{
    const char *at = text + text_mark_length(text, len);
    const char *end = text + len;
    known_result result = KNOWN_NOT;
    uint8_t known[SW_X25519_SIZE];
    unsigned long number = 1;

    *line = 0;
    for (; at < end; number++) {
        const char *lf = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = lf != NULL ? lf : end;
        field who;
        int found = read_line(at, text_line_length(at, (size_t)(line_end - at)), &who, known);

        if (found < 0) {
            *line = number;
            return KNOWN_BROKEN;
        }
        if (found > 0 && who.len == strlen(address) && memcmp(who.text, address, who.len) == 0) {
            if (*line == 0)
                *line = number;
            if (key != NULL && memcmp(known, key, sizeof(known)) == 0)
                result = KNOWN_RIGHT;
            else if (result == KNOWN_NOT)
                result = KNOWN_OTHER;
        }
        at = line_end + 1;
    }
    return result;
}

void known_server_line(const char *address, const uint8_t key[SW_X25519_SIZE], char line[KNOWN_LINE_SIZE])
{
    char text[SW_SERVER_KEY_TEXT_SIZE];

    sw_server_key_text(key, text);
    snprintf(line, KNOWN_LINE_SIZE, "%s " KIND " %.*s", address, (int)sizeof(text), text);
}
