/* SPDX-License-Identifier: ISC */
/* What every example needs and none is about: messages, keys, sockets. */
#ifndef SIDEWIRE_EXAMPLES_COMMON_H
#define SIDEWIRE_EXAMPLES_COMMON_H

#include <sidewire.h>
#include <sidewire/backends.h>

enum { STATUS_TROUBLE = 2, STATUS_SKIPPED = 77 };

/* Print why and end the program with STATUS_TROUBLE. */
void die(const char *what, sw_error error) __attribute__((noreturn));
void die_of_system(const char *what) __attribute__((noreturn));
void die_with(const char *text) __attribute__((noreturn));
/* Prints why a session ended, for programs that go on with others. */
void tell(const char *what, sw_error error);

/* The first backend that was built. */
sw_crypto *open_crypto(void);
void load_private_key(sw_private_key *key, const char *path);
void load_public_key(sw_public_key *key, const char *path);
/* A command from a NULL-terminated vector, as main gets one; for as long as the program runs. */
sw_argument *make_arguments(char **argv, size_t *count);
/* All features, and a fresh secret for users that do not exist. */
sw_server_config make_server_config(const sw_crypto *crypto);

/* Listens on 127.0.0.1 and prints `listening on 127.0.0.1:PORT`; port 0: any. */
int listen_on(const char *port);
/* Connects by name or address. */
int connect_to(const char *host, const char *port);
/* Read what has come to a session, and write what it has, as far as that goes without waiting. 1, or 0 if the peer is gone or the session failed. */
int read_some(sw_session *session, int fd);
int write_some(sw_session *session, int fd);
/* Writes all of it to a descriptor that blocks. 1, or 0 if the peer is gone. */
int write_all(int fd, const uint8_t *data, size_t len);

/* For servers that have one client after the other, and leave one that says nothing for long. */
int next_client(int listener);
/* Writes what a server's session has to send, or reads. 1, or 0 if the peer is gone. */
int exchange(sw_session *session, int fd);

#endif
