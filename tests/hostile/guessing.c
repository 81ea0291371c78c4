/* SPDX-License-Identifier: ISC */
#include "guessing.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

typedef struct observation {
    double value;
    int is_other;
} observation;

void guess_reset(guess_values *values)
{
    for (int i = 0; i < GUESSES_MAX; i++)
        values->least[i] = DBL_MAX;
}

void guess_note(guess_values *values, int name, double value)
{
    if (value < values->least[name])
        values->least[name] = value;
}

static int compare(const void *a, const void *b)
{
    const observation *x = a, *y = b;

    return (x->value > y->value) - (x->value < y->value);
}

double guess_area(const guess_values *one, const guess_values *other, int names)
{
    static observation all[2 * GUESSES_MAX];
    double wins = 0, others = 0;

    for (int i = 0; i < names; i++) {
        all[2 * i] = (observation){ one->least[i], 0 };
        all[2 * i + 1] = (observation){ other->least[i], 1 };
    }
    qsort(all, 2 * (size_t)names, sizeof(*all), compare);
    for (int i = 0; i < 2 * names; i++) {
        if (all[i].is_other)
            others++;
        else
            wins += others;
    }
    wins /= (double)names * names;
    return wins > 0.5 ? wins : 1 - wins;
}

static int compare_values(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

double guess_median(const guess_values *values, int names)
{
    guess_values copy = *values;

    qsort(copy.least, (size_t)names, sizeof(*copy.least), compare_values);
    return copy.least[names / 2];
}

double guess_limit(int names)
{
    double chance = 4 * sqrt((2.0 * names + 1) / (12.0 * names * names));

    return 0.5 + (chance > 0.05 ? chance : 0.05);
}

/* The step between neighbours is a prime that no number of names is a multiple of. */
int guess_order(int step, int names, int round)
{
    const long stride = 7919;

    return (int)((step * stride + 131L * round) % names);
}
