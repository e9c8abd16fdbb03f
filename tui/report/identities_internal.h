/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of tui/report/ share of the identities.
 */
#ifndef ESPIAL_TUI_REPORT_IDENTITIES_INTERNAL_H
#define ESPIAL_TUI_REPORT_IDENTITIES_INTERNAL_H

#include "tui/report/identities.h"
#include "tui/report/needles.h"

struct identities {
	struct needles *squashed, *literals, *digests;
	GHashTable *domains; /* in Punycode → the local parts at it, GPtrArray */
	GHashTable *seen;    /* what was added */
	GHashTable *clean;   /* digests of bytes that hold none of them, for redact_find() */
	unsigned addresses;
	size_t shortest; /* of the needles in text, squashed */
};

/* `local@domain`; `guess`: also its local part where that stands alone. Returns false where it is
 * none. */
bool identities_add_address(struct identities *identities, struct span address, bool guess);
/* A domain and all under it; false where it is too short. */
bool identities_add_domain(struct identities *identities, const char *domain);
/* A local part, or a name, where it stands by itself. `secret`: the user says so; else it is left
 * out where it is a word of everyday mail. False where it is too short. */
bool identities_add_word(struct identities *identities, const char *word, bool secret);
/* Bytes as they stand, of which `mark_len` from `mark` on are to be redacted. */
void identities_add_literal(
	struct identities *identities, struct span bytes, size_t mark, size_t mark_len);

#endif
