/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Host names: registrable domains by the Public Suffix List (libpsl), and IDN (UTS #46,
 * rules/idna.h).
 */
#ifndef ESPIAL_RULES_DOMAIN_H
#define ESPIAL_RULES_DOMAIN_H

#include "rules/span.h"

/* The registrable domain of a normalised host (lower case, ASCII), as a slice of `host`:
 * `example.co.uk` of `a.b.example.co.uk`. Private suffixes count (`github.io`), as they do for a
 * browser. SPAN_NONE for IP addresses, single labels and hosts that are public suffixes themselves.
 */
struct span domain_registrable(struct span host);

/* Whether the host ends in a suffix that the list knows: `example.com` does, `invoice.pdf` does
 * not. */
bool domain_suffix_known(struct span host);

/* Whether `host` is `suffix` or ends in `.suffix`. Both lower case; a trailing dot of host is
 * ignored. */
bool domain_has_suffix(struct span host, struct span suffix);

/* The WHATWG "domain to ASCII" with beStrict false: UTS #46 non-transitional, bidi and joiner
 * checks, no hyphen or length checks; ASCII is only lower-cased. Returns NULL on failure, which
 * includes forbidden code points and more than 4 KiB that are not ASCII; the caller frees it with
 * g_free(). */
char *domain_to_ascii(struct span domain);

/* For reading only: the host with its Punycode labels decoded, UTF-8, unsanitised. Returns a copy
 * of the host where a label cannot be decoded or is no valid IDN (as browsers show it then); the
 * caller frees it with g_free(). */
char *domain_to_unicode(struct span host);

#endif
