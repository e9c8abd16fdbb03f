/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's settings, `espial.<key>` in the notmuch configuration (`notmuch config set
 * espial.query tag:spam`).
 */
#ifndef ESPIAL_TUI_SETTINGS_H
#define ESPIAL_TUI_SETTINGS_H

#include "tui/mail/origin.h"
#include "tui/mail/store.h"

struct settings {
	char *query;   /* espial.query: the first screen; `*` */
	char *tag_esp; /* espial.tag_esp: put on labelled messages, %s is the provider; `esp/%s` */
	char *tag_tracker; /* espial.tag_tracker; `tracker` */
	bool defang;       /* espial.defang: show URLs defanged; false */
	/* espial.trusted_relays, espial.authserv_id: whom to believe on where mail came from
	 * (docs/off-network.md); none */
	struct origin_trust *trust;
	char *bad_trust; /* the first word of them that is nothing; NULL */
	/* Of reports (docs/abuse-report.md). */
	char *addresses;   /* the user's own, user.primary_email and user.other_email; may be "" */
	char *redact;      /* espial.redact: who else must not be recognised; NULL */
	char *report_from; /* espial.report_from: who sends them, `Name <address>`; NULL */
	char *sendmail;    /* espial.sendmail: the command; `/usr/sbin/sendmail -oi -t` */
};

struct settings *settings_load(struct store *store);
void settings_free(struct settings *settings);

/* The tag for a provider; the caller frees it with g_free(). */
char *settings_esp_tag(const struct settings *settings, const char *esp);

#endif
