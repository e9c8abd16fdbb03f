/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a link leads: hop by hop through trackers, wrappers and shorteners, as far as rules can
 * tell without the network.
 */
#ifndef ESPIAL_RULES_CHAIN_H
#define ESPIAL_RULES_CHAIN_H

#include "rules/matcher.h"

#define CHAIN_MAX_HOPS 16

enum chain_end {
	CHAIN_PLAIN,   /* no rule explains the URL: there are no hops */
	CHAIN_LANDING, /* decoded to the landing URL */
	CHAIN_OPAQUE,  /* the last hop's destination is only on the provider's server */
	CHAIN_LOOP,    /* a URL came back */
	CHAIN_LIMIT,   /* too many hops or bytes */
};

struct hop {
	char *url;
	struct match *match; /* never NULL */
};

struct chain {
	GPtrArray *hops; /* of struct hop */
	enum chain_end end;
	const char *landing;           /* with CHAIN_LANDING, else NULL */
	const struct url *landing_url; /* the same, parsed from what was decoded */
	char *landing_domain;    /* registrable domain, or the host where it has none; NULL without
				    landing */
	struct matcher *matcher; /* keeps the rules alive */
};

/* Never NULL; the caller frees it with chain_free(). */
struct chain *chain_follow(struct matcher *matcher, const struct url *url);
void chain_free(struct chain *chain);

#endif
