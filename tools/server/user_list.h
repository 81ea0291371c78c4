/* SPDX-License-Identifier: ISC */
/* The users and what they may do [protocol, section 11]. */
#ifndef SIDEWIRE_SERVER_USER_LIST_H
#define SIDEWIRE_SERVER_USER_LIST_H

#include <sidewire/config.h>
#include <sidewire/keys.h>

enum {
    USER_NAME_MAX = 255,      /* bytes */
    USER_LINE_MAX = 4096,     /* bytes of a line, without its LF */
    USER_FILE_MAX = 16 << 20, /* bytes of the whole list */
    USERS_MAX = 100000
};

/* A line of the list: users may have several, each with a key of its own. */
typedef struct user {
    char name[USER_NAME_MAX + 1];
    unsigned permissions;    /* SW_AFS_READ and so on */
    unsigned char shows;     /* his first line with an RSA key, for which challenges of plain sessions are */
    unsigned char is_double; /* while the list is read: a line before says the same */
    size_t line;             /* of the file */
    sw_public_key key;
} user;

/* Of a line's name and key: different for different names, and for different keys of a name. In a large list these are
 * searched, close together, instead of names and keys. */
typedef struct user_mark {
    uint64_t name, key;
    unsigned shows;
} user_mark;

typedef struct user_list {
    user *users;
    user_mark *marks; /* of each */
    size_t count;
    uint64_t seed;          /* of the marks */
    sw_key_kind *key_kinds; /* those that show, and how many of each; in an order that is not the file's */
    size_t key_kind_count;
    char **key_files; /* paths, the first of each folder; those of users that were skipped, too */
    size_t key_file_count;
} user_list;

/* Reads a list. Users that cannot be used are skipped and logged. 0, or -1 with the reason in
 * why[0..why_size) if there is no list to speak of; *list is then empty. */
int user_list_load(user_list *list, const char *path, char *why, size_t why_size);

/* A user of a plain session: the line of that name that shows, or NULL. *key becomes a copy of his
 * key, or, for a name that is not there, of somebody else's, which is of no use but to take as long: in a large
 * list a key is not in the processor's cache. */
const user *user_list_find(const user_list *list, const char *name, size_t len, sw_public_key *key);
/* A user who offers a key, by its blob: the line of that name and with that key; else any line of that
 * name; else NULL. *key is as above. */
const user *user_list_find_key(const user_list *list, const char *name, size_t len, const uint8_t *blob,
                               size_t blob_len, sw_public_key *key);

void user_list_free(user_list *list);

/* ---- user_index.c, for the files of the list ---- */

/* The mark of a name, or of a key's blob. */
uint64_t user_mark_of(uint64_t seed, const void *bytes, size_t len);
/* Makes the marks, sets who shows, and drops lines that say what one before says, after telling each. 0, or -1 without
 * memory. */
int user_list_index(user_list *list, void (*tell)(void *context, const user *u), void *context);

#endif
