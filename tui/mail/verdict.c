/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/verdict.h"

#include "rules/domain.h"

static const struct {
	const char *name;
	const char *meaning;
} signals[SIGNAL_COUNT] = {
	{"deceptive-text", "the shown text names another domain than the link"},
	{"nested-tracker", "a tracker leads to another tracker"},
	{"shortener", "a link shortener hides the destination"},
	{"redirect-loop", "the chain comes back to itself, or is too long"},
	{"userinfo", "a user name before the host can be taken for the host"},
	{"ip-host", "the host is an IP address"},
	{"numeric-host", "the host is an IP address in disguise"},
	{"encoded-host", "the host is percent-encoded"},
	{"idn-host", "the host is an internationalised domain name"},
	{"backslash", "backslashes are used as slashes"},
	{"whitespace", "white space or control characters were in the URL"},
	{"odd-port", "the port is not the usual one"},
	{"dangerous-scheme", "the scheme runs or carries content instead of fetching it"},
	{"abused-tld", "the host is under a cheap or heavily abused top-level domain"},
	{"trial-domain", "the tracker's domain is one of accounts on trial"},
};

static int index_of(enum signal signal)
{
	return g_bit_nth_lsf(signal, -1);
}

const char *signal_name(enum signal signal)
{
	return signals[index_of(signal)].name;
}

const char *signal_meaning(enum signal signal)
{
	return signals[index_of(signal)].meaning;
}

/* ---- shown text that names a domain ---- */

/* The host that a word names: a URL, or a bare domain with a known suffix; SPAN_NONE where it names
 * none. */
static struct span host_in_word(struct span word)
{
	const char *scheme = memmem(word.ptr, word.len, "://", 3);
	size_t len = 0;

	if (scheme) {
		word.len -= (size_t)(scheme + 3 - word.ptr);
		word.ptr = scheme + 3;
	}
	while (len < word.len && (g_ascii_isalnum(word.ptr[len]) || strchr("-.", word.ptr[len])))
		len++;
	/* An address or a user name is no host. */
	if (len < word.len && word.ptr[len] == '@')
		return SPAN_NONE;
	while (len && (word.ptr[len - 1] == '.' || word.ptr[len - 1] == '-'))
		len--;
	if (!memchr(word.ptr, '.', len) || g_ascii_isdigit(word.ptr[len - 1]))
		return SPAN_NONE;
	return (struct span){word.ptr, len};
}

static bool same_site(struct span named, const struct url *url)
{
	struct span host = url_host(url);
	g_autofree char *lower = g_ascii_strdown(named.ptr, (gssize)named.len);
	struct span domain = domain_registrable(span_from(lower));

	if (!domain.ptr || !host.ptr)
		return false;
	return domain_has_suffix(host, domain);
}

/* `invoice.pdf` and `e.g` are none. */
static bool is_domain(struct span named)
{
	g_autofree char *lower = g_ascii_strdown(named.ptr, (gssize)named.len);
	struct span host = span_from(lower);

	return domain_suffix_known(host) && domain_registrable(host).ptr;
}

static bool names_other(struct span named, const struct url *url, const struct chain *chain)
{
	struct url *landing;
	bool lands_there;

	if (same_site(named, url))
		return false;
	landing = chain && chain->landing ? url_parse(chain->landing, strlen(chain->landing), NULL)
					  : NULL;
	lands_there = landing && same_site(named, landing);
	url_free(landing);
	return !lands_there;
}

bool verdict_is_deceptive(const char *text, const struct url *url, const struct chain *chain)
{
	const char *p = text;

	while (*(p += strspn(p, " \t\r\n\"'()<>[],;"))) {
		struct span word = {p, strcspn(p, " \t\r\n\"'()<>[],;")};
		struct span named = host_in_word(word);

		/* The first that is one decides. */
		if (named.ptr && is_domain(named))
			return names_other(named, url, chain);
		p += word.len;
	}
	return false;
}

/* ---- signals ---- */

static enum esp_kind kind_of(const struct chain *chain, guint hop)
{
	const struct hop *at = chain->hops->pdata[hop];
	const struct esp *esp =
		ruleset_find_esp(matcher_ruleset(chain->matcher), at->match->rule->esp);

	return esp ? esp->kind : ESP_ESP;
}

static bool is_tracker(enum esp_kind kind)
{
	return kind == ESP_ESP || kind == ESP_MAILER || kind == ESP_KIT;
}

static unsigned chain_signals(const struct chain *chain)
{
	unsigned found = 0, trackers = 0;

	for (guint i = 0; i < chain->hops->len; i++) {
		enum esp_kind kind = kind_of(chain, i);

		if (kind == ESP_SHORTENER)
			found |= SIGNAL_SHORTENER;
		trackers += is_tracker(kind);
	}
	if (trackers > 1)
		found |= SIGNAL_NESTED;
	if (chain->end == CHAIN_LOOP || chain->end == CHAIN_LIMIT)
		found |= SIGNAL_LOOP;
	return found;
}

static unsigned url_signals(const struct url *url)
{
	static const struct {
		unsigned quirk, signal;
	} quirks[] = {
		{URL_QUIRK_USERINFO, SIGNAL_USERINFO},
		{URL_QUIRK_NUMERIC_HOST, SIGNAL_NUMERIC_HOST},
		{URL_QUIRK_ENCODED_HOST, SIGNAL_ENCODED_HOST},
		{URL_QUIRK_IDN, SIGNAL_IDN},
		{URL_QUIRK_BACKSLASH, SIGNAL_BACKSLASH},
		{URL_QUIRK_WHITESPACE, SIGNAL_WHITESPACE},
	};
	enum url_host_kind host = url_host_kind(url);
	unsigned found = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(quirks); i++)
		if (url_quirks(url) & quirks[i].quirk)
			found |= quirks[i].signal;
	if (host == URL_HOST_IPV4 || host == URL_HOST_IPV6)
		found |= SIGNAL_IP_HOST;
	if (url_is_web(url) && url_port(url).ptr)
		found |= SIGNAL_ODD_PORT;
	return found;
}

static bool is_dangerous(const struct url *url)
{
	static const char *const schemes[] = {
		"javascript", "data", "vbscript", "file", "blob", "ms-msdt", "search-ms"};

	for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (span_equal(url_scheme(url), schemes[i]))
			return true;
	return false;
}

static unsigned landing_signals(const struct chain *chain)
{
	return chain->landing_url ? url_signals(chain->landing_url) : 0;
}

static bool is_listed(const struct chain *chain, enum ruleset_list list, const struct url *url)
{
	return url &&
	       suffixes_cover(ruleset_list(matcher_ruleset(chain->matcher), list), url_host(url));
}

static bool is_on_trial(const struct link *link, const struct chain *chain)
{
	bool on_trial = chain->hops->len && is_listed(chain, RULESET_TRIAL_DOMAINS, link->url);

	for (guint i = 1; i < chain->hops->len && !on_trial; i++) {
		const struct hop *hop = chain->hops->pdata[i];
		struct url *url = url_parse(hop->url, strlen(hop->url), NULL);

		on_trial = is_listed(chain, RULESET_TRIAL_DOMAINS, url);
		url_free(url);
	}
	return on_trial;
}

static unsigned list_signals(const struct link *link, const struct chain *chain)
{
	unsigned found = 0;

	if (is_listed(chain, RULESET_ABUSED_TLDS, link->url) ||
		is_listed(chain, RULESET_ABUSED_TLDS, chain->landing_url))
		found |= SIGNAL_ABUSED_TLD;
	if (is_on_trial(link, chain))
		found |= SIGNAL_TRIAL_DOMAIN;
	return found;
}

static unsigned signals_of(const struct link *link, const struct chain *chain)
{
	unsigned found = chain_signals(chain) | url_signals(link->url) | landing_signals(chain) |
			 list_signals(link, chain);

	if (is_dangerous(link->url))
		found |= SIGNAL_DANGEROUS_SCHEME;
	if ((link->kind == LINK_ANCHOR || link->kind == LINK_AREA) &&
		verdict_is_deceptive(link->text, link->url, chain))
		found |= SIGNAL_DECEPTIVE_TEXT;
	return found;
}

/* ---- verdicts ---- */

static void verdict_free(gpointer data)
{
	struct verdict *verdict = data;

	chain_free(verdict->chain);
	g_free(verdict);
}

GPtrArray *verdict_of_links(const GPtrArray *links, struct matcher *matcher)
{
	GPtrArray *verdicts = g_ptr_array_new_with_free_func(verdict_free);

	for (guint i = 0; i < links->len; i++) {
		const struct link *link = links->pdata[i];
		struct verdict *verdict = g_new0(struct verdict, 1);

		verdict->link = link;
		verdict->chain = chain_follow(matcher, link->url);
		verdict->signals = signals_of(link, verdict->chain);
		g_ptr_array_add(verdicts, verdict);
	}
	return verdicts;
}

const char *verdict_esp(const struct verdict *verdict)
{
	const struct chain *chain = verdict->chain;

	for (guint i = 0; i < chain->hops->len; i++)
		if (is_tracker(kind_of(chain, i)))
			return ((struct hop *)chain->hops->pdata[i])->match->rule->esp;
	return chain->hops->len ? ((struct hop *)chain->hops->pdata[0])->match->rule->esp : NULL;
}
