/* SPDX-License-Identifier: ISC */
/* Private keys: of files and texts, and those that a backend prepares, or fails to: then they are used as they are. */
#include "watch/keyring.h"

#include "fake_crypto.h"
#include "process.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS = 3 };

/* ---- a backend that prepares all keys but one ---- */

static int prepared, forgotten, fails_at;

static void *prepare(void *ctx, const sw_rsa_private *key)
{
    (void)ctx;
    return prepared++ == fails_at ? NULL : memcpy(malloc(key->d_size), key->d, key->d_size);
}

static void forget(void *ctx, void *of)
{
    (void)ctx;
    forgotten++;
    free(of);
}

/* ---- keys ---- */

static sw_public_key public_halves[KEYS];

static void fill(keyring *ring)
{
    memset(ring, 0, sizeof(*ring));
    ring->keys = calloc(KEYS, sizeof(*ring->keys));
    ring->count = KEYS;
    for (unsigned i = 0; i < KEYS; i++)
        fake_key_pair(&ring->keys[i].key, &public_halves[i], 2048, i);
}

/* What is encrypted for a key is decrypted by what the ring has of it. */
static void check_opens(const sw_crypto *crypto, const keyring *ring, int which)
{
    sw_rsa_public for_key = sw_public_key_view(&public_halves[which]);
    sw_rsa_private key = keyring_view(&ring->keys[which]);
    uint8_t block[256], text[16];
    size_t size;

    ck_assert_int_eq(key.prepared == NULL, which == fails_at);
    ck_assert_int_eq(crypto->oaep_encrypt(crypto, &for_key, (const uint8_t *)"secret", 6, block), 0);
    ck_assert_int_eq(crypto->oaep_decrypt(crypto, &key, block, text, sizeof(text), &size), 0);
    ck_assert_uint_eq(size, 6);
    ck_assert_mem_eq(text, "secret", 6);
}

START_TEST(each_fails)
{
    fake_crypto fake;
    keyring ring;

    fake_crypto_init(&fake, 1);
    fake.table.key_prepare = prepare;
    fake.table.key_forget = forget;
    prepared = forgotten = 0;
    fails_at = _i; /* the last time: none */
    fill(&ring);
    keyring_prepare(&ring, &fake.table);
    ck_assert_int_eq(prepared, KEYS);
    for (int i = 0; i < KEYS; i++)
        check_opens(&fake.table, &ring, i);
    keyring_clear(&ring);
    ck_assert_int_eq(forgotten, _i < KEYS ? KEYS - 1 : KEYS);
    ck_assert_uint_eq(ring.count, 0);
    ck_assert_ptr_null(ring.keys);
}
END_TEST

/* A backend need not prepare any. */
START_TEST(none_prepared)
{
    fake_crypto fake;
    keyring ring;

    fake_crypto_init(&fake, 1);
    fill(&ring);
    keyring_prepare(&ring, &fake.table);
    for (int i = 0; i < KEYS; i++)
        ck_assert_ptr_null(keyring_view(&ring.keys[i]).prepared);
    keyring_clear(&ring);
}
END_TEST

/* ---- which keys are wiped: the linker puts this in the place of the function that does it (--wrap) ---- */

enum { WIPED_MAX = 64 };

static const sw_private_key *wiped[WIPED_MAX];
static int wiped_count;

void __real_sw_private_key_wipe(sw_private_key *key);
void __wrap_sw_private_key_wipe(sw_private_key *key);

void __wrap_sw_private_key_wipe(sw_private_key *key)
{
    wiped[wiped_count++ % WIPED_MAX] = key;
    __real_sw_private_key_wipe(key);
}

static int was_wiped(const sw_private_key *key)
{
    for (int i = 0; i < wiped_count && i < WIPED_MAX; i++)
        if (wiped[i] == key)
            return 1;
    return 0;
}

/* ---- keys of files ---- */

static const char *const names[KEYS] = { "keys/alice", "keys/bob", "keys/eve" };

/* By its file, or by what is in it. */
static int add(keyring *ring, const char *path, int by_text, char *why, size_t why_size)
{
    size_t len;
    const char *text;

    if (!by_text)
        return keyring_add(ring, path, why, why_size);
    text = scratch_read(path, &len);
    return keyring_add_text(ring, path, text, len, why, why_size);
}

static void check_is_key(const keyring *ring, int which)
{
    sw_rsa_private view = keyring_view(&ring->keys[which]);
    sw_private_key key;
    size_t len;
    const char *text = scratch_read(names[which], &len);

    ck_assert_int_eq(sw_private_key_parse(&key, text, len, NULL), SW_OK);
    ck_assert_str_eq(ring->keys[which].name, names[which]);
    ck_assert_uint_eq(view.n_size, key.n_size);
    ck_assert_mem_eq(view.n, sw_private_key_view(&key).n, key.n_size);
    ck_assert_ptr_null(view.prepared);
    sw_private_key_wipe(&key);
}

/* Those that were added before stay what they were. */
START_TEST(added)
{
    const sw_private_key *added_at[KEYS];
    keyring ring = { 0 };
    char why[256] = "";

    for (int n = 0; n < KEYS; n++) {
        const named_key *before = ring.keys; /* is moved, and nothing stays where it was */

        wiped_count = 0;
        ck_assert_int_eq(add(&ring, names[n], _i, why, sizeof(why)), 0);
        for (int i = 0; i < n; i++)
            ck_assert(was_wiped(&before[i].key));
        ck_assert_uint_eq(ring.count, (size_t)n + 1);
        for (int i = 0; i <= n; i++)
            check_is_key(&ring, i);
    }
    ck_assert_str_eq(why, "");
    for (int i = 0; i < KEYS; i++)
        added_at[i] = &ring.keys[i].key;
    wiped_count = 0;
    keyring_clear(&ring);
    for (int i = 0; i < KEYS; i++)
        ck_assert(was_wiped(added_at[i]));
}
END_TEST

/* What is no RSA key is not added, and it is said why. */
START_TEST(not_added)
{
    static const struct {
        const char *path, *why;
    } cases[] = { { "keys/ed25519", "*RSA*" },
                  { "keys/alice.pub", "*" },
                  { "nonsense", "*" },
                  { "missing", "*No such file*" } };
    keyring ring = { 0 };
    char why[256], first[256] = "";

    scratch_write_text("nonsense", "this is no key\n");
    ck_assert_int_eq(add(&ring, names[0], _i, why, sizeof(why)), 0);
    for (int i = 0; i < COUNT(cases) - _i; i++) { /* the last has no text */
        why[0] = '\0';
        ck_assert_int_eq(add(&ring, cases[i].path, _i, why, sizeof(why)), -1);
        ck_assert_str_ne(why, "");
        ck_assert_str_ne(why, first); /* not all of them are keys of another kind */
        expect_match(cases[i].path, why, cases[i].why);
        ck_assert_uint_eq(ring.count, 1);
        if (i == 0)
            strcpy(first, why);
    }
    check_is_key(&ring, 0);
    keyring_clear(&ring);
}
END_TEST

static void make_keys(void)
{
    command_line line = { { NULL }, 0 };

    make_user_keys();
    command_add_words(&line, "ssh-keygen -q -t ed25519 -N '' -C '' -f keys/ed25519");
    process_expect(process_start(&line, NULL), "ssh-keygen", 0, NULL, NULL);
    processes_end();
}

int main(void)
{
    Suite *suite = suite_create("keyring");
    TCase *prepares = suite_case(suite, "prepared"), *adds = suite_case(suite, "added");
    int result;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    tcase_add_loop_test(prepares, each_fails, 0, KEYS + 1);
    tcase_add_test(prepares, none_prepared);
    tcase_add_unchecked_fixture(adds, make_keys, NULL);
    tcase_add_checked_fixture(adds, scratch_enter, scratch_leave);
    tcase_add_loop_test(adds, added, 0, 2);
    tcase_add_loop_test(adds, not_added, 0, 2);
    result = run_suite(suite);
    scratch_close();
    return result;
}
