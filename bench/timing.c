/* SPDX-License-Identifier: ISC */
#include "timing.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "bench: ");
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    exit(1);
}

size_t timing_rounds(int argc, char **argv)
{
    char *end = NULL;
    long rounds = argc > 1 ? strtol(argv[1], &end, 10) : 0;

    if (end == NULL || *end != '\0' || rounds < 1 || rounds > ROUNDS_MAX)
        fail("the first argument is a number of rounds, 1 to %d", ROUNDS_MAX);
    return (size_t)rounds;
}

double timing_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

static double median(const double *values, size_t count)
{
    double sorted[ROUNDS_MAX];

    memcpy(sorted, values, count * sizeof(*values));
    qsort(sorted, count, sizeof(*sorted), compare);
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

/* ---- parts ---- */

/* A part in which nothing happens. */
static double empty_part(void)
{
    static double known;
    double samples[ROUNDS_MAX];

    if (known == 0) {
        for (size_t i = 0; i < ROUNDS_MAX; i++) {
            double start = timing_now();
            samples[i] = timing_now() - start;
        }
        known = median(samples, ROUNDS_MAX);
    }
    return known;
}

double timing_begin_part(const double *sum)
{
    return sum != NULL ? empty_part() + timing_now() : 0;
}

void timing_end_part(double *sum, double start)
{
    if (sum != NULL)
        *sum += timing_now() - start;
}

/* ---- rounds ---- */

static double measure(const contender *c)
{
    double start = timing_now();
    double end;

    c->run(c->context);
    end = timing_now();
    return (c->measured != NULL ? *c->measured : end - start) / c->units;
}

void timing_run(contender *const *contenders, size_t count, size_t rounds)
{
    for (size_t i = 0; i < count; i++)
        measure(contenders[i]);
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < count; i++)
            contenders[i]->samples[round] = measure(contenders[i]);
}

void timing_stop(contender *const *contenders, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (contenders[i]->stop != NULL)
            contenders[i]->stop(contenders[i]->context);
}

double timing_median(const contender *c, size_t rounds)
{
    return median(c->samples, rounds);
}

double timing_ratio(const contender *ours, const contender *theirs, size_t rounds)
{
    double ratios[ROUNDS_MAX];

    for (size_t i = 0; i < rounds; i++)
        ratios[i] = theirs->samples[i] / ours->samples[i];
    return median(ratios, rounds);
}

/* ---- results ---- */

static void print_comparison(const char *key, const char *what, const char *unit, double our_value,
                             const char *neighbour, double their_value, double ratio)
{
    printf("%s\t%s\t%s\t%.6g\t%s\t%.6g\t%.6g\n", key, what, unit, our_value, neighbour, their_value, ratio);
    fflush(stdout);
}

void report_times(const char *key, const char *what, const contender *ours, const contender *theirs, size_t rounds)
{
    print_comparison(key, what, "ns", timing_median(ours, rounds), theirs->name, timing_median(theirs, rounds),
                     timing_ratio(ours, theirs, rounds));
}

void report_rates(const char *key, const char *what, const char *unit, double units_each, const contender *ours,
                  const contender *theirs, size_t rounds)
{
    double scale = 1e9 / units_each;

    print_comparison(key, what, unit, scale / timing_median(ours, rounds), theirs->name,
                     scale / timing_median(theirs, rounds), timing_ratio(ours, theirs, rounds));
}

void report_figure(const char *key, const char *what, const char *unit, double value)
{
    printf("%s\t%s\t%s\t%.6g\t\t\t\n", key, what, unit, value);
    fflush(stdout);
}
