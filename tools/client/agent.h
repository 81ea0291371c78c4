/* SPDX-License-Identifier: ISC */
/* The user's ssh-agent, at the socket that SSH_AUTH_SOCK names. Each call is a connection of its own. It
 * is not trusted with more than signatures: what it says is bounded, and it may say nothing at all. */
#ifndef SIDEWIRE_CLIENT_AGENT_H
#define SIDEWIRE_CLIENT_AGENT_H

#include <sidewire/keys.h>

#include <stddef.h>
#include <stdint.h>

enum { AGENT_COMMENT_SIZE = 80, AGENT_WHY_SIZE = 256 };

typedef struct agent_identity {
    sw_public_key key;
    char comment[AGENT_COMMENT_SIZE]; /* as much of it as fits */
} agent_identity;

typedef struct agent_identities {
    agent_identity *list; /* NULL: none */
    size_t count;
} agent_identities;

/* The RSA and Ed25519 keys that the agent has, in its order. 0, also without any; -1 with the reason:
 * there is no agent, or it does not answer as one. To be freed in either case. */
int agent_list_identities(agent_identities *identities, char why[AGENT_WHY_SIZE]);
void agent_identities_free(agent_identities *identities);

/* Has it sign a message of at most SW_SSHSIG_SIZE bytes. It may ask somebody first, so this may take until
 * the deadline. The signature's blob goes to out[0..cap). 0, or -1 with the reason. */
int agent_sign(const sw_public_key *key, const uint8_t *message, size_t message_len, int64_t deadline,
               uint8_t *out, size_t cap, size_t *len, char why[AGENT_WHY_SIZE]);

#endif
