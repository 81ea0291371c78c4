/* SPDX-License-Identifier: ISC */
#include "options.h"

#include "report.h"

#include <sidewire/backends.h>
#include <sidewire/handshake.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

int option_number(const char *source, const char *text, long min, long max, long *value)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 || number < min || number > max) {
        report("%s: '%s' is not a number from %ld to %ld", source, text, min, max);
        return -1;
    }
    *value = number;
    return 0;
}

int option_features(const char *source, const char *text, unsigned *features)
{
    sw_error error;

    if (sw_features_parse(text, strlen(text), features, &error) == SW_OK)
        return 0;
    if (error.code == SW_E_FEATURE)
        report("%s: '%s': unknown feature '%.*s'; known are sideband,aes_ctr128,sha256", source, text,
               (int)error.limit, text + error.value);
    else
        report("%s: '%s': %s; known are sideband,aes_ctr128,sha256", source, text, sw_error_text(error.code));
    return -1;
}

int option_crypto(const char *source, const char *text, const char **name)
{
    for (size_t i = 0; (*name = sw_backend_name(i)) != NULL; i++)
        if (strcmp(*name, text) == 0)
            return 0;
    report("%s: '%s' is not built in; there are " SIDEWIRE_BACKENDS, source, text);
    return -1;
}

sw_crypto *start_crypto(const char *name)
{
    sw_crypto *crypto = sw_backend_new(name);

    if (crypto == NULL)
        report("crypto: %s: the library is not installed, or there is no memory or no randomness",
               name != NULL ? name : SIDEWIRE_BACKENDS);
    return crypto;
}

static int open_descriptor(const char *source, const char *text, size_t len, int *fd)
{
    char digits[12];
    long number;

    if (len >= sizeof(digits))
        len = sizeof(digits) - 1;
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (option_number(source, digits, 0, INT_MAX, &number) < 0)
        return -1;
    *fd = (int)number;
    if (fcntl(*fd, F_GETFD) < 0) {
        report("%s: descriptor %d: %s", source, *fd, strerror(errno));
        return -1;
    }
    return 0;
}

int option_descriptors(const char *source, const char *text, int *in, int *out)
{
    const char *comma = strchr(text, ',');

    if (comma == NULL) {
        report("%s: '%s' is not of the form IN,OUT", source, text);
        return -1;
    }
    if (open_descriptor(source, text, (size_t)(comma - text), in) < 0)
        return -1;
    return open_descriptor(source, comma + 1, strlen(comma + 1), out);
}
