/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes recipients and traps out of what leaves the house (RFC 6590 says why), and looks for them
 * in what is finished. They are found as they stand and as trackers and mailers write them: in any
 * case, escaped any number of times, in base64, hex, base32, compressed, backwards, in rot13, as
 * digests, with other characters between, one within the other (docs/abuse-report.md).
 */
#ifndef ESPIAL_TUI_REPORT_REDACT_H
#define ESPIAL_TUI_REPORT_REDACT_H

#include "tui/report/identities.h"

/* What stands in place of what was taken out. */
#define REDACTED "REDACTED"
/* Longer texts are not looked through: they are cut before. */
#define REDACT_MAX_SIZE ((size_t)1 << 20)

enum redact_extent {
	REDACT_SURE,    /* addresses, digests, and what was named by identities_add() */
	REDACT_GUESSES, /* also local parts and names of recipients where they stand alone */
};

/* The bytes with all of it replaced; NULL where that does not come to an end, or they are too many.
 * The caller frees it with g_string_free(). */
GString *redact_bytes(
	const struct identities *identities, struct span bytes, enum redact_extent extent);
/* The same for a text; REDACTED alone where it cannot be made clean. The caller frees it with
 * g_free(). */
char *redact_text(const struct identities *identities, const char *text);
/* Whether any of it (REDACT_SURE) stands in the bytes as it is; no encoding is undone. */
bool redact_stands(const struct identities *identities, struct span bytes);
/* What is left of it in the bytes, or that they could not be looked through; NULL: nothing is. The
 * caller frees it with g_free(). */
char *redact_find(
	const struct identities *identities, struct span bytes, enum redact_extent extent);

#endif
