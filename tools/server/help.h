/* What --help and --version print. */
#ifndef SIDEWIRE_SERVER_HELP_H
#define SIDEWIRE_SERVER_HELP_H

/* Each returns the exit status. */
int print_help(void);
int print_version(void);

#endif
