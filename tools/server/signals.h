/* Signals as something to poll for. */
#ifndef SIDEWIRE_SERVER_SIGNALS_H
#define SIDEWIRE_SERVER_SIGNALS_H

/* Catches SIGHUP, SIGINT and SIGTERM, ignores SIGPIPE and SIGXFSZ. Returns a descriptor that is
 * readable while a signal waits, or -1 with errno. Once a process. */
int signals_open(void);

/* The number of a signal that came, or 0. */
int signals_next(void);

void signals_close(void);

#endif
