/* Who the user is when no option says so. */
#ifndef SIDEWIRE_CLIENT_IDENTITY_H
#define SIDEWIRE_CLIENT_IDENTITY_H

/* The login name; NULL after a message. */
const char *identity_user(void);

/* Path of the user's key: ~/.paraslash/key.USER, or else ~/.ssh/id_rsa. To be freed; NULL after a
 * message. */
char *identity_key_path(const char *user);

#endif
