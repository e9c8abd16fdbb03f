/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The host parser and serialiser of the URL Standard (§3.5).
 */
#ifndef ESPIAL_RULES_HOST_H
#define ESPIAL_RULES_HOST_H

#include "rules/outbuf.h"
#include "rules/url.h"

/* Appends the serialised host to `out`, sets its kind and adds to the quirks. `text` is not empty;
 * `special` tells whether the scheme is. Returns false on failure, with `out` in any state. */
bool host_parse(struct span text, bool special, struct outbuf *out, enum url_host_kind *kind,
	unsigned *quirks);

#endif
