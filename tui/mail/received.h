/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One Received header field (RFC 5321 §4.4), as Postfix, Exim, sendmail, qmail, Exchange, Gmail,
 * Yahoo and others write it. Only the server that wrote it vouches for it, and even there what the
 * client said of itself (HELO) stands beside what the server saw (the address, and the name that
 * DNS has for it). Strings are unsanitised.
 */
#ifndef ESPIAL_TUI_MAIL_RECEIVED_H
#define ESPIAL_TUI_MAIL_RECEIVED_H

#include "tui/mail/ip.h"

/* What the server says of the name that DNS has for the client's address. */
enum received_name {
	RECEIVED_NAME_UNRECORDED, /* nothing: it writes none, or there is none */
	RECEIVED_NAME_NONE,       /* it looked for one and found none that leads back */
	RECEIVED_NAME_UNVERIFIED, /* one that may not lead back to the address */
	RECEIVED_NAME_VERIFIED,
};

struct received {
	bool from;   /* there is a from clause: the mail came from somewhere else */
	bool has_ip; /* `ip` is set */
	/* Clauses or addresses are there twice: the client's HELO was made to look like them. None
	 * of the rest is worth anything then. */
	bool ambiguous;
	enum received_name name_state;
	struct ip ip;    /* the client's */
	char *name;      /* lower case, no trailing dot; NULL unless verified or unverified */
	char *helo;      /* as the client said it; NULL where it is not known */
	char *by;        /* the server, lower case; NULL */
	char *with;      /* the protocol, `ESMTPS`; NULL */
	char *id;        /* NULL */
	char *recipient; /* of the for clause, without angle brackets; NULL */
	gint64 date;     /* seconds since the epoch; 0 where there is none */
};

/* `value` is the unfolded field, not RFC 2047 decoded. Never NULL; the caller frees it with
 * received_free(). */
struct received *received_parse(const char *value);
void received_free(struct received *received);

#endif
