/* SPDX-License-Identifier: ISC */
/* The other end of a connection, played by the test itself: plain sockets, and sessions of the
 * library over blocking descriptors. Reading and writing give up, and the test fails, after
 * PROCESS_SECONDS. */
#ifndef SIDEWIRE_TESTS_PEER_H
#define SIDEWIRE_TESTS_PEER_H

#include <sidewire.h>

/* ---- sockets; all are closed on exec ---- */

/* Connects to a port of 127.0.0.1. */
int dial(const char *port);

/* Listens on a free port of 127.0.0.1. */
int listen_anywhere(const char **port);
int accept_one(int listener);

/* A port of 127.0.0.1 where nobody listens. */
const char *free_port(void);

/* Says that no more is sent. */
void shutdown_sending(int fd);
/* Closes so that the other end sees a reset. */
void close_hard(int fd);

void send_all(int fd, const void *data, size_t len);
void send_text(int fd, const char *text);

/* Reads until the other end closes. The number of bytes; they are in buffer[0..cap). */
size_t receive_to_end(int fd, void *buffer, size_t cap);
/* Reads exactly n bytes. */
void receive_exactly(int fd, void *buffer, size_t n);

/* ---- sessions ---- */

typedef struct peer peer;

/* Starts a session over a socket. Keys are files. */
peer *peer_client(int fd, const char *user, const char *private_key);
peer *peer_client_with(int fd, const char *user, const char *private_key, sw_policy policy);
/* One that seals, or fails; any key of the server is right. KEY.pub is there, too. */
peer *peer_client_sealed(int fd, const char *user, const char *private_key);
/* One that offers a public key, and signs with another one, of the same kind and size, that may be its other half. */
peer *peer_client_offering(int fd, const char *user, const char *private_key, const char *public_key);
peer *peer_server(int fd, const char *public_key);
peer *peer_server_with(int fd, const char *public_key, sw_policy policy);
/* One that seals, with this key. */
peer *peer_server_sealed(int fd, const char *public_key, const sw_x25519_key *key);
/* Writes to another descriptor than it reads from. */
void peer_write_to(peer *p, int fd);

/* Goes on until the next event, or error, which it returns. */
int peer_next(peer *p, sw_event *event);
/* Goes on until this event, and fails the test if another one comes. */
void peer_expect(peer *p, int type, sw_event *event);

/* Client: goes on until it is logged in. */
void peer_log_in(peer *p);
/* Client, logged in: queues a command of one word. */
void peer_command(peer *p, const char *command);

/* Server: goes on until the client is logged in and its command has come. */
void peer_take_command(peer *p, sw_event *event);
/* All of it: waits for a client of alice, and for its command. */
peer *peer_serve(int listener, sw_event *event);
/* Server: takes a whole upload, which must fit. Its size. */
size_t peer_take_upload(peer *p, uint8_t *data, size_t cap);
/* Server: queues text in one packet. */
void peer_queue(peer *p, uint8_t band, const char *text);
/* Server: sends what is queued, and the exit packet behind it. */
void peer_exit(peer *p, int status);

/* Sends what is queued. */
void peer_flush(peer *p);

/* For all else. The backend may be changed as long as nothing came. */
sw_session *peer_session(peer *p);
sw_crypto *peer_crypto(peer *p);
int peer_socket(const peer *p);

/* Forgets the session, and leaves the descriptors to the caller. */
void peer_forget(peer *p);
/* Closes what it reads from and writes to, too. */
void peer_close(peer *p);

#endif
