/* SPDX-License-Identifier: ISC */
/* Measuring things beside each other, and how results are printed. */
#ifndef SIDEWIRE_BENCH_TIMING_H
#define SIDEWIRE_BENCH_TIMING_H

#include <stddef.h>

enum { ROUNDS_MAX = 1000 };

/* Something to be measured. run does `units` of work and checks what came out of it. */
typedef struct contender {
    const char *name;
    void (*run)(void *context);
    void (*stop)(void *context); /* frees it with all it has; NULL: nothing to free */
    void *context;
    double units;
    const double *measured;     /* nanoseconds, if run takes the time itself; NULL: all of run */
    double samples[ROUNDS_MAX]; /* nanoseconds a unit, one for each round */
} contender;

/* The first argument of every program: how often everything is measured. Ends the program if it is
 * no number from 1 to ROUNDS_MAX. */
size_t timing_rounds(int argc, char **argv);

/* Nanoseconds that this thread was running: what others do with the machine meanwhile does not
 * count. */
double timing_now(void);

/* Adds up parts of a run, less what reading the clock adds to each. NULL: the time is not wanted,
 * and no clock is read. */
double timing_begin_part(const double *sum);
void timing_end_part(double *sum, double start);

/* Runs all of them in turn, A B C A B C, `rounds` times after one round that does not count: when
 * the machine gets slower for a while, all of them do. */
void timing_run(contender *const *contenders, size_t count, size_t rounds);

void timing_stop(contender *const *contenders, size_t count);

double timing_median(const contender *c, size_t rounds);

/* How many times as fast ours is: the median of the ratios within each round. */
double timing_ratio(const contender *ours, const contender *theirs, size_t rounds);

/* ---- results, lines of fields separated by tabs ----
 *
 *     KEY  WHAT  UNIT  OURS  NEIGHBOUR  THEIRS  RATIO
 *
 * KEY names the line to script/bench, which knows the target; RATIO is above 1 where we are
 * better. */

/* As nanoseconds a unit. */
void report_times(const char *key, const char *what, const contender *ours, const contender *theirs,
                  size_t rounds);
/* As units a second, in `unit`s: each of them is so many. */
void report_rates(const char *key, const char *what, const char *unit, double units_each, const contender *ours,
                  const contender *theirs, size_t rounds);

/* A figure without a neighbour. */
void report_figure(const char *key, const char *what, const char *unit, double value);

/* Ends the program: what was measured did not do its work. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
