/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A message as a report shows it: made anew from its headers and texts, without recipients, without
 * attachments and pictures.
 */
#ifndef ESPIAL_TUI_REPORT_SAMPLE_H
#define ESPIAL_TUI_REPORT_SAMPLE_H

#include "tui/mail/origin.h"
#include "tui/report/identities.h"

/* Bytes of one text, and texts, that are kept. */
#define SAMPLE_MAX_TEXT ((size_t)64 << 10)
#define SAMPLE_MAX_TEXTS 4
#define SAMPLE_MAX_HEADERS 150
#define SAMPLE_MAX_HEADER ((size_t)8 << 10)

struct sample {
	GString *mail; /* a whole message, 7-bit, lines end in a newline */
	/* All of them redacted, of one line, printable; NULL where they are not known. */
	char *mail_from; /* the envelope sender, without angle brackets */
	char *from_address;
	char *subject;
	char *message_id;
	char *ip, *host;    /* who handed it over */
	gint64 arrival;     /* when it came, as the border says; else its Date; 0 */
	GPtrArray *headers; /* of char *, `Name: value`: those that matter most, for reading */
};

/* Identities are those of the message's recipients too. NULL with LIMIT where it cannot be cleared
 * of them; the caller frees it with sample_free(). */
struct sample *sample_new(const struct message *message, const struct origin *origin,
	const struct identities *identities, GError **error);
void sample_free(struct sample *sample);

#endif
