/* SPDX-License-Identifier: ISC */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_FILE_MAX = 65536 };

void tell(const char *what, sw_error error)
{
    char text[256];

    sw_error_format(&error, text, sizeof(text));
    fprintf(stderr, "%s: %s\n", what, text);
}

void die(const char *what, sw_error error)
{
    tell(what, error);
    exit(STATUS_TROUBLE);
}

void die_of_system(const char *what)
{
    perror(what);
    exit(STATUS_TROUBLE);
}

void die_with(const char *text)
{
    fprintf(stderr, "%s\n", text);
    exit(STATUS_TROUBLE);
}

/* ---- keys ---- */

static sw_crypto *opened;

static void close_crypto(void)
{
    sw_backend_free(opened);
}

sw_crypto *open_crypto(void)
{
    opened = sw_backend_new(NULL);
    if (opened == NULL)
        die_of_system("crypto backend");
    atexit(close_crypto);
    return opened;
}

static size_t read_file(const char *path, char *text)
{
    FILE *file = fopen(path, "r");
    size_t len;

    if (file == NULL)
        die_of_system(path);
    setvbuf(file, NULL, _IONBF, 0); /* no second copy of a secret */
    len = fread(text, 1, KEY_FILE_MAX, file);
    fclose(file);
    return len;
}

void load_private_key(sw_private_key *key, const char *path)
{
    static char text[KEY_FILE_MAX];
    sw_error error;
    int result = sw_private_key_parse(key, text, read_file(path, text), &error);

    explicit_bzero(text, sizeof(text));
    if (result < 0)
        die(path, error);
}

void load_public_key(sw_public_key *key, const char *path)
{
    static char text[KEY_FILE_MAX];
    sw_error error;

    if (sw_public_key_parse(key, text, read_file(path, text), &error) < 0)
        die(path, error);
}

sw_argument *make_arguments(char **argv, size_t *count)
{
    sw_argument *arguments;

    for (*count = 0; argv[*count] != NULL;)
        ++*count;
    arguments = calloc(*count + 1, sizeof(*arguments));
    if (arguments == NULL)
        die_of_system("memory");
    for (size_t i = 0; i < *count; i++)
        arguments[i] = sw_argument_of(argv[i]);
    return arguments;
}

sw_server_config make_server_config(const sw_crypto *crypto)
{
    sw_server_config config = { .crypto = crypto, .policy = { .features = SW_FEATURES_ALL } };

    if (crypto->random(crypto->ctx, config.decoy_secret, sizeof(config.decoy_secret)) < 0)
        die_of_system("random bytes");
    return config;
}
