/* SPDX-License-Identifier: ISC */
/* What a client of an ssh-agent says and understands: whole answers in all cuts, and those that no agent
 * should give. */
#include "agent_messages.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { BLOB_SIZE = 4 + 11 + 4 + SW_ED25519_PUBLIC_SIZE, ROOM = 4096 };

typedef struct message {
    uint8_t bytes[ROOM];
    size_t len;
} message;

static void put_number(message *m, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        m->bytes[m->len++] = (uint8_t)(number >> shift);
}

static void put_string(message *m, const void *data, size_t len)
{
    put_number(m, (uint32_t)len);
    memcpy(m->bytes + m->len, data, len);
    m->len += len;
}

/* The blob of an Ed25519 key whose bytes are all `fill`. */
static void put_key(message *m, uint8_t fill)
{
    uint8_t key[SW_ED25519_PUBLIC_SIZE];

    memset(key, fill, sizeof(key));
    put_number(m, BLOB_SIZE);
    put_string(m, "ssh-ed25519", 11);
    put_string(m, key, sizeof(key));
}

static void begin(message *m, uint8_t type)
{
    m->len = 4;
    m->bytes[m->len++] = type;
}

/* Its length is known now. */
static void end(message *m)
{
    size_t len = m->len;

    m->len = 0;
    put_number(m, (uint32_t)(len - 4));
    m->len = len;
}

/* Two keys that can be used, around one that cannot. */
static message list_of_keys(void)
{
    message m;

    begin(&m, 12);
    put_number(&m, 3);
    put_key(&m, 1);
    put_string(&m, "one", 3);
    put_number(&m, 4 + 7);
    put_string(&m, "ssh-dss", 7);
    put_string(&m, "old", 3);
    put_key(&m, 2);
    put_string(&m, "", 0);
    end(&m);
    return m;
}

/* Takes bytes as they are wanted, in pieces of at most `step`. How many; *result is of the last. */
static size_t take(agent_answer *answer, const uint8_t *bytes, size_t len, size_t step, int *result)
{
    size_t at = 0;

    memset(answer, 0, sizeof(*answer));
    *result = 0;
    while (*result == 0 && at < len && agent_answer_wants(answer) > 0) {
        size_t n = agent_answer_wants(answer);

        if (n > len - at)
            n = len - at;
        if (n > step)
            n = step;
        *result = agent_answer_take(answer, bytes + at, n);
        at += n;
    }
    return at;
}

static void expect_keys(const agent_answer *answer)
{
    agent_list list;
    agent_key key;

    ck_assert_int_eq(agent_list_begin(&list, answer), 0);
    ck_assert_int_eq(agent_list_next(&list, &key), 1);
    ck_assert_int_eq(key.key.type, SW_KEY_ED25519);
    ck_assert_int_eq(key.key.ed25519[31], 1);
    ck_assert_uint_eq(key.comment_len, 3);
    ck_assert_mem_eq(key.comment, "one", 3);
    ck_assert_int_eq(agent_list_next(&list, &key), 1);
    ck_assert_int_eq(key.key.ed25519[0], 2);
    ck_assert_uint_eq(key.comment_len, 0);
    ck_assert_int_eq(agent_list_next(&list, &key), 0);
}

START_TEST(every_cut)
{
    message m = list_of_keys();
    agent_answer answer;
    int result;

    for (size_t step = 1; step <= m.len; step++) {
        ck_assert_uint_eq(take(&answer, m.bytes, m.len, step, &result), m.len);
        ck_assert_int_eq(result, 0);
        ck_assert_uint_eq(agent_answer_wants(&answer), 0);
        expect_keys(&answer);
        agent_answer_free(&answer);
    }
}
END_TEST

/* What is behind an answer is not asked for, and not taken. */
START_TEST(no_more_than_that)
{
    message m = list_of_keys();
    agent_answer answer;
    int result;

    ck_assert_uint_eq(take(&answer, m.bytes, m.len + 100, ROOM, &result), m.len);
    ck_assert_int_eq(agent_answer_take(&answer, m.bytes, 1), AGENT_DAMAGED);
    expect_keys(&answer);
    agent_answer_free(&answer);
}
END_TEST

/* Each cut short, with the length mended: an error, and never a byte beyond. */
START_TEST(cut_short)
{
    message whole = list_of_keys();

    for (size_t len = 5; len < whole.len; len++) {
        message m = whole;
        agent_answer answer;
        agent_list list;
        agent_key key;
        int result;

        m.len = len;
        end(&m);
        take(&answer, m.bytes, len, ROOM, &result);
        ck_assert_int_eq(result, 0);
        result = agent_list_begin(&list, &answer);
        while (result == 0)
            result = agent_list_next(&list, &key) == 1 ? 0 : -1;
        ck_assert_int_lt(result, 0);
        agent_answer_free(&answer);
    }
}
END_TEST

static const struct {
    uint32_t length;
    int result;
} lengths[] = { { 0, AGENT_DAMAGED },          { 1, 0 },
                { AGENT_ANSWER_MAX, 0 },       { AGENT_ANSWER_MAX + 1, AGENT_DAMAGED },
                { 0x7fffffff, AGENT_DAMAGED }, { 0x80000000u, AGENT_DAMAGED },
                { 0xffffffffu, AGENT_DAMAGED } };

START_TEST(lengths_of_answers)
{
    message m = { .len = 0 };
    agent_answer answer;
    int result;

    put_number(&m, lengths[_i].length);
    take(&answer, m.bytes, 4, 4, &result);
    ck_assert_int_eq(result, lengths[_i].result);
    agent_answer_free(&answer);
}
END_TEST

/* Lengths of strings in a list that are not true, each in place of each. */
START_TEST(lengths_of_strings)
{
    static const uint32_t wrong[] = { 0x7fffffff, 0x80000000u, 0xfffffffcu, 0xffffffffu, 1000 };
    const size_t places[] = { 9, 9 + 4 + BLOB_SIZE };

    for (size_t k = 0; k < COUNT(places); k++) {
        for (int i = 0; i < COUNT(wrong); i++) {
            message m = list_of_keys();
            size_t len = m.len;
            agent_answer answer;
            agent_list list;
            agent_key key;
            int result;

            m.len = places[k];
            put_number(&m, wrong[i]);
            take(&answer, m.bytes, len, ROOM, &result);
            ck_assert_int_eq(agent_list_begin(&list, &answer), 0);
            ck_assert_int_eq(agent_list_next(&list, &key), AGENT_DAMAGED);
            agent_answer_free(&answer);
        }
    }
}
END_TEST

/* More and fewer keys than it says. */
START_TEST(wrong_count)
{
    for (uint32_t count = 0; count <= 4; count += 4) {
        message m = list_of_keys();
        size_t len = m.len;
        agent_answer answer;
        agent_list list;
        agent_key key;
        int result;

        m.len = 5;
        put_number(&m, count);
        take(&answer, m.bytes, len, ROOM, &result);
        ck_assert_int_eq(agent_list_begin(&list, &answer), 0);
        while ((result = agent_list_next(&list, &key)) == 1)
            continue;
        ck_assert_int_eq(result, AGENT_DAMAGED);
        agent_answer_free(&answer);
    }
}
END_TEST

/* ---- signatures ---- */

static const struct {
    uint8_t type;
    size_t signature, behind; /* bytes */
    int result;
} signatures[] = {
    { 14, 83, 0, 0 },
    { 14, 0, 0, AGENT_DAMAGED },
    { 14, 83, 1, AGENT_DAMAGED },
    { 5, 0, 0, AGENT_REFUSES },
    { 30, 0, 0, AGENT_REFUSES },
    { 102, 0, 0, AGENT_REFUSES },
    { 12, 83, 0, AGENT_DAMAGED },
    { 0, 83, 0, AGENT_DAMAGED },
    { 255, 83, 0, AGENT_DAMAGED },
};

START_TEST(signature_answers)
{
    static const uint8_t bytes[100];
    const uint8_t *blob = NULL;
    agent_answer answer;
    size_t len = 0;
    message m;
    int result;

    begin(&m, signatures[_i].type);
    put_string(&m, bytes, signatures[_i].signature);
    memset(m.bytes + m.len, 0, signatures[_i].behind);
    m.len += signatures[_i].behind;
    end(&m);
    take(&answer, m.bytes, m.len, ROOM, &result);
    ck_assert_int_eq(agent_read_signature(&answer, &blob, &len), signatures[_i].result);
    if (signatures[_i].result == 0)
        ck_assert_uint_eq(len, signatures[_i].signature);
    agent_answer_free(&answer);
    memset(&answer, 0, sizeof(answer));
    ck_assert_int_eq(agent_read_signature(&answer, &blob, &len), AGENT_DAMAGED);
}
END_TEST

/* ---- requests ---- */

START_TEST(requests)
{
    static const uint8_t list[] = { 0, 0, 0, 1, 11 };
    static sw_public_key key = { .type = SW_KEY_ED25519 };
    uint8_t out[AGENT_SIGN_REQUEST_MAX];
    uint8_t what[SW_SSHSIG_SIZE];
    message m;

    ck_assert_uint_eq(agent_write_list_request(out), sizeof(list));
    ck_assert_mem_eq(out, list, sizeof(list));
    memset(what, 7, sizeof(what));
    memset(key.ed25519, 3, sizeof(key.ed25519));
    begin(&m, 13);
    put_key(&m, 3);
    put_string(&m, what, sizeof(what));
    put_number(&m, 0);
    end(&m);
    ck_assert_uint_eq(agent_write_sign_request(&key, what, sizeof(what), out), m.len);
    ck_assert_mem_eq(out, m.bytes, m.len);
    key.type = SW_KEY_NONE;
    ck_assert_uint_eq(agent_write_sign_request(&key, what, sizeof(what), out), 0);
}
END_TEST

/* The largest key, and the flag that asks for SHA-256. */
START_TEST(request_of_rsa)
{
    static sw_public_key key = {
        .type = SW_KEY_RSA, .bits = SW_RSA_MAX_BITS, .n_size = SW_RSA_MAX_SIZE, .e_size = 3, .e = { 1, 0, 1 }
    };
    static const uint8_t flags[] = { 0, 0, 0, 2 };
    uint8_t *out = malloc(AGENT_SIGN_REQUEST_MAX);
    uint8_t what[SW_SSHSIG_SIZE] = { 0 };
    size_t len;

    memset(key.n, 0xff, sizeof(key.n));
    len = agent_write_sign_request(&key, what, sizeof(what), out);
    ck_assert_uint_gt(len, SW_RSA_MAX_SIZE);
    ck_assert_mem_eq(out + len - 4, flags, 4);
    free(out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("agent messages");
    TCase *tcase = suite_case(suite, "answers");

    tcase_add_test(tcase, every_cut);
    tcase_add_test(tcase, no_more_than_that);
    tcase_add_test(tcase, cut_short);
    tcase_add_loop_test(tcase, lengths_of_answers, 0, COUNT(lengths));
    tcase_add_test(tcase, lengths_of_strings);
    tcase_add_test(tcase, wrong_count);
    tcase_add_loop_test(tcase, signature_answers, 0, COUNT(signatures));
    tcase_add_test(tcase, requests);
    tcase_add_test(tcase, request_of_rsa);
    return run_suite(suite);
}
