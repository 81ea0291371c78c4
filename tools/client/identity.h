/* SPDX-License-Identifier: ISC */
/* Who the user is when no option says so. */
#ifndef SIDEWIRE_CLIENT_IDENTITY_H
#define SIDEWIRE_CLIENT_IDENTITY_H

/* The login name; NULL after a message. */
const char *identity_user(void);

/* The user's folder; NULL: none is known. */
const char *home_folder(void);

/* HOME/RESTEND, to be freed; NULL after a message. */
char *home_path(const char *home, const char *rest, const char *end);

/* A path in which ~/ in front is the user's folder, to be freed; NULL after a message. */
char *expanded_path(const char *path);

/* Path of the file of defaults, if it is there. To be freed; NULL: it is not. */
char *identity_config_path(void);

/* Paths of the files that are there of the user's usual keys, in the order in which they are tried:
 * ~/.paraslash/key.USER, ~/.ssh/id_ed25519, ~/.ssh/id_rsa. How many; each to be freed. */
enum { USUAL_KEYS = 3 };
int identity_key_paths(const char *user, char *paths[USUAL_KEYS]);

#endif
