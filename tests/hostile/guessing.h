/* SPDX-License-Identifier: ISC */
/* Whoever guesses by a number whether a name is known: how often he is right. */
#ifndef SIDEWIRE_TESTS_GUESSING_H
#define SIDEWIRE_TESTS_GUESSING_H

enum { GUESSES_MAX = 2000 }; /* names of each of two kinds */

/* The least value that was seen of each name of a kind, which other work of the machine does not make less. */
typedef struct guess_values {
    double least[GUESSES_MAX];
} guess_values;

void guess_reset(guess_values *values);
void guess_note(guess_values *values, int name, double value);

/* The area under the ROC curve (AUC): how often a name of one kind has a greater value than one of the other, or
 * the other way round. 0.5 is no better than a coin, 1 is always right. */
double guess_area(const guess_values *one, const guess_values *other, int names);

/* The value in the middle. */
double guess_median(const guess_values *values, int names);

/* What the area is allowed to be: 0.55, as promised; or what chance makes of so few names, which is four times its
 * standard deviation. From 1067 names on it is the former. */
double guess_limit(int names);

/* The names in an order that has nothing to do with where they stand in the list, another one in each round. */
int guess_order(int step, int names, int round);

#endif
