/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/chain.h"

#include "rules/domain.h"

/* All URLs of a chain together; more is somebody playing. */
#define CHAIN_MAX_BYTES ((size_t)1 << 20)

static void hop_free(gpointer data)
{
	struct hop *hop = data;

	g_free(hop->url);
	match_free(hop->match);
	g_free(hop);
}

static void land(struct chain *chain, const struct url *url)
{
	struct span host = url_host(url);
	struct span domain = domain_registrable(host);

	chain->end = CHAIN_LANDING;
	chain->landing = url_href(url);
	chain->landing_url = url;
	chain->landing_domain = domain.ptr ? span_dup(domain) : span_dup(host);
}

static void add_hop(struct chain *chain, const struct url *url, struct match *match)
{
	struct hop *hop = g_new0(struct hop, 1);

	hop->url = g_strdup(url_href(url));
	hop->match = match;
	g_ptr_array_add(chain->hops, hop);
}

/* Whether a hop, of which the first was at `start`, was at the URL already. */
static bool came_before(const struct chain *chain, const struct url *start, const struct url *url)
{
	const struct url *before = start;

	for (guint i = 0; i < chain->hops->len; i++) {
		if (url_same_target(before, url))
			return true;
		before = ((const struct hop *)chain->hops->pdata[i])->match->next_url;
	}
	return false;
}

/* The URLs on the way belong to the matches that lead to them. */
static void follow(struct chain *chain, const struct url *start)
{
	const struct url *url = start;
	size_t bytes = 0;

	for (;;) {
		struct match *match = matcher_match(chain->matcher, url);

		bytes += strlen(url_href(url));
		if (!match) {
			if (chain->hops->len)
				land(chain, url);
			return;
		}
		if (chain->hops->len >= CHAIN_MAX_HOPS || bytes > CHAIN_MAX_BYTES) {
			match_free(match);
			chain->end = CHAIN_LIMIT;
			return;
		}
		add_hop(chain, url, match);
		url = match->next_url;
		if (!url || came_before(chain, start, url)) {
			chain->end = url ? CHAIN_LOOP : CHAIN_OPAQUE;
			return;
		}
	}
}

struct chain *chain_follow(struct matcher *matcher, const struct url *url)
{
	struct chain *chain = g_new0(struct chain, 1);

	chain->matcher = matcher_ref(matcher);
	chain->hops = g_ptr_array_new_with_free_func(hop_free);
	follow(chain, url);
	return chain;
}

void chain_free(struct chain *chain)
{
	if (!chain)
		return;
	g_ptr_array_unref(chain->hops);
	g_free(chain->landing_domain);
	matcher_unref(chain->matcher);
	g_free(chain);
}
