/* SPDX-License-Identifier: ISC */
#include "host.h"

#include <string.h>

static int fail(const char **why, const char *text)
{
    *why = text;
    return -1;
}

static int take(char host[HOST_SIZE], const char *text, size_t len, const char **why)
{
    if (len == 0)
        return fail(why, "no name and no address");
    if (len >= HOST_SIZE)
        return fail(why, "longer than a name can be");
    memcpy(host, text, len);
    host[len] = '\0';
    return 0;
}

int host_split(const char *text, char host[HOST_SIZE], const char **port, const char **why)
{
    const char *colon = strchr(text, ':');
    const char *end;

    *port = NULL;
    if (*text == '[') {
        end = strchr(text, ']');
        if (end == NULL)
            return fail(why, "no ] behind the address");
        if (end[1] != '\0' && end[1] != ':')
            return fail(why, "behind ] there may only be a colon and a port");
        *port = end[1] == ':' ? end + 2 : NULL;
        return take(host, text + 1, (size_t)(end - text - 1), why);
    }
    if (strchr(text, ']') != NULL)
        return fail(why, "no [ in front of the address");
    if (colon == NULL || strchr(colon + 1, ':') != NULL) /* several are those of IPv6 */
        return take(host, text, strlen(text), why);
    *port = colon + 1;
    return take(host, text, (size_t)(colon - text), why);
}
