/* Instead of src/cipher.c below packets: a cipher that fails at will, whose key stream is anything. */
#include "any.h"
#include "cipher_internal.h"

int swi_cipher_run(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    /*@ assert \valid(cipher); */
    /*@ assert n == 0 || \valid_read(in + (0 .. n - 1)); */
    any_bytes(out, n);
    return any_int ? SW_E_CIPHER : any_int ? SW_E_AES : SW_OK;
}

int swi_cipher_check(const uint8_t *out, const uint8_t *in, size_t n)
{
    if (n == 0 || (out == in && out != NULL))
        return SW_OK;
    if (out == NULL || in == NULL)
        return SW_E_NULL;
    return swi_ranges_overlap(out, n, in, n) ? SW_E_OVERLAP : SW_OK;
}
