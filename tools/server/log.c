#include "log.h"

#include "report.h"

#include <stdarg.h>
#include <string.h>

static const char *const names[] = { "debug", "info", "notice", "warning",
                                     "error", "crit", "emerg" };

static log_level lowest = LEVEL_NOTICE;

int log_level_parse(const char *name)
{
    for (int i = LEVEL_DEBUG; i <= LEVEL_EMERG; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *log_level_name(log_level level)
{
    return names[level];
}

void log_set_level(log_level level)
{
    lowest = level;
}

log_level log_get_level(void)
{
    return lowest;
}

void log_event(log_level level, const char *format, ...)
{
    char text[1024];
    va_list args;

    if (level < lowest)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    report("%s: %s", names[level], text);
}
