/* SPDX-License-Identifier: ISC */
/* Export macro, C++ linkage and version: the first include of every header. */
#ifndef SIDEWIRE_API_H
#define SIDEWIRE_API_H

#include <stddef.h>
#include <stdint.h>

#define SW_VERSION_MAJOR 0
#define SW_VERSION_MINOR 1
#define SW_VERSION_PATCH 0
#define SW_VERSION "0.1.0"

/* not for Frama-C, which puts the attribute on a struct that is returned */
#if (defined(__GNUC__) || defined(__clang__)) && !defined(__FRAMAC__)
#define SW_API __attribute__((visibility("default")))
#else
#define SW_API
#endif

#ifdef __cplusplus
#define SW_BEGIN_DECLS extern "C" {
#define SW_END_DECLS }
#else
#define SW_BEGIN_DECLS
#define SW_END_DECLS
#endif

SW_BEGIN_DECLS

/* The version of the library that runs, as SW_VERSION is of these headers. Static. */
SW_API const char *sw_version(void);

SW_END_DECLS

#endif
