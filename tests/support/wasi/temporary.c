/* SPDX-License-Identifier: ISC */
/* Temporary files, which wasi-libc does not have and Check keeps the results of tests in. Only what is open is used,
 * so names are free again at once. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

/* wasi-libc declares neither */
FILE *tmpfile(void);
char *tempnam(const char *folder, const char *prefix);

/* Suites run beside each other, and a process has no number of its own here. */
FILE *tmpfile(void)
{
    char name[64];
    uint64_t number;
    FILE *file;

    do {
        if (getentropy(&number, sizeof(number)) != 0)
            return NULL;
        snprintf(name, sizeof(name), "/tmp/sidewire-wasi-check-%016" PRIx64, number);
        file = fopen(name, "w+bx"); /* or two of them may open it before either unlinks it */
    } while (file == NULL && errno == EEXIST);
    if (file != NULL)
        unlink(name);
    return file;
}

/* Asked when the other failed. */
char *tempnam(const char *folder, const char *prefix)
{
    (void)folder;
    (void)prefix;
    return NULL;
}
