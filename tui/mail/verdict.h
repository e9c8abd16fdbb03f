/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What espial says of a link: where it leads, and what is suspicious about it.
 */
#ifndef ESPIAL_TUI_MAIL_VERDICT_H
#define ESPIAL_TUI_MAIL_VERDICT_H

#include "rules/chain.h"
#include "tui/mail/link.h"

/* Names and meaning: docs/scan-format.md. */
enum signal {
	SIGNAL_DECEPTIVE_TEXT = 1 << 0, /* the shown text names another registrable domain */
	SIGNAL_NESTED = 1 << 1,         /* a tracker in a tracker */
	SIGNAL_SHORTENER = 1 << 2,
	SIGNAL_LOOP = 1 << 3, /* the chain comes back to itself or is too long */
	SIGNAL_USERINFO = 1 << 4,
	SIGNAL_IP_HOST = 1 << 5,
	SIGNAL_NUMERIC_HOST = 1 << 6,
	SIGNAL_ENCODED_HOST = 1 << 7,
	SIGNAL_IDN = 1 << 8,
	SIGNAL_BACKSLASH = 1 << 9,
	SIGNAL_WHITESPACE = 1 << 10,
	SIGNAL_ODD_PORT = 1 << 11,
	SIGNAL_DANGEROUS_SCHEME = 1 << 12, /* javascript:, data:, file:, vbscript: … */
	SIGNAL_ABUSED_TLD = 1 << 13,       /* the link or its landing, by the ruleset's list */
	SIGNAL_TRIAL_DOMAIN = 1 << 14,     /* a tracker's, by the ruleset's list */
};
#define SIGNAL_COUNT 15

struct verdict {
	const struct link *link; /* of the message */
	struct chain *chain;
	unsigned signals; /* a set of enum signal */
};

/* The name in scan output, `deceptive-text`, and one line that says what it means. */
const char *signal_name(enum signal signal);
const char *signal_meaning(enum signal signal);

/* Judges each link: an array of struct verdict in the order of `links` (of struct link), which must
 * outlive it. The caller frees it with g_ptr_array_unref(). */
GPtrArray *verdict_of_links(const GPtrArray *links, struct matcher *matcher);

/* The shown text names a registrable domain (`https://www.bank.example`, `bank.example`) that is
 * neither that of the link nor that of its landing URL. */
bool verdict_is_deceptive(const char *text, const struct url *url, const struct chain *chain);

/* The provider the link abuses: that of the first hop, or of the first hop behind wrappers and
 * shorteners where there is one; NULL when no rule explains the link. Lives as long as the verdict.
 */
const char *verdict_esp(const struct verdict *verdict);

#endif
