/* SPDX-License-Identifier: ISC */
#include "privileges.h"

#include "platform.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A number from sudo. -1: there is none. */
static long number_of(const char *variable)
{
    const char *text = platform_variable(variable);
    char *end;
    long number;

    if (text == NULL || text[0] < '0' || text[0] > '9')
        return -1;
    number = strtol(text, &end, 10);
    return *end == '\0' ? number : -1;
}

static int become(const char *name, uid_t user, gid_t group)
{
    if (name != NULL ? initgroups(name, group) < 0 : setgroups(0, NULL) < 0)
        return -1;
    if (setgid(group) < 0) /* of root, all of its groups, and so it is with users */
        return -1;
    return setuid(user);
}

int privileges_drop(const char *user, char why[CAPTURE_WHY_SIZE])
{
    static const char nobody[] = "nobody";
    long sudo_user = number_of("SUDO_UID"), sudo_group = number_of("SUDO_GID");
    const struct passwd *entry;
    int result;

    if (geteuid() != 0) {
        if (platform_drop_capabilities() == 0)
            return 0;
        snprintf(why, CAPTURE_WHY_SIZE, "capabilities: %s", strerror(errno));
        return -1;
    }
    if (user == NULL && sudo_user > 0 && sudo_group > 0) {
        result = become(NULL, (uid_t)sudo_user, (gid_t)sudo_group);
    } else {
        entry = getpwnam(user != NULL ? user : nobody);
        if (entry == NULL) {
            snprintf(why, CAPTURE_WHY_SIZE, "user %s: there is none", user != NULL ? user : nobody);
            return -1;
        }
        result = entry->pw_uid == 0 ? 0 : become(entry->pw_name, entry->pw_uid, entry->pw_gid);
    }
    if (result < 0)
        snprintf(why, CAPTURE_WHY_SIZE, "giving up the rights of root: %s", strerror(errno));
    return result;
}
