/* The sessions among the connections of a capture: each that may be one gets an observer. */
#ifndef SIDEWIRE_DUMP_SESSIONS_H
#define SIDEWIRE_DUMP_SESSIONS_H

#include "flows.h"
#include "observer.h"

/* *setup must stay. */
flow_watcher sessions_watcher(observer_setup *setup);

#endif
