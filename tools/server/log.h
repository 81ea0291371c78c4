/* The server's log: one line an event, on standard error. */
#ifndef SIDEWIRE_SERVER_LOG_H
#define SIDEWIRE_SERVER_LOG_H

enum log_level {
    LEVEL_DEBUG,
    LEVEL_INFO,
    LEVEL_NOTICE,
    LEVEL_WARNING,
    LEVEL_ERROR,
    LEVEL_CRIT,
    LEVEL_EMERG
};

/* The name's level, or -1. */
int log_level_parse(const char *name);
const char *log_level_name(enum log_level level);

/* Events below this level are dropped; LEVEL_NOTICE until set. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* Writes `PROGRAM: LEVEL: text`, control characters escaped. */
void log_event(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
