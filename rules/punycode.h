/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Punycode (RFC 3492) of one label, without its `xn--`. The time is quadratic in the length: limit
 * it. (libidn2 has it too, but only behind checks and length limits that a browser does not make.)
 */
#ifndef ESPIAL_RULES_PUNYCODE_H
#define ESPIAL_RULES_PUNYCODE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends the encoded label; returns false where a number overflows. */
bool punycode_encode(const uint32_t *label, size_t len, GString *out);

/* Decodes into `label`, which has room for `len` code points; their number goes to `label_len`.
 * Returns false where the input is malformed or a code point is no Unicode scalar value. */
bool punycode_decode(const char *text, size_t len, uint32_t *label, size_t *label_len);

#endif
