/* SPDX-License-Identifier: ISC */
/* Recording of sessions to a pcapng file without the right to capture: each is told as packets of a
 * TCP connection, with all the bytes as they went over the wire. The packets are not the real ones:
 * how the bytes are divided, sequence numbers and acknowledgements are made up.
 *
 * NULL in place of a recorder or a recording is fine: nothing is recorded then. */
#ifndef SIDEWIRE_TOOLS_RECORDER_H
#define SIDEWIRE_TOOLS_RECORDER_H

#include "tcp_packet.h"

#include <sidewire/messages.h>

typedef struct recorder recorder;
typedef struct recording recording;

/* Opens the file, which is emptied. Processes made later may record to it, too. NULL with the reason
 * in why[0..why_size). */
recorder *recorder_open(const char *path, char *why, size_t why_size);

/* The same for a program that can wait for whoever reads the file, if it is a pipe. */
recorder *recorder_open_waiting(const char *path, char *why, size_t why_size);

/* As the first, but what was recorded to the file stays, and other programs may record to it by this
 * call at the same time. */
recorder *recorder_join(const char *path, char *why, size_t why_size);

/* Once something could not be recorded, nothing more is, of any session; the file stays readable.
 * The errno of that, to be told once; 0: there is nothing to tell. */
int recorder_failure(recorder *r);

/* Keys of sessions will be recorded, too: says so, for who reads from the beginning and should wait for them. */
void recorder_announce_keys(recorder *r);
/* Those of a session; to be told as soon as they are known. */
void recorder_keys(recorder *r, const sw_secrets *keys);

/* After all its recordings have ended. */
void recorder_close(recorder *r);

/* Starts a session over a descriptor, whose addresses are used if it is a TCP socket. Others, which
 * have none, are given some that are reserved for documentation, and a port of their own. */
recording *recording_begin(recorder *r, int fd, int is_server);
/* Likewise, for a connection whose addresses and first sequence numbers are given. */
recording *recording_begin_as(recorder *r, const tcp_connection *connection, int is_server);

/* What was read from or written to the connection. */
void recording_received(recording *r, const void *data, size_t len);
void recording_sent(recording *r, const void *data, size_t len);

/* The peer, or we, will send nothing more; without effect if that was said before. */
void recording_peer_ended(recording *r);
void recording_we_ended(recording *r);
/* The connection is gone, the peer's fault. */
void recording_broken(recording *r);

/* Closes the connection as far as that was not told, and frees the recording. */
void recording_end(recording *r);

#endif
