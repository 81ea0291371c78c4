/* SPDX-License-Identifier: ISC */
#include "agent_messages.h"

#include <stdlib.h>
#include <string.h>

/* Types of messages, and a flag of SIGN. */
enum {
    FAILURE = 5,
    LIST = 11,
    LIST_ANSWER = 12,
    SIGN = 13,
    SIGN_ANSWER = 14,
    OLD_FAILURE = 30,    /* of SSH2 agents that are older than OpenSSH's */
    OTHER_FAILURE = 102, /* of ssh.com's */
    RSA_WITH_SHA256 = 2
};

/* ---- requests ---- */

static size_t put_number(uint8_t *out, size_t number)
{
    out[0] = (uint8_t)(number >> 24);
    out[1] = (uint8_t)(number >> 16);
    out[2] = (uint8_t)(number >> 8);
    out[3] = (uint8_t)number;
    return AGENT_LENGTH_SIZE;
}

size_t agent_write_list_request(uint8_t out[AGENT_LIST_REQUEST_SIZE])
{
    put_number(out, 1);
    out[AGENT_LENGTH_SIZE] = LIST;
    return AGENT_LIST_REQUEST_SIZE;
}

size_t agent_write_sign_request(const sw_public_key *key, const uint8_t *message, size_t len,
                                uint8_t out[AGENT_SIGN_REQUEST_MAX])
{
    uint8_t *blob = out + AGENT_LENGTH_SIZE + 1 + AGENT_LENGTH_SIZE;
    size_t blob_len, n;

    if (len > SW_SSHSIG_SIZE || sw_ssh_key_write(key, blob, SW_SSH_KEY_MAX, &blob_len) < 0)
        return 0;
    n = AGENT_LENGTH_SIZE;
    out[n++] = SIGN;
    n += put_number(out + n, blob_len);
    n += blob_len;
    n += put_number(out + n, len);
    memcpy(out + n, message, len);
    n += len;
    n += put_number(out + n, key->type == SW_KEY_RSA ? RSA_WITH_SHA256 : 0);
    put_number(out, n - AGENT_LENGTH_SIZE);
    return n;
}

/* ---- an answer as it comes ---- */

static uint32_t number_at(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

size_t agent_answer_wants(const agent_answer *answer)
{
    if (answer->bytes == NULL)
        return AGENT_LENGTH_SIZE - answer->length_len;
    return answer->size - answer->len;
}

int agent_answer_take(agent_answer *answer, const uint8_t *bytes, size_t n)
{
    if (n > agent_answer_wants(answer))
        return AGENT_DAMAGED;
    if (answer->bytes != NULL) {
        memcpy(answer->bytes + answer->len, bytes, n);
        answer->len += n;
        return 0;
    }
    memcpy(answer->length + answer->length_len, bytes, n);
    answer->length_len += n;
    if (answer->length_len < AGENT_LENGTH_SIZE)
        return 0;
    answer->size = number_at(answer->length);
    if (answer->size == 0 || answer->size > AGENT_ANSWER_MAX)
        return AGENT_DAMAGED;
    answer->bytes = malloc(answer->size);
    return answer->bytes != NULL ? 0 : AGENT_DAMAGED;
}

void agent_answer_free(agent_answer *answer)
{
    free(answer->bytes);
    memset(answer, 0, sizeof(*answer));
}

/* ---- what it says ---- */

/* 0 if this is a whole answer of that type. */
static int check_type(const agent_answer *answer, uint8_t type)
{
    uint8_t given;

    if (answer->bytes == NULL || answer->len < answer->size)
        return AGENT_DAMAGED;
    given = answer->bytes[0];
    if (given == type)
        return 0;
    return given == FAILURE || given == OLD_FAILURE || given == OTHER_FAILURE ? AGENT_REFUSES : AGENT_DAMAGED;
}

/* Takes a string off the bytes. 0, or AGENT_DAMAGED: they have no whole one. */
static int take_string(const uint8_t **next, size_t *left, const uint8_t **string, size_t *len)
{
    if (*left < AGENT_LENGTH_SIZE || number_at(*next) > *left - AGENT_LENGTH_SIZE)
        return AGENT_DAMAGED;
    *len = number_at(*next);
    *string = *next + AGENT_LENGTH_SIZE;
    *next += AGENT_LENGTH_SIZE + *len;
    *left -= AGENT_LENGTH_SIZE + *len;
    return 0;
}

int agent_list_begin(agent_list *list, const agent_answer *answer)
{
    int result = check_type(answer, LIST_ANSWER);

    memset(list, 0, sizeof(*list));
    if (result < 0)
        return result;
    if (answer->size < 1 + 4)
        return AGENT_DAMAGED;
    list->keys_left = number_at(answer->bytes + 1);
    list->next = answer->bytes + 1 + 4;
    list->left = answer->size - 1 - 4;
    return 0;
}

int agent_list_next(agent_list *list, agent_key *key)
{
    const uint8_t *blob;
    size_t len;

    for (; list->keys_left > 0; list->keys_left--) {
        if (take_string(&list->next, &list->left, &blob, &len) < 0 ||
            take_string(&list->next, &list->left, &key->comment, &key->comment_len) < 0)
            return AGENT_DAMAGED;
        if (sw_ssh_key_read(&key->key, blob, len) == SW_OK) {
            list->keys_left--;
            return 1;
        }
    }
    return list->left == 0 ? 0 : AGENT_DAMAGED;
}

int agent_read_signature(const agent_answer *answer, const uint8_t **blob, size_t *len)
{
    int result = check_type(answer, SIGN_ANSWER);
    const uint8_t *next;
    size_t left;

    if (result < 0)
        return result;
    next = answer->bytes + 1;
    left = answer->size - 1;
    if (take_string(&next, &left, blob, len) < 0 || left > 0 || *len == 0)
        return AGENT_DAMAGED;
    return 0;
}
