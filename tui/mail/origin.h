/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which host sent a mail, and whether it is one of the provider whose links the mail carries
 * (docs/off-network.md). What a mail says of itself is worth nothing; what the analyst's own
 * servers wrote into it is believed.
 */
#ifndef ESPIAL_TUI_MAIL_ORIGIN_H
#define ESPIAL_TUI_MAIL_ORIGIN_H

#include "rules/esp.h"
#include "tui/mail/message.h"
#include "tui/mail/received.h"

struct origin_trust;

/* Which servers are the analyst's own. `relays`: networks, addresses and host suffixes;
 * `authserv_ids`: suffixes of the names under which they write Authentication-Results; both
 * separated by `;`, `,` or blanks, NULL for none. Never fails: a word that is none of these is left
 * out, and `bad`, unless NULL, is set to the first of them, or NULL (free it with g_free()). The
 * caller frees the trust with origin_trust_free(); it is immutable. */
struct origin_trust *origin_trust_new(const char *relays, const char *authserv_ids, char **bad);
void origin_trust_free(struct origin_trust *trust);

/* Who says so. */
enum origin_source {
	ORIGIN_OWN,     /* the analyst's servers */
	ORIGIN_CLAIMED, /* whoever wrote the mail, as far as one can tell */
	ORIGIN_ARC,     /* a host on the way, in an ARC set */
};

/* A result of SPF, DKIM, DMARC or another method. */
struct origin_auth {
	enum origin_source source;
	char *method; /* "spf" */
	char *result; /* "pass" */
	char *domain; /* SPF's of the envelope sender, DKIM's d=, DMARC's of From; lower case, NULL
		       */
	bool helo;    /* SPF's domain is that of HELO: there was no envelope sender */
	guint header; /* which of message_headers() says so */
};

/* What is known of where a mail came from. It borrows the message, which must outlive it. */
struct origin {
	const struct message *message;
	/* The Received field that the border wrote, and which of message_headers() it is:
	 * `received` is NULL where the sending host is not known, and `unknown` says why. */
	struct received *received;
	guint header;
	const char *unknown;
	const char *doubt;     /* why the host may not be the one that sent the mail, or NULL */
	const char *bounce;    /* why this is a notice about another mail, or NULL */
	const char *forwarded; /* why this was sent on by somebody else, or NULL */
	char *sender;          /* the envelope sender's domain, lower case, NULL; often forged */
	char *author;          /* the domain of From, lower case, NULL; often forged */
	GPtrArray *auth;       /* of struct origin_auth, top to bottom */
};

/* `trust` may be NULL. Never NULL; the caller frees it with origin_free(). */
struct origin *origin_new(const struct message *message, const struct origin_trust *trust);
void origin_free(struct origin *origin);

enum origin_network {
	ORIGIN_UNKNOWN,
	ORIGIN_ON,  /* the provider's network sent the mail */
	ORIGIN_OFF, /* it did not: somebody else uses the provider's links */
};

enum origin_weight {
	ORIGIN_NEUTRAL, /* anyone can write this, or it says nothing either way */
	ORIGIN_FOR,     /* for the provider's network */
	ORIGIN_AGAINST,
};

struct origin_evidence {
	enum origin_weight weight;
	char *what;  /* "sending IP", "rDNS", "DKIM d=", "header X-SG-EID" */
	char *value; /* unsanitised; "" where there is none */
	char *note;
	guint header; /* which of message_headers() it is from; G_MAXUINT for none */
};

struct origin_verdict {
	enum origin_network network;
	char *reason;        /* one line */
	GPtrArray *evidence; /* of struct origin_evidence, in the order to show it */
};

/* Judges the mail against one provider. The caller frees it with origin_verdict_free(). */
struct origin_verdict *origin_judge(const struct origin *origin, const struct esp *esp);
void origin_verdict_free(struct origin_verdict *verdict);

/* `on-network`, `off-network`, `unknown`; `for`, `against`, `neutral`. */
const char *origin_network_name(enum origin_network network);
const char *origin_weight_name(enum origin_weight weight);

#endif
