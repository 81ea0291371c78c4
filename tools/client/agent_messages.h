/* SPDX-License-Identifier: ISC */
/* The messages of an ssh-agent, as far as a client of it needs them: which keys are there, and a
 * signature. Each has a length of four bytes, big-endian, then a type, then fields; strings are as in
 * ssh.h. Nothing here reads or writes a descriptor, and no byte of an answer is trusted. */
#ifndef SIDEWIRE_CLIENT_AGENT_MESSAGES_H
#define SIDEWIRE_CLIENT_AGENT_MESSAGES_H

#include <sidewire/ssh.h>

enum {
    AGENT_LENGTH_SIZE = 4,
    AGENT_ANSWER_MAX = 262144, /* bytes behind the length; OpenSSH's agent keeps to that, too */
    AGENT_LIST_REQUEST_SIZE = AGENT_LENGTH_SIZE + 1,
    AGENT_SIGN_REQUEST_MAX = AGENT_LENGTH_SIZE + 1 + 4 + SW_SSH_KEY_MAX + 4 + SW_SSHSIG_SIZE + 4
};

/* What is wrong with an answer. */
enum {
    AGENT_REFUSES = -1, /* the agent says that it failed */
    AGENT_DAMAGED = -2  /* it says what no agent says */
};

/* ---- requests: their sizes are returned ---- */

size_t agent_write_list_request(uint8_t out[AGENT_LIST_REQUEST_SIZE]);

/* For a message of at most SW_SSHSIG_SIZE bytes; 0: the key cannot be written. RSA keys are asked for a
 * signature with SHA-256. */
size_t agent_write_sign_request(const sw_public_key *key, const uint8_t *message, size_t len,
                                uint8_t out[AGENT_SIGN_REQUEST_MAX]);

/* ---- answers ---- */

/* An answer as it comes in. */
typedef struct agent_answer {
    uint8_t length[AGENT_LENGTH_SIZE];
    size_t length_len;
    uint8_t *bytes;   /* type and fields; NULL: not known yet how many */
    size_t len, size; /* of the size those that are there */
} agent_answer;

/* How many bytes to read next, at most: none that are behind the answer. 0: it is whole. */
size_t agent_answer_wants(const agent_answer *answer);
/* Takes n of them. 0; AGENT_DAMAGED: its length is no possible one, or there is no memory for it. */
int agent_answer_take(agent_answer *answer, const uint8_t *bytes, size_t n);
void agent_answer_free(agent_answer *answer);

/* The keys of a list, one after the other. */
typedef struct agent_list {
    const uint8_t *next;
    size_t left; /* bytes */
    uint32_t keys_left;
} agent_list;

/* By views into the answer. */
typedef struct agent_key {
    sw_ssh_key key;
    const uint8_t *comment; /* any bytes */
    size_t comment_len;
} agent_key;

/* 0, AGENT_REFUSES, AGENT_DAMAGED. */
int agent_list_begin(agent_list *list, const agent_answer *answer);
/* The next key of a kind and size that can be used; others are passed over. 1; 0: there are no more;
 * AGENT_DAMAGED. */
int agent_list_next(agent_list *list, agent_key *key);

/* The signature's blob, a view into the answer, as sw_session_sign takes it. 0, AGENT_REFUSES,
 * AGENT_DAMAGED. */
int agent_read_signature(const agent_answer *answer, const uint8_t **blob, size_t *len);

#endif
