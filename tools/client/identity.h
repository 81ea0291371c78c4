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

/* Path of the user's key: ~/.paraslash/key.USER, or else ~/.ssh/id_rsa. To be freed; NULL after a
 * message. */
char *identity_key_path(const char *user);

#endif
