/* SPDX-License-Identifier: ISC */
/* Answers of an ssh-agent of anybody's making: whole and in pieces they mean the same.
 * Input: the sizes of the pieces, then what comes. */
#include "agent_messages.h"
#include "check.h"
#include "choices.h"
#include "trace.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is given out lies in the answer. */
static int lies_within(const agent_answer *answer, const uint8_t *data, size_t len)
{
    return data >= answer->bytes && len <= answer->size && (size_t)(data - answer->bytes) <= answer->size - len;
}

/* Takes as much as is wanted, each piece from memory of its own. */
static int take(agent_answer *answer, const uint8_t *cuts, const uint8_t *data, size_t size)
{
    cutter cut = { cuts, 0 };
    size_t wanted;
    int result = 0;

    memset(answer, 0, sizeof(*answer));
    while (result == 0 && size > 0 && (wanted = agent_answer_wants(answer)) > 0) {
        size_t n = cutter_next(&cut, wanted < size ? wanted : size);
        uint8_t *piece = exact_copy(data, n);

        result = agent_answer_take(answer, piece, n);
        free(piece);
        data += n;
        size -= n;
    }
    return result;
}

static int read_list(const agent_answer *answer, trace *keys)
{
    agent_list list;
    agent_key key;
    int result = agent_list_begin(&list, answer);

    while (result == 0 && (result = agent_list_next(&list, &key)) == 1) {
        check(lies_within(answer, key.comment, key.comment_len), "a comment is in the answer");
        trace_add(keys, key.comment, key.comment_len);
        if (key.key.type == SW_KEY_RSA)
            trace_add(keys, key.key.rsa.n, key.key.rsa.n_size);
        else
            trace_add(keys, key.key.ed25519, SW_ED25519_PUBLIC_SIZE);
        result = 0;
    }
    return result;
}

/* All that one answer can be taken for. */
static void read_all(const uint8_t *cuts, const uint8_t *data, size_t size, int results[3], trace *told)
{
    const uint8_t *signature;
    agent_answer answer;
    size_t len;

    results[0] = take(&answer, cuts, data, size);
    results[1] = read_list(&answer, told);
    results[2] = agent_read_signature(&answer, &signature, &len);
    if (results[2] == 0) {
        check(lies_within(&answer, signature, len), "a signature is in the answer");
        trace_add(told, signature, len);
    }
    agent_answer_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t cuts[CHOICES_CUTS];
    trace whole = { 0 }, cut = { 0 };
    int whole_results[3], cut_results[3];

    data = choices_read(cuts, sizeof(cuts), data, &size);
    read_all(NULL, data, size, whole_results, &whole);
    read_all(cuts, data, size, cut_results, &cut);
    for (int i = 0; i < 3; i++)
        check_result("in pieces", cut_results[i], whole_results[i]);
    check_bytes("in pieces", cut.data, cut.len, whole.data, whole.len);
    trace_free(&whole);
    trace_free(&cut);
    return 0;
}
