/* SPDX-License-Identifier: ISC */
/* Key files that ssh-keygen and openssl wrote. They come from SIDEWIRE_TEST_KEYS, a folder that make-keys.sh filled;
 * without it, one is made and removed again. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>

#include "test_keys.h"

/* Fills the folder. */
static int make_keys(const char *folder)
{
    const char *root = getenv("SIDEWIRE_SOURCE_ROOT");
    char command[2048];
    int n;

    if (root == NULL) {
        fprintf(stderr, "set SIDEWIRE_TEST_KEYS or SIDEWIRE_SOURCE_ROOT\n");
        return 0;
    }
    n = snprintf(command, sizeof(command), "sh '%s/tests/support/make-keys.sh' '%s'", root, folder);
    return n > 0 && (size_t)n < sizeof(command) && system(command) == 0;
}

static int run_tests(const char *folder)
{
    Suite *suite = suite_create("keys");

    add_key_file_tests(suite, folder);
    add_key_ed25519_tests(suite, folder);
    return run_suite(suite);
}

int main(void)
{
    char folder[] = "/tmp/sidewire-keys-XXXXXX";
    char removal[sizeof(folder) + 16];
    const char *given = getenv("SIDEWIRE_TEST_KEYS");
    int result = 1;

    if (given != NULL)
        return run_tests(given);
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return 1;
    }
    if (make_keys(folder))
        result = run_tests(folder);
    snprintf(removal, sizeof(removal), "rm -rf '%s'", folder);
    if (system(removal) != 0)
        result = 1;
    return result;
}
