/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who must not be recognised in a report: recipients and traps.
 */
#ifndef ESPIAL_TUI_REPORT_IDENTITIES_H
#define ESPIAL_TUI_REPORT_IDENTITIES_H

#include "rules/matcher.h"
#include "tui/mail/message.h"

struct identities;

/* Nobody; the caller frees it with identities_free(). */
struct identities *identities_new(void);
void identities_free(struct identities *identities);
/* How many different addresses they are. */
unsigned identities_count(const struct identities *identities);

/* An address; a domain, with all under it; or a local part, `name@` or a word without a dot.
 * Returns false where it is none of these, or so short that it is everywhere. */
bool identities_add(struct identities *identities, const char *what);
/* Several, separated by `;`, `,` or blanks; NULL: none. Returns the first that is nothing, or NULL;
 * the caller frees it with g_free(). */
char *identities_add_list(struct identities *identities, const char *list);
/* Whom the message was sent to: To, Cc, Delivered-To and the like, and what Received fields say it
 * is for; with the names that stand beside the addresses. */
void identities_add_recipients(struct identities *identities, const struct message *message);
/* Whether a header field says whom a message was sent to. */
bool identities_in_header(const char *name);
/* What identifies the recipient in a URL by the rules of its chain; with `tokens` also everything
 * long in its trackers that is neither account nor campaign. */
void identities_add_url(
	struct identities *identities, struct matcher *matcher, const struct url *url, bool tokens);

#endif
