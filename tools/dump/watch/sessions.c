#include "sessions.h"

static void *open_observer(void *setup, const connection *about)
{
    return observer_new(setup, about);
}

static int take_data(void *watch, from side, int64_t time, uint8_t *data, size_t len)
{
    return observer_data(watch, side, time, data, len);
}

static void take_lost(void *watch, from side, int64_t time, uint64_t n)
{
    observer_lost(watch, side, time, n);
}

static void take_conflict(void *watch, from side, uint64_t n)
{
    observer_conflict(watch, side, n);
}

static void take_misplaced(void *watch, from side, uint64_t n)
{
    observer_misplaced(watch, side, n);
}

static void take_end(void *watch, from side, int64_t time)
{
    (void)time;
    observer_end(watch, side);
}

static void close_observer(void *watch, flow_end how, from breaker, int64_t time)
{
    observer_close(watch, how, breaker, time);
}

flow_watcher sessions_watcher(observer_setup *setup)
{
    return (flow_watcher){ setup, open_observer, take_data, take_lost, take_conflict,
                           take_misplaced, take_end, close_observer };
}
