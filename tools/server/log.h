/* The server's log: one line an event, on standard error. */
#ifndef SIDEWIRE_SERVER_LOG_H
#define SIDEWIRE_SERVER_LOG_H

typedef enum log_level {
    LEVEL_DEBUG,
    LEVEL_INFO,
    LEVEL_NOTICE,
    LEVEL_WARNING,
    LEVEL_ERROR,
    LEVEL_CRIT,
    LEVEL_EMERG
} log_level;

/* The name's level, or -1. */
int log_level_parse(const char *name);
const char *log_level_name(log_level level);

/* Events below this level are dropped; LEVEL_NOTICE until set. */
void log_set_level(log_level level);
log_level log_get_level(void);

/* Writes `PROGRAM: LEVEL: text`, control characters escaped. */
void log_event(log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
