/* SPDX-License-Identifier: ISC */
/* What mbedTLS has to do without where there are neither devices nor sockets: behind its own settings,
 * MBEDTLS_USER_CONFIG_FILE. */
#undef MBEDTLS_NET_C
#undef MBEDTLS_TIMING_C
#undef MBEDTLS_FS_IO
#undef MBEDTLS_PSA_ITS_FILE_C
#undef MBEDTLS_PSA_CRYPTO_STORAGE_C
#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_ENTROPY_HARDWARE_ALT /* entropy_wasi.c */
