#include "key_file.h"

#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 65536 };

/* Private keys pass through here, so not through stdio's buffers. */
static char *read_key_file(const char *path, size_t *len, char *why, size_t why_size)
{
    const char *problem;
    char *text = NULL;
    struct stat info;
    ssize_t n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *len = 0;
    if (fd < 0 || fstat(fd, &info) < 0) {
        snprintf(why, why_size, "%s", strerror(errno));
    } else if (!S_ISREG(info.st_mode)) {
        snprintf(why, why_size, "not a regular file");
    } else if ((problem = private_file_problem(fd)) != NULL) {
        snprintf(why, why_size, "%s", problem);
    } else if ((text = malloc(KEY_FILE_MAX + 1)) == NULL) {
        snprintf(why, why_size, "%s", strerror(errno));
    } else {
        while (*len <= KEY_FILE_MAX && (n = read(fd, text + *len, KEY_FILE_MAX + 1 - *len)) > 0)
            *len += (size_t)n;
        if (n < 0)
            snprintf(why, why_size, "%s", strerror(errno));
        else if (*len > KEY_FILE_MAX)
            snprintf(why, why_size, "file larger than %d bytes", KEY_FILE_MAX);
        if (n < 0 || *len > KEY_FILE_MAX) {
            explicit_bzero(text, *len);
            free(text);
            text = NULL;
        }
    }
    if (fd >= 0)
        close(fd);
    return text;
}

int load_public_key(sw_public_key *key, const char *path, char *why, size_t why_size)
{
    size_t len;
    char *text = read_key_file(path, &len, why, why_size);
    sw_error error;
    int result;

    if (text == NULL)
        return -1;
    result = sw_public_key_parse(key, text, len, &error);
    if (result == SW_OK && key->type != SW_KEY_RSA)
        result = error.code = SW_E_KEY_NOT_RSA;
    explicit_bzero(text, len); /* somebody may have named a private key by mistake */
    free(text);
    if (result < 0)
        sw_error_format(&error, why, why_size);
    return result < 0 ? -1 : 0;
}

int load_private_key(sw_private_key *key, const char *path, char *why, size_t why_size)
{
    size_t len;
    char *text = read_key_file(path, &len, why, why_size);
    sw_error error;
    int result;

    if (text == NULL)
        return -1;
    result = sw_private_key_parse(key, text, len, &error);
    if (result == SW_OK && key->type != SW_KEY_RSA)
        result = error.code = SW_E_KEY_NOT_RSA;
    explicit_bzero(text, len);
    free(text);
    if (result < 0)
        sw_error_format(&error, why, why_size);
    return result < 0 ? -1 : 0;
}
