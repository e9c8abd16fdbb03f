/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The percent-encode sets of the URL Standard (§1.3).
 */
#ifndef ESPIAL_RULES_ESCAPE_H
#define ESPIAL_RULES_ESCAPE_H

#include "rules/outbuf.h"

#include <stdint.h>

enum escape_set {
	ESCAPE_C0 = 1 << 0,
	ESCAPE_FRAGMENT = 1 << 1,
	ESCAPE_QUERY = 1 << 2,
	ESCAPE_SPECIAL_QUERY = 1 << 3,
	ESCAPE_PATH = 1 << 4,
	ESCAPE_USERINFO = 1 << 5,
};

/* For each byte, the sets it is in. */
extern const uint8_t escape_sets[256];

/* Appends `text`, the bytes of `set` as %XX. */
void escape_append(struct outbuf *out, struct span text, enum escape_set set);

#endif
