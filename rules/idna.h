/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mapping and the validity criteria of UTS #46 (revision 33: non-transitional,
 * UseSTD3ASCIIRules and CheckHyphens false, CheckBidi and CheckJoiners true).
 *
 * That revision derives its tables from Unicode properties, which libunistring has: a code point is
 * mapped by NFKC_Casefold with a handful of exceptions. The Unicode version is that of libunistring
 * (14 in its release 1.0): characters that are newer are refused. libidn2 follows an older revision
 * and cannot be told to leave hyphens and lengths alone.
 */
#ifndef ESPIAL_RULES_IDNA_H
#define ESPIAL_RULES_IDNA_H

#include "rules/span.h"

#include <stdint.h>

/* Maps UTF-8 and normalises it to NFC. Returns code points, which the caller frees with free(), or
 * NULL where the text holds what is not allowed. */
uint32_t *idna_map(struct span domain, size_t *len);

/* Whether a mapped label (already decoded from Punycode) satisfies the criteria, all but Bidi. */
bool idna_label_valid(const uint32_t *label, size_t len);

/* Whether a label has right-to-left characters, which makes its domain a Bidi domain. */
bool idna_label_is_rtl(const uint32_t *label, size_t len);

/* The Bidi rule (RFC 5893 §2), which holds for every label of a Bidi domain. */
bool idna_label_bidi_valid(const uint32_t *label, size_t len);

#endif
