/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Into the index: messages with their links, and what the rules say of each URL.
 */
#include "rules/chain.h"
#include "rules/unexplained.h"
#include "tui/index/db.h"
#include "tui/mail/verdict.h"

char *index_host_key(struct span host)
{
	GString *key = g_string_sized_new(host.len + 1);

	while (host.len) {
		const char *dot = memrchr(host.ptr, '.', host.len);
		const char *label = dot ? dot + 1 : host.ptr;

		g_string_append_len(key, label, host.ptr + host.len - label);
		g_string_append_c(key, '.');
		host.len = dot ? (size_t)(dot - host.ptr) : 0;
	}
	return g_string_free(key, FALSE);
}

/* ---- URLs ---- */

static char *host_key_of(const char *href)
{
	struct url *url = url_parse(href, strlen(href), NULL);
	char *key = index_host_key(url ? url_host(url) : SPAN_NONE);

	url_free(url);
	return key;
}

/* What no UTF-8 column should hold is left out of it. */
static const char *field(const struct match *match, const char *name)
{
	const char *value = match_field(match, name);

	return value && g_utf8_validate(value, -1, NULL) ? value : NULL;
}

/* The URL of the first hop stands in the table of URLs already. */
static bool put_hop(struct index *index, gint64 url, guint n, const char *href,
	const struct match *match, GError **error)
{
	g_autofree char *host = n ? host_key_of(href) : NULL;

	return db_run(index, error,
		"INSERT INTO hop(url, n, href, host, rule, esp, account, campaign, recipient)"
		" VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"iittttttt", url, (gint64)n, n ? href : NULL, host, match ? match->rule->id : NULL,
		match ? match->rule->esp : NULL, match ? field(match, "account") : NULL,
		match ? field(match, "campaign") : NULL, match ? field(match, "recipient") : NULL);
}

/* Whether what no rule explains of the chain looks like a tracker. */
static unsigned signs_of(const char *href, const struct chain *chain)
{
	const char *end = chain->end == CHAIN_PLAIN ? href : chain->landing;
	struct url *url = end ? url_parse(end, strlen(end), NULL) : NULL;
	unsigned signs = url ? unexplained_signs(url) : 0;

	url_free(url);
	return signs;
}

static bool put_chain(struct index *index, gint64 url, const char *href, const struct chain *chain,
	GError **error)
{
	guint n = 0;

	for (; n < chain->hops->len; n++) {
		const struct hop *hop = chain->hops->pdata[n];

		if (!put_hop(index, url, n, hop->url, hop->match, error))
			return false;
	}
	if (chain->landing && n && !put_hop(index, url, n, chain->landing, NULL, error))
		return false;
	return db_run(index, error, "UPDATE url SET end = ?, landing = ?, signs = ? WHERE id = ?",
		"itii", (gint64)chain->end, chain->landing_domain, (gint64)signs_of(href, chain),
		url);
}

bool index_judge(
	struct index *index, struct matcher *matcher, gint64 id, const char *href, GError **error)
{
	struct url *url = url_parse(href, strlen(href), NULL);
	struct chain *chain = url ? chain_follow(matcher, url) : NULL;
	bool good = db_run(index, error, "DELETE FROM hop WHERE url = ?", "i", id) &&
		    (!chain || put_chain(index, id, href, chain, error));

	if (chain)
		chain_free(chain);
	url_free(url);
	return good;
}

/* The number of a URL, which is judged where it is new; -1 with an error. */
static gint64 put_url(struct index *index, const struct verdict *verdict, GError **error)
{
	const char *href = url_href(verdict->link->url);
	g_autofree char *host = NULL;
	GError *failed = NULL;
	gint64 id = db_number(index, &failed, "SELECT id FROM url WHERE href = ?", "t", href);

	if (id >= 0)
		return id;
	host = index_host_key(url_host(verdict->link->url));
	if (!failed && db_run(index, &failed,
			       "INSERT INTO url(href, host, end, landing) VALUES(?, ?, 0, NULL)",
			       "tt", href, host)) {
		id = sqlite3_last_insert_rowid(index->db);
		if (put_chain(index, id, href, verdict->chain, &failed))
			return id;
	}
	g_propagate_error(error, failed);
	return -1;
}

/* ---- messages ---- */

static bool put_link(
	struct index *index, gint64 message, const struct verdict *verdict, GError **error)
{
	gint64 url = put_url(index, verdict, error);

	return url >= 0 && db_run(index, error,
				   "INSERT INTO link(message, url, kinds) VALUES(?, ?, ?)"
				   " ON CONFLICT DO UPDATE SET kinds = kinds | excluded.kinds",
				   "iii", message, url, (gint64)1 << verdict->link->kind);
}

static bool put_links(struct index *index, struct matcher *matcher, gint64 id,
	const struct message *message, GError **error)
{
	g_autoptr(GPtrArray) verdicts = verdict_of_links(message_links(message), matcher);

	for (guint i = 0; i < verdicts->len; i++)
		if (!put_link(index, id, verdicts->pdata[i], error))
			return false;
	return true;
}

/* ---- where it was sent from ---- */

/* The /24 or /48 that an address is in: what one sender usually has. The caller frees it with
 * g_free(). */
static char *network_of(const struct ip *ip)
{
	struct ip first = *ip;
	g_autofree char *text = ip_format(ip);
	bool v6 = strchr(text, ':') != NULL;

	memset(first.bytes + (v6 ? 6 : 15), 0, v6 ? 10 : 1);
	g_autofree char *network = ip_format(&first);
	return g_strdup_printf("%s/%d", network, v6 ? 48 : 24);
}

static bool put_sender(struct index *index, gint64 id, const struct origin *origin, GError **error)
{
	const struct received *received = origin->received;
	const char *host = !received ? NULL : received->name ? received->name : received->helo;
	g_autofree char *ip = received && received->has_ip ? ip_format(&received->ip) : NULL;
	g_autofree char *network = received && received->has_ip ? network_of(&received->ip) : NULL;

	return db_run(index, error, "UPDATE message SET ip = ?, host = ?, network = ? WHERE id = ?",
		"ttti", ip, host && g_utf8_validate(host, -1, NULL) ? host : NULL, network, id);
}

static enum origin_network verdict_on(
	struct matcher *matcher, const struct origin *origin, const char *esp_id)
{
	const struct esp *esp = ruleset_find_esp(matcher_ruleset(matcher), esp_id);
	struct origin_verdict *verdict = origin && esp ? origin_judge(origin, esp) : NULL;
	enum origin_network network = verdict ? verdict->network : ORIGIN_UNKNOWN;

	if (verdict)
		origin_verdict_free(verdict);
	return network;
}

/* The providers at the hops of its links; the caller frees them with g_ptr_array_unref(). */
static GPtrArray *esps_of(struct index *index, gint64 message, GError **error)
{
	GPtrArray *esps = g_ptr_array_new_with_free_func(g_free);
	sqlite3_stmt *row = db_query(index, error,
		"SELECT DISTINCT hop.esp FROM link JOIN hop ON hop.url = link.url"
		" WHERE link.message = ? AND hop.esp IS NOT NULL",
		"i", message);

	while (row && db_next(index, row, error))
		g_ptr_array_add(esps, g_strdup(db_text(row, 0)));
	return esps;
}

bool index_trace(struct index *index, struct matcher *matcher, gint64 id,
	const struct message *message, GError **error)
{
	struct origin *origin = message ? origin_new(message, index->trust) : NULL;
	GError *failed = NULL;
	g_autoptr(GPtrArray) esps = esps_of(index, id, &failed);
	bool good = !failed && (!origin || put_sender(index, id, origin, &failed)) &&
		    db_run(index, &failed, "DELETE FROM trace WHERE message = ?", "i", id);

	for (guint i = 0; good && i < esps->len; i++)
		good = db_run(index, &failed,
			"INSERT INTO trace(message, esp, verdict) VALUES(?, ?, ?)", "iti", id,
			esps->pdata[i], (gint64)verdict_on(matcher, origin, esps->pdata[i]));
	if (origin)
		origin_free(origin);
	if (failed)
		g_propagate_error(error, failed);
	return good;
}

bool index_put(struct index *index, struct matcher *matcher, const char *message_id, gint64 date,
	const struct message *message, GError **error)
{
	gint64 id;

	if (!db_run(index, error,
		    "INSERT OR IGNORE INTO message(mid, date, unreadable) VALUES(?, ?, ?)", "tii",
		    message_id, date, (gint64)(message == NULL)))
		return false;
	/* Another program was faster. */
	if (!sqlite3_changes(index->db))
		return true;
	id = sqlite3_last_insert_rowid(index->db);
	return !message || (put_links(index, matcher, id, message, error) &&
				   index_trace(index, matcher, id, message, error));
}
