/* SPDX-License-Identifier: ISC */
/* What the user can prove who he is with: keys from files, and keys that an agent has. */
#ifndef SIDEWIRE_CLIENT_CREDENTIALS_H
#define SIDEWIRE_CLIENT_CREDENTIALS_H

#include "arguments.h"

#include <sidewire/keys.h>

enum { CREDENTIALS_MAX = 6 }; /* a key is a connection */

typedef struct credential {
    char *name;            /* how messages call it */
    sw_private_key secret; /* of type SW_KEY_NONE if the agent has it */
    sw_public_key half;    /* of type SW_KEY_NONE as long as only a backend could tell */
} credential;

typedef struct credentials {
    credential keys[CREDENTIALS_MAX];
    size_t count;    /* at least 1 */
    size_t left_out; /* that an agent has, too */
    int is_chosen;   /* by --key */
    int agent_waits; /* its keys were not looked at yet */
    char *unused;    /* which others there are, and why they cannot be used; may be empty */
    size_t *first;   /* which one to try first: one that a server took, also in another
                                  * process */
} credentials;

/* Finds the keys: of --key, or else in the usual places, the agent's only if there are no files. 0, or -1
 * after a message. To be freed in either case, which wipes them. */
int credentials_load(credentials *all, const arguments *args);
void credentials_free(credentials *all);

/* Adds those of the agent, if they are to be tried and that has not been done. Whether there are any. */
int credentials_add_agent(credentials *all);

/* Forgets what is secret. */
void credentials_wipe(credentials *all);

/* Whether it proves a user in plain sessions, where something is to be decrypted; all do in sealed ones. */
int credential_decrypts(const credential *c);
int credential_is_in_agent(const credential *c);

#endif
