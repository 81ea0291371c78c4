/* SPDX-License-Identifier: ISC */
/* The file of known servers [sealed, section 7]: one a line, `HOST:PORT x25519 BASE64`. */
#ifndef SIDEWIRE_CLIENT_KNOWN_SERVERS_H
#define SIDEWIRE_CLIENT_KNOWN_SERVERS_H

#include <sidewire/keys.h>

enum { SERVER_ADDRESS_SIZE = 1040, KNOWN_LINE_SIZE = SERVER_ADDRESS_SIZE + 64 };

/* How files name a server, from what the user said: the host in small letters, without a dot at the end,
 * an address of IPv6 in its shortest form and in brackets. 0, or -1 for a host with white space, control
 * bytes or #, or one that is too long. */
int server_address(const char *host, const char *port, char address[SERVER_ADDRESS_SIZE]);

typedef enum known_result {
    KNOWN_BROKEN = -1, /* a line is malformed, which makes the whole file useless */
    KNOWN_NOT,         /* there is no line for this server */
    KNOWN_OTHER,       /* there are, but none has this key */
    KNOWN_RIGHT
} known_result;

/* Looks for a server with a key, or for any key if that is NULL (then never KNOWN_RIGHT), in a file's
 * text[0..len). *line is the number of the malformed line, or of the first one for the server. */
known_result known_servers_find(const char *text, size_t len, const char *address, const uint8_t *key,
                                unsigned long *line);

/* Writes the line of a server, without LF. */
void known_server_line(const char *address, const uint8_t key[SW_X25519_SIZE], char line[KNOWN_LINE_SIZE]);

#endif
