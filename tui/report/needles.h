/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is searched for, in one kind of view (tui/report/view.h) each: domains and words where text
 * is squashed, literals where it stands as it is, digests in decoded bytes. An address is found by
 * its domain, with the local part near it: so it does not matter what stands between.
 */
#ifndef ESPIAL_TUI_REPORT_NEEDLES_H
#define ESPIAL_TUI_REPORT_NEEDLES_H

#include "rules/span.h"

/* Bytes that are looked up at once; no needle is shorter. */
#define NEEDLE_MIN 4
/* So much of a digest is no accident; some cut them. */
#define NEEDLE_DIGEST_PREFIX 8

enum needle_kind {
	NEEDLE_DOMAIN,  /* squashed */
	NEEDLE_WORD,    /* squashed: a local part or a name by itself */
	NEEDLE_JOINED,  /* squashed: an address whose domain is too short for a needle */
	NEEDLE_LITERAL, /* as it stands */
	NEEDLE_DIGEST,  /* of an address: NEEDLE_DIGEST_PREFIX bytes of it are enough */
};

struct needle {
	enum needle_kind kind;
	char *bytes;
	size_t len;
	GPtrArray *locals; /* NEEDLE_DOMAIN: of char *, squashed local parts at it; NULL */
	/* NEEDLE_DOMAIN: the whole domain is to be redacted; NEEDLE_WORD: it is no guess. */
	bool secret;
	size_t mark, mark_len; /* NEEDLE_LITERAL: what of it is to be redacted */
};

struct needle *needle_new(enum needle_kind kind, const char *bytes, size_t len);

struct needles;

/* The caller frees it with needles_free(). */
struct needles *needles_new(void);
void needles_free(struct needles *needles);
/* Takes the needle over; one that is too short is dropped. */
void needles_add(struct needles *needles, struct needle *needle);
/* Those that may begin at `at`, of struct needle; NULL: none does. */
const GPtrArray *needles_at(const struct needles *needles, const char *at, size_t left);

#endif
