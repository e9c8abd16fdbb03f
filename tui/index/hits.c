/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Out of the index: what a rule explains, and whose trackers a message carries.
 */
#include "tui/index/db.h"

/* Images are fetched from everywhere by ids; only those that are made to track count. */
#define LINK_KINDS_FOLLOWED (~(1 << LINK_IMAGE | 1 << LINK_LINK))

/* ---- URLs ---- */

struct search {
	struct index *index;
	const struct matcher *matcher;
	GHashTable *rules; /* of const struct rule, of the matcher */
	index_url_fn found;
	void *user;
	bool stopped;
};

/* The rule that explains a URL of the table today; the caller frees it with g_free(). */
static char *rule_today(struct search *search, gint64 url)
{
	sqlite3_stmt *row = db_query(
		search->index, NULL, "SELECT rule FROM hop WHERE url = ? AND n = 0", "i", url);
	char *rule = NULL;

	if (row && db_next(search->index, row, NULL)) {
		rule = g_strdup(db_text(row, 0));
		sqlite3_reset(row);
	}
	return rule;
}

/* A row: url, href, and where it is not the first of its chain the rule that explains it today. */
static void look_at(struct search *search, sqlite3_stmt *row)
{
	const char *href = db_text(row, 1);
	struct url *url = href ? url_parse(href, strlen(href), NULL) : NULL;
	const struct rule *rule = url ? matcher_find(search->matcher, url) : NULL;
	gint64 id = sqlite3_column_int64(row, 0);
	g_autofree char *today = NULL;

	url_free(url);
	if (!rule || !g_hash_table_contains(search->rules, rule))
		return;
	today = sqlite3_column_count(row) > 2 ? g_strdup(db_text(row, 2)) : rule_today(search, id);
	search->stopped = !search->found(search->user, id, href, today);
}

static bool look_at_all(struct search *search, sqlite3_stmt *row, GError **error)
{
	GError *failed = NULL;

	while (row && !search->stopped && db_next(search->index, row, &failed))
		look_at(search, row);
	if (row)
		sqlite3_reset(row);
	if (failed)
		g_propagate_error(error, failed);
	return row && !failed;
}

/* Every URL where a hop begins, and every landing URL. */
static bool search_everywhere(struct search *search, GError **error)
{
	return look_at_all(search, db_query(search->index, error, "SELECT id, href FROM url", ""),
		       error) &&
	       look_at_all(search,
		       db_query(search->index, error,
			       "SELECT url, href, rule FROM hop WHERE host IS NOT NULL", ""),
		       error);
}

/* The same under one host suffix: `com.example.` and what begins with it. */
static bool search_host(struct search *search, const char *suffix, GError **error)
{
	g_autofree char *from = index_host_key(span_from(suffix));
	g_autofree char *to = g_strdup(from);

	to[strlen(to) - 1] = '.' + 1;
	return look_at_all(search,
		       db_query(search->index, error,
			       "SELECT id, href FROM url WHERE host >= ? AND host < ?", "tt", from,
			       to),
		       error) &&
	       look_at_all(search,
		       db_query(search->index, error,
			       "SELECT url, href, rule FROM hop WHERE host >= ? AND host < ?", "tt",
			       from, to),
		       error);
}

static bool search_hosts(struct search *search, GError **error)
{
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, search->rules);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		const struct rule *rule = key;

		for (guint i = 0; i < rule->hosts->len && !search->stopped; i++)
			if (!search_host(search, rule->hosts->pdata[i], error))
				return false;
	}
	return true;
}

/* Adds the rules as the matcher has them; returns whether one of them is bound to no host. */
static bool add_rules(struct search *search, const GPtrArray *ids)
{
	bool everywhere = false;

	for (guint i = 0; i < ids->len; i++) {
		const struct rule *rule =
			ruleset_find_rule(matcher_ruleset(search->matcher), ids->pdata[i]);

		if (rule)
			g_hash_table_add(search->rules, (gpointer)rule);
		everywhere |= rule && !rule->hosts->len;
	}
	return everywhere;
}

/* Rules so many that looking at every URL once costs less. */
#define MANY_RULES 50

bool index_rule_urls(struct index *index, const struct matcher *matcher, const GPtrArray *ids,
	index_url_fn found, void *user, GError **error)
{
	g_autoptr(GHashTable) rules = g_hash_table_new(NULL, NULL);
	struct search search = {index, matcher, rules, found, user, false};
	bool everywhere = add_rules(&search, ids);

	if (everywhere || g_hash_table_size(rules) > MANY_RULES)
		return search_everywhere(&search, error);
	return search_hosts(&search, error);
}

/* ---- links ---- */

struct url_found {
	gint64 url;
	char *href;
	char *rule;
};

struct hits {
	GPtrArray *urls;  /* of struct url_found */
	GHashTable *seen; /* a URL is one hit, wherever in its chain the rule matches */
};

static void url_found_free(gpointer data)
{
	struct url_found *found = data;

	g_free(found->href);
	g_free(found->rule);
	g_free(found);
}

static bool note_url(void *user, gint64 url, const char *href, const char *rule)
{
	struct hits *hits = user;
	struct url_found *found;

	if (!g_hash_table_add(hits->seen, g_memdup2(&url, sizeof(url))))
		return true;
	found = g_new0(struct url_found, 1);
	found->url = url;
	found->href = g_strdup(href);
	found->rule = g_strdup(rule);
	g_ptr_array_add(hits->urls, found);
	return true;
}

/* Returns false where the receiver has had enough, or with an error. */
static bool tell_links(struct index *index, const struct url_found *found,
	bool (*hit)(void *user, const struct index_hit *hit), void *user, GError **error)
{
	sqlite3_stmt *row = db_query(index, error,
		"SELECT message.mid, url.href FROM link JOIN message ON message.id = link.message"
		" JOIN url ON url.id = link.url WHERE link.url = ? ORDER BY message.date DESC",
		"i", found->url);
	GError *failed = NULL;
	bool more = row != NULL;

	while (more && db_next(index, row, &failed)) {
		struct index_hit this = {
			db_text(row, 0), db_text(row, 1), found->href, found->rule};

		more = hit(user, &this);
	}
	if (row)
		sqlite3_reset(row);
	if (!failed)
		return more;
	g_propagate_error(error, failed);
	return false;
}

bool index_rule_hits(struct index *index, const struct matcher *matcher, const char *rule_id,
	bool (*hit)(void *user, const struct index_hit *hit), void *user, GError **error)
{
	gpointer ids[] = {(gpointer)rule_id};
	GPtrArray one = {ids, 1};
	struct hits hits = {g_ptr_array_new_with_free_func(url_found_free),
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)};
	GError *failed = NULL;

	if (index_rule_urls(index, matcher, &one, note_url, &hits, &failed))
		for (guint i = 0; i < hits.urls->len; i++)
			if (!tell_links(index, hits.urls->pdata[i], hit, user, &failed))
				break;
	g_ptr_array_unref(hits.urls);
	g_hash_table_unref(hits.seen);
	if (!failed)
		return true;
	g_propagate_error(error, failed);
	return false;
}

/* ---- messages ---- */

char *index_esps(struct index *index, const char *message_id)
{
	gint64 id = db_number(index, NULL, "SELECT id FROM message WHERE mid = ?", "t", message_id);
	GString *text = g_string_new(NULL);
	sqlite3_stmt *row;

	if (id < 0)
		return g_string_free(text, TRUE);
	row = db_query(
		index, NULL, "SELECT esp FROM trace WHERE message = ? ORDER BY esp", "i", id);
	while (row && db_next(index, row, NULL))
		g_string_append_printf(text, "%s%s", text->len ? " " : "", db_text(row, 0));
	return g_string_free(text, FALSE);
}

enum origin_network index_verdict(struct index *index, const char *message_id)
{
	gint64 verdict = db_number(index, NULL,
		"SELECT max(verdict) FROM trace JOIN message ON message.id = message"
		" WHERE mid = ?",
		"t", message_id);

	return verdict == ORIGIN_OFF  ? ORIGIN_OFF
	       : verdict == ORIGIN_ON ? ORIGIN_ON
				      : ORIGIN_UNKNOWN;
}

bool index_has_unexplained(struct index *index, const char *message_id)
{
	return db_number(index, NULL,
		       "SELECT count(*) FROM message JOIN link ON link.message = message.id"
		       " JOIN url ON url.id = link.url"
		       " WHERE message.mid = ? AND url.signs <> 0 AND link.kinds & ?",
		       "ti", message_id, (gint64)LINK_KINDS_FOLLOWED) > 0;
}

unsigned index_account_networks(struct index *index, const char *esp, const char *account)
{
	gint64 networks = db_number(index, NULL,
		"SELECT count(DISTINCT network) FROM ("
		"SELECT network FROM hop JOIN link ON link.url = hop.url"
		" JOIN message ON message.id = link.message"
		" JOIN trace ON trace.message = message.id AND trace.esp = hop.esp"
		" WHERE hop.esp = ? AND hop.account = ? AND network IS NOT NULL"
		" AND trace.verdict <> ? LIMIT ?)",
		"ttii", esp, account, (gint64)ORIGIN_ON, (gint64)INDEX_ACCOUNT_MESSAGES);

	return networks > 0 ? (unsigned)networks : 0;
}

char *index_network(struct index *index, const char *message_id)
{
	sqlite3_stmt *row =
		db_query(index, NULL, "SELECT network FROM message WHERE mid = ?", "t", message_id);
	char *network = NULL;

	if (row && db_next(index, row, NULL)) {
		network = g_strdup(db_text(row, 0));
		sqlite3_reset(row);
	}
	return network;
}
