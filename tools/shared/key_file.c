/* SPDX-License-Identifier: ISC */
#include "key_file.h"

#include "platform.h"
#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 65536 };

/* As ssh has it: whose file it is, has to keep it to himself. 0, or -1 with the reason. */
static int check_mode(const struct stat *info, char *why, size_t why_size)
{
    if (info->st_uid != getuid() || (info->st_mode & 077) == 0)
        return 0;
    snprintf(why, why_size,
             "a private key that others can read (mode %04o): chmod 600 it, or make "
             "another one",
             (unsigned)info->st_mode & 07777);
    return -1;
}

/* Private keys pass through here, so not through stdio's buffers. NULL with the reason. */
static char *read_all(int fd, size_t *len, char *why, size_t why_size)
{
    char *text = malloc(KEY_FILE_MAX + 1);
    ssize_t n = 1;

    for (*len = 0; text != NULL && *len <= KEY_FILE_MAX && n > 0;) {
        n = read(fd, text + *len, KEY_FILE_MAX + 1 - *len);
        if (n > 0)
            *len += (size_t)n;
        else if (n < 0 && errno == EINTR)
            n = 1;
    }
    if (text != NULL && n == 0)
        return text;
    if (n > 0 && text != NULL)
        snprintf(why, why_size, "file larger than %d bytes", KEY_FILE_MAX);
    else
        snprintf(why, why_size, "%s", strerror(errno));
    if (text != NULL)
        platform_wipe(text, *len);
    free(text);
    return NULL;
}

/* Public keys are read by servers, which must not wait for a pipe; private ones may come from one,
 * such as a shell's <(...). */
static char *read_key_file(const char *path, int is_private, struct stat *info, size_t *len, char *why,
                           size_t why_size)
{
    int wait = is_private ? O_NOCTTY : O_NONBLOCK | O_NOCTTY;
    const char *problem;
    char *text = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | wait);

    if (fd < 0 || fstat(fd, info) < 0)
        snprintf(why, why_size, "%s", strerror(errno));
    else if (!is_private && !S_ISREG(info->st_mode))
        snprintf(why, why_size, "not a regular file");
    else if (!is_private && (problem = private_file_problem(fd)) != NULL)
        snprintf(why, why_size, "%s", problem);
    else
        text = read_all(fd, len, why, why_size);
    if (fd >= 0)
        close(fd);
    return text;
}

int load_public_key(sw_public_key *key, const char *path, char *why, size_t why_size)
{
    struct stat info;
    size_t len;
    char *text = read_key_file(path, 0, &info, &len, why, why_size);
    sw_error error;
    int result;

    if (text == NULL)
        return -1;
    result = sw_public_key_parse(key, text, len, &error);
    platform_wipe(text, len); /* somebody may have named a private key by mistake */
    free(text);
    if (result < 0)
        sw_error_format(&error, why, why_size);
    return result < 0 ? -1 : 0;
}

/* The public half that belongs to a private key with a passphrase, as far as there is one in clear. */
static void find_half(sw_public_key *half, const char *path, const char *text, size_t len)
{
    char beside[PATH_MAX];
    char why[128];

    if (sw_public_key_of_private_file(half, text, len, NULL) == SW_OK)
        return;
    memset(half, 0, sizeof(*half));
    if (snprintf(beside, sizeof(beside), "%s.pub", path) < (int)sizeof(beside))
        load_public_key(half, beside, why, sizeof(why));
}

int load_user_key(sw_private_key *key, sw_public_key *half, const char *path, char *why, size_t why_size)
{
    struct stat info;
    size_t len;
    char *text = read_key_file(path, 1, &info, &len, why, why_size);
    sw_error error;
    int result;

    memset(half, 0, sizeof(*half));
    if (text == NULL)
        return -1;
    result = sw_private_key_parse(key, text, len, &error);
    if (result == SW_E_KEY_PASSPHRASE)
        find_half(half, path, text, len);
    else if (result == SW_E_KEY_IS_PUBLIC && sw_public_key_parse(half, text, len, NULL) < 0)
        result = SW_E_KEY_OTHER; /* no agent could help, so the first reason is told */
    platform_wipe(text, len);
    free(text);
    if (result < 0)
        sw_error_format(&error, why, why_size);
    if (result == SW_E_KEY_IS_PUBLIC)
        return KEY_FILE_PUBLIC;
    if ((result == SW_OK || result == SW_E_KEY_PASSPHRASE) && check_mode(&info, why, why_size) < 0) {
        sw_private_key_wipe(key);
        return -1;
    }
    if (result == SW_E_KEY_PASSPHRASE)
        return KEY_FILE_LOCKED;
    return result < 0 ? -1 : 0;
}

int load_private_key(sw_private_key *key, const char *path, char *why, size_t why_size)
{
    sw_error error = { SW_E_KEY_NOT_RSA, 0, 0 };
    sw_public_key half;

    if (load_user_key(key, &half, path, why, why_size) != 0)
        return -1;
    if (key->type == SW_KEY_RSA)
        return 0;
    sw_private_key_wipe(key);
    sw_error_format(&error, why, why_size);
    return -1;
}
