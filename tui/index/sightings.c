/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/index/sightings.h"

#include "tui/index/db.h"

/* URLs out of which different ones are chosen. */
#define CANDIDATES 400

/* ---- conditions ---- */

/* What follows the conditions of the groups' filter; the caller frees it with g_free(). */
static char *conditions(const struct sightings_filter *filter, bool reported, const char *tail)
{
	GString *sql = g_string_new(NULL);

	if (reported)
		g_string_append(sql, filter->unknown ? " AND trace.verdict IN (0, 2)"
						     : " AND trace.verdict = 2");
	if (filter->since)
		g_string_append_printf(
			sql, " AND message.date >= %" G_GINT64_FORMAT, filter->since);
	if (filter->until)
		g_string_append_printf(
			sql, " AND message.date <= %" G_GINT64_FORMAT, filter->until);
	g_string_append(sql, tail);
	return g_string_free(sql, FALSE);
}

struct reading {
	struct index *index;
	struct sightings_filter filter;
	GError **error;
};

static bool read_rows(const struct reading *reading, bool reported, const char *select,
	const char *tail, void (*row)(sqlite3_stmt *statement, void *user), void *user)
{
	struct groups_filter links = *reading->filter.links;
	g_autofree char *where = conditions(&reading->filter, reported, tail);

	links.off_network = false;
	return groups_each(reading->index, &links, select, where, row, user, reading->error);
}

/* ---- counts ---- */

static void on_verdict(sqlite3_stmt *row, void *user)
{
	struct sightings *sightings = user;
	unsigned messages = (unsigned)sqlite3_column_int64(row, 1);

	switch (sqlite3_column_int(row, 0)) {
	case ORIGIN_OFF:
		sightings->off = messages;
		break;
	case ORIGIN_ON:
		sightings->on = messages;
		break;
	default:
		sightings->unknown = messages;
	}
}

static void on_totals(sqlite3_stmt *row, void *user)
{
	struct sightings *sightings = user;

	sightings->messages = (unsigned)sqlite3_column_int64(row, 0);
	sightings->links = (unsigned)sqlite3_column_int64(row, 1);
	sightings->first = sqlite3_column_int64(row, 2);
	sightings->last = sqlite3_column_int64(row, 3);
}

static void on_count(sqlite3_stmt *row, void *user)
{
	struct sightings_count *count = g_new0(struct sightings_count, 1);

	count->name = g_strdup(db_text(row, 0));
	count->messages = (unsigned)sqlite3_column_int64(row, 1);
	count->host = g_strdup(db_text(row, 2));
	g_ptr_array_add(user, count);
}

static bool read_counts(const struct reading *reading, const char *column, const char *host,
	unsigned max, GPtrArray *to)
{
	g_autofree char *select = g_strdup_printf(
		"SELECT %s, count(DISTINCT message.id) AS messages, %s", column, host);
	g_autofree char *tail = g_strdup_printf(
		" AND %s <> '' GROUP BY 1 ORDER BY messages DESC, 1 LIMIT %u", column, max);

	return read_rows(reading, true, select, tail, on_count, to);
}

static void on_id(sqlite3_stmt *row, void *user)
{
	struct sightings *sightings = user;

	g_ptr_array_add(sightings->ids, g_strdup(db_text(row, 0)));
	sightings->listed_since = sqlite3_column_int64(row, 1);
}

/* ---- URLs ---- */

static void url_free_one(gpointer data)
{
	struct sightings_url *url = data;

	g_free(url->url);
	g_free(url->account);
	g_free(url->campaign);
	g_free(url->landing);
	g_free(url);
}

static void on_url(sqlite3_stmt *row, void *user)
{
	struct sightings_url *url = g_new0(struct sightings_url, 1);

	url->url = g_strdup(db_text(row, 0));
	url->account = g_strdup(db_text(row, 1));
	url->campaign = g_strdup(db_text(row, 2));
	url->landing = g_strdup(db_text(row, 3));
	url->messages = (unsigned)sqlite3_column_int64(row, 4);
	g_ptr_array_add(user, url);
}

/* What two URLs differ in that matters to who reads them. */
static char *kind_of(const struct sightings_url *url)
{
	return g_strdup_printf("%s\n%s\n%s", url->account ? url->account : "",
		url->campaign ? url->campaign : "", url->landing ? url->landing : "");
}

/* First one of each kind, then what is left, in their order. */
static void choose(GPtrArray *all, GPtrArray *chosen)
{
	g_autoptr(GHashTable) kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (int round = 0; round < 2; round++)
		for (guint i = 0; i < all->len && chosen->len < SIGHTINGS_MAX_URLS; i++) {
			struct sightings_url *url = all->pdata[i];

			if (!url || (!round && !g_hash_table_add(kinds, kind_of(url))))
				continue;
			g_ptr_array_add(chosen, url);
			all->pdata[i] = NULL;
		}
}

static void url_free_any(gpointer url)
{
	if (url)
		url_free_one(url);
}

/* A reader's clicks before pixels and other images, which carry the same account. */
static bool read_urls(const struct reading *reading, GPtrArray *to)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(url_free_any);
	g_autofree char *tail =
		g_strdup_printf(" GROUP BY 1 ORDER BY max(link.kinds & %d) = 0,"
				" messages DESC, max(message.date) DESC, 1 LIMIT %d",
			~(1 << LINK_IMAGE | 1 << LINK_PIXEL | 1 << LINK_LINK), CANDIDATES);
	bool good = read_rows(reading, true,
		"SELECT coalesce(hop.href, url.href), max(hop.account), max(hop.campaign),"
		" max(url.landing), count(DISTINCT message.id) AS messages",
		tail, on_url, all);

	if (good)
		choose(all, to);
	return good;
}

/* ---- all of it ---- */

static void count_free(gpointer data)
{
	struct sightings_count *count = data;

	g_free(count->name);
	g_free(count->host);
	g_free(count);
}

static struct sightings *sightings_new(void)
{
	struct sightings *sightings = g_new0(struct sightings, 1);

	sightings->accounts = g_ptr_array_new_with_free_func(count_free);
	sightings->campaigns = g_ptr_array_new_with_free_func(count_free);
	sightings->landings = g_ptr_array_new_with_free_func(count_free);
	sightings->ips = g_ptr_array_new_with_free_func(count_free);
	sightings->urls = g_ptr_array_new_with_free_func(url_free_one);
	sightings->ids = g_ptr_array_new_with_free_func(g_free);
	return sightings;
}

void sightings_free(struct sightings *sightings)
{
	if (!sightings)
		return;
	g_ptr_array_unref(sightings->accounts);
	g_ptr_array_unref(sightings->campaigns);
	g_ptr_array_unref(sightings->landings);
	g_ptr_array_unref(sightings->ips);
	g_ptr_array_unref(sightings->urls);
	g_ptr_array_unref(sightings->ids);
	g_free(sightings);
}

static bool read_totals(const struct reading *reading, struct sightings *sightings)
{
	g_autofree char *newest = g_strdup_printf(
		" ORDER BY message.date DESC, message.mid LIMIT %d", SIGHTINGS_MAX_MESSAGES);

	return read_rows(reading, false, "SELECT trace.verdict, count(DISTINCT message.id)",
		       " GROUP BY 1", on_verdict, sightings) &&
	       read_rows(reading, true,
		       "SELECT count(DISTINCT message.id),"
		       " count(DISTINCT message.id || ' ' || url.id), min(message.date),"
		       " max(message.date)",
		       "", on_totals, sightings) &&
	       read_rows(reading, true, "SELECT DISTINCT message.mid, message.date", newest, on_id,
		       sightings);
}

static bool read_lists(const struct reading *reading, struct sightings *sightings)
{
	return read_counts(
		       reading, "hop.account", "NULL", SIGHTINGS_MAX_NAMES, sightings->accounts) &&
	       read_counts(reading, "hop.campaign", "NULL", SIGHTINGS_MAX_NAMES,
		       sightings->campaigns) &&
	       read_counts(
		       reading, "url.landing", "NULL", SIGHTINGS_MAX_NAMES, sightings->landings) &&
	       read_counts(reading, "message.ip", "max(nullif(message.host, 'unknown'))",
		       SIGHTINGS_MAX_IPS, sightings->ips) &&
	       read_urls(reading, sightings->urls);
}

struct sightings *sightings_read(
	struct index *index, const struct sightings_filter *filter, GError **error)
{
	struct sightings *sightings = sightings_new();
	struct reading reading = {index, *filter, error};

	if (!read_totals(&reading, sightings))
		goto fail;
	/* Those of one second more are more than the lists tell: they are none of them. */
	if (sightings->messages > sightings->ids->len)
		reading.filter.since = ++sightings->listed_since;
	if (read_lists(&reading, sightings))
		return sightings;
fail:
	sightings_free(sightings);
	return NULL;
}
