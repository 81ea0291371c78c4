/* SPDX-License-Identifier: ISC */
#include "identity.h"

#include "report.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *identity_user(void)
{
    const struct passwd *entry = getpwuid(getuid());
    const char *name = entry != NULL ? entry->pw_name : getenv("LOGNAME");

    if (name == NULL || *name == '\0') {
        report("user %lu has no login name; see -u", (unsigned long)getuid());
        return NULL;
    }
    return name;
}

const char *home_folder(void)
{
    const char *home = getenv("HOME");
    const struct passwd *entry;

    if (home != NULL && *home != '\0')
        return home;
    entry = getpwuid(getuid());
    return entry != NULL ? entry->pw_dir : NULL;
}

char *home_path(const char *home, const char *rest, const char *end)
{
    char *path;

    if (asprintf(&path, "%s/%s%s", home, rest, end) < 0) {
        report_system("file name", ENOMEM);
        return NULL;
    }
    return path;
}

/* One that is there but cannot be read is worth a message of its own, so not 'absent'. */
static int absent(const char *path)
{
    return access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

char *expanded_path(const char *path)
{
    const char *home = strncmp(path, "~/", 2) == 0 ? home_folder() : NULL;
    char *copy;

    if (home != NULL)
        return home_path(home, path + 2, "");
    copy = strdup(path);
    if (copy == NULL)
        report_system(path, errno);
    return copy;
}

char *identity_config_path(void)
{
    const char *folder = getenv("XDG_CONFIG_HOME");
    const char *home = home_folder();
    char *path = NULL;

    if (folder != NULL && *folder == '/')
        path = home_path(folder, "sidewire/client.conf", "");
    else if (home != NULL)
        path = home_path(home, ".config/sidewire/client.conf", "");
    if (path == NULL || !absent(path))
        return path;
    free(path);
    return NULL;
}

int identity_key_paths(const char *user, char *paths[USUAL_KEYS])
{
    const char *home = home_folder();
    char *all[USUAL_KEYS];
    int count = 0;

    if (home == NULL)
        return 0;
    all[0] = home_path(home, ".paraslash/key.", user);
    all[1] = home_path(home, ".ssh/id_ed25519", "");
    all[2] = home_path(home, ".ssh/id_rsa", "");
    for (int i = 0; i < USUAL_KEYS; i++) {
        if (all[i] != NULL && !absent(all[i]))
            paths[count++] = all[i];
        else
            free(all[i]);
    }
    return count;
}
