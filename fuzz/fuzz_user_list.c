/* SPDX-License-Identifier: ISC */
/* A user list. The key file that corpora name is /proc/self/fd/100, which has an RSA key. Who is in the list is
 * found, and reading it again gives the same. */
#include "log.h"
#include "user_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "text_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KEY_DESCRIPTOR = 100, KEY_BITS = 2048 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static size_t put_base64(char *out, const uint8_t *in, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i += 3) { /* the key's length is a multiple of 3 */
        unsigned group = (unsigned)in[i] << 16 | (unsigned)in[i + 1] << 8 | in[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            out[n++] = digits[group >> shift & 63];
    }
    return n;
}

/* An ssh-rsa line with e = 65537 and a modulus that is odd and has its highest bit, which is all that is looked at. */
static void make_key_file(void)
{
    static const uint8_t head[] = { 0, 0, 0, 7, 's', 's', 'h', '-', 'r', 's', 'a', 0,
                                    0, 0, 3, 1, 0,   1,   0,   0,   1,   1,   0 };
    uint8_t blob[sizeof(head) + KEY_BITS / 8];
    char line[512] = "ssh-rsa ";
    size_t len;
    text_file file;

    memcpy(blob, head, sizeof(head));
    memset(blob + sizeof(head), 0xa5, KEY_BITS / 8);
    len = strlen(line);
    len += put_base64(line + len, blob, sizeof(blob));
    line[len++] = '\n';
    text_file_open(&file, KEY_DESCRIPTOR);
    text_file_append(&file, line, len);
}

static void check_list(const user_list *list)
{
    static sw_public_key key;

    check(list->count <= USERS_MAX, "users");
    for (size_t i = 0; i < list->count; i++) {
        const user *u = &list->users[i];
        const user *found = user_list_find(list, u->name, strlen(u->name), &key);
        check(strlen(u->name) > 0 && strlen(u->name) <= USER_NAME_MAX, "a name");
        check((u->permissions & ~0xfu) == 0, "permissions");
        check(u->key.type != SW_KEY_RSA || (found != NULL && found <= u && strcmp(found->name, u->name) == 0),
              "found by name");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int ready;
    user_list list, again;
    char why[256] = "";
    text_file file;
    int result;

    if (!ready) {
        log_set_level(LEVEL_EMERG);
        make_key_file();
        ready = 1;
    }
    text_file_open(&file, -1);
    text_file_append(&file, data, size);
    result = user_list_load(&list, file.path, why, sizeof(why));
    check_result("again", user_list_load(&again, file.path, why, sizeof(why)), result);
    if (result < 0)
        check(why[0] != '\0' && list.count == 0, "a reason, and no list");
    check_list(&list);
    check_number("users", again.count, list.count);
    user_list_free(&again);
    user_list_free(&list);
    text_file_close(&file);
    return 0;
}
