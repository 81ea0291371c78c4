/* One way to show sessions. When an event is over, all that it has to say is in the file, or in the
 * buffer of that; whether writing worked is asked of the file. */
#ifndef SIDEWIRE_DUMP_PRINTER_H
#define SIDEWIRE_DUMP_PRINTER_H

#include "events.h"

typedef struct printer {
    event_sink sink;
    /* After the last event: writes what is left and frees sink.ctx. 0, or -1 after a message. */
    int (*finish)(void *ctx);
} printer;

#endif
