/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A first rule from one URL: what an analyst would type, proposed so that only the doubtful parts
 * need a look.
 */
#ifndef ESPIAL_RULES_DRAFT_H
#define ESPIAL_RULES_DRAFT_H

#include "rules/matcher.h"

/* One way to read a destination out of the URL. */
struct draft_decoding {
	GPtrArray *pipeline; /* of struct rule_step */
	char *yields;        /* the URL */
	unsigned score;      /* higher is likelier */
};

struct draft {
	struct rule *rule; /* with the likeliest decoding, or opaque; tests filled from the URL */
	GPtrArray *decodings; /* of struct draft_decoding, likeliest first */
};

/* Proposes a rule of provider `esp` for `url`: a host suffix (the registrable domain of a
 * provider's own host, or none for a branded host when `branded`), the path with its varying parts
 * (ids, tokens, hashes) generalised into captures, the required parameters, every decoding found by
 * trying sources and decoders up to a small depth, a free id `<esp>/<name>` (not yet in the
 * ruleset), a positive test from the URL and a negative one made from it. Never NULL; the caller
 * frees it with draft_free(). */
struct draft *draft_propose(
	const struct ruleset *ruleset, const char *esp, const struct url *url, bool branded);
void draft_free(struct draft *draft);

/* The summary that a draft of this URL has, for what the rule's pipeline is now; the caller frees
 * it with g_free(). */
char *draft_summary(const struct ruleset *ruleset, const struct rule *rule, const struct url *url);

#endif
