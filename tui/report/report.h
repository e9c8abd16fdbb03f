/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A report for a provider's abuse desk: what of its links is seen in spam, as a text for people, as
 * a feedback report (ARF, RFC 5965) and as XARF, without a trace of who received it
 * (docs/abuse-report.md).
 */
#ifndef ESPIAL_TUI_REPORT_REPORT_H
#define ESPIAL_TUI_REPORT_REPORT_H

#include "tui/index/sightings.h"
#include "tui/report/sample.h"
#include "tui/settings.h"

/* What it is about. Strings belong to the caller. */
struct report_request {
	const struct groups_filter *links; /* GROUPS_ESP is set */
	gint64 since, until;               /* dates of messages, both included; 0: any */
	bool unknown; /* also messages of which it is not known where they were sent from */
	bool tokens;  /* redact everything in links that might identify a recipient */
};

/* What it is made from; all of it outlives the report's making. */
struct report_source {
	struct store *store;
	struct index *index;
	struct matcher *matcher;
	const struct settings *settings;
	const char *identity;     /* `Name <address>` that git signs with; NULL */
	gint64 now;               /* seconds since the epoch */
	bool (*stop)(void *user); /* asked now and then whether to give up; NULL: never */
	void *user;
};

/* Immutable, so that threads can share it. */
struct report {
	gint refs;               /* atomic */
	struct matcher *matcher; /* keeps the provider alive */
	const struct esp *esp;
	char *account, *campaign; /* the one that it is about; NULL: several, or none */
	char *to;                 /* the provider's address for reports; NULL: none is known */
	char *from;               /* `Name <address>`; NULL: see `unsent` */
	char *unsent;             /* why it can be neither ARF nor XARF; NULL: it can */
	char *id;                 /* a UUID */
	char *subject;
	gint64 time;
	bool unknown;
	struct sightings *sightings; /* redacted */
	GPtrArray *details; /* of char *, for each of their URLs: what its rule reads from it, but
				who received it: `account 17, message 4f2a`; "" */
	struct sample *sample;
	char *text;       /* UTF-8, printable, lines end in a newline */
	char *arf, *xarf; /* NULL where `unsent` */
};

/* Errors: NOT_FOUND (no such provider, no message to report), LIMIT (too many recipients to look
 * for; something that identifies one is left), INVALID (a word of espial.redact is nothing), IO,
 * CANCELLED. The caller gives it back with report_unref(). */
struct report *report_new(
	const struct report_source *source, const struct report_request *request, GError **error);
struct report *report_ref(struct report *report);
void report_unref(struct report *report);

#endif
