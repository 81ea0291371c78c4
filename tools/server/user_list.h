/* SPDX-License-Identifier: ISC */
/* The users and what they may do [protocol, section 11]. */
#ifndef SIDEWIRE_SERVER_USER_LIST_H
#define SIDEWIRE_SERVER_USER_LIST_H

#include <sidewire/config.h>
#include <sidewire/keys.h>

enum {
    USER_NAME_MAX = 255,     /* bytes */
    USER_LINE_MAX = 4096,    /* bytes of a line, without its LF */
    USER_FILE_MAX = 1 << 20, /* bytes of the whole list */
    USERS_MAX = 4096
};

/* A line of the list: users may have several, each with a key of its own. */
typedef struct user {
    char name[USER_NAME_MAX + 1];
    unsigned permissions; /* SW_AFS_READ and so on */
    sw_public_key key;
} user;

typedef struct user_list {
    user *users;
    size_t count;
    sw_key_kind *key_kinds; /* those that users have, and how many of them */
    size_t key_kind_count;
    char **key_files; /* paths, the first of each folder; those of users that were skipped, too */
    size_t key_file_count;
} user_list;

/* Reads a list. Users that cannot be used are skipped and logged. 0, or -1 with the reason in
 * why[0..why_size) if there is no list to speak of; *list is then empty. */
int user_list_load(user_list *list, const char *path, char *why, size_t why_size);

/* A user of a plain session: the first line of that name with an RSA key, or NULL. *key becomes a copy of his
 * key, or, for a name that is not there, of somebody else's, which is of no use but to take as long: in a large
 * list a key is not in the processor's cache. */
const user *user_list_find(const user_list *list, const char *name, size_t len, sw_public_key *key);
/* A user who offers a key, by its blob: the line of that name and with that key; else any line of that
 * name; else NULL. */
const user *user_list_find_key(const user_list *list, const char *name, size_t len, const uint8_t *blob,
                               size_t blob_len);

void user_list_free(user_list *list);

#endif
