/* SPDX-License-Identifier: ISC */
#include "host_key.h"

#include "platform.h"
#include "secret_file.h"

#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 4096 }; /* bytes; there may be text around the key */

/* 0, or an error of the library. */
static int make(const sw_crypto *crypto, char text[SW_SERVER_KEY_FILE_SIZE])
{
    sw_x25519_key key;
    int result = sw_server_key_make(&key, crypto);

    if (result == SW_OK)
        sw_server_key_write(&key, text);
    sw_server_key_wipe(&key);
    return result;
}

int host_key_load(sw_x25519_key *key, const sw_crypto *crypto, const char *path, char *why, size_t why_size)
{
    char fresh[SW_SERVER_KEY_FILE_SIZE];
    char text[FILE_MAX];
    size_t len;
    sw_error error;
    int result = make(crypto, fresh);

    if (result < 0) {
        snprintf(why, why_size, "%s", sw_error_text(result));
        return -1;
    }
    result = secret_file_open(path, fresh, sizeof(fresh), text, sizeof(text), &len, why, why_size);
    platform_wipe(fresh, sizeof(fresh));
    if (result < 0)
        return -1;
    result = sw_server_key_parse(key, crypto, text, len, &error);
    platform_wipe(text, sizeof(text));
    if (result < 0)
        sw_error_format(&error, why, why_size);
    return result < 0 ? -1 : 0;
}
