/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/index/groups.h"

#include "tui/index/db.h"

/* Columns of the join below, by enum groups_key. */
static const struct {
	const char *name;
	const char *column;
} keys[GROUPS_KEYS] = {
	{"esp", "hop.esp"},
	{"account", "hop.account"},
	{"campaign", "hop.campaign"},
	{"landing", "url.landing"},
	{"network", "message.network"},
	{"rule", "hop.rule"},
};

const char *groups_key_name(enum groups_key key)
{
	return keys[key].name;
}

static void row_free(gpointer data)
{
	struct groups_row *row = data;

	g_free(row->name);
	g_free(row);
}

/* ---- SQL ---- */

/* A filter value of "" asks for links that have none. */
static void put_conditions(GString *sql, const struct groups_filter *filter)
{
	g_string_append(sql, " FROM hop JOIN url ON url.id = hop.url JOIN link ON link.url = url.id"
			     " JOIN message ON message.id = link.message"
			     " JOIN trace ON trace.message = message.id AND trace.esp = hop.esp"
			     " WHERE 1");
	for (int i = 0; i < GROUPS_KEYS; i++)
		if (filter->value[i])
			g_string_append_printf(sql, " AND coalesce(%s, '') = ?", keys[i].column);
	if (filter->off_network)
		g_string_append(sql, " AND trace.verdict = 2");
	if (filter->within)
		g_string_append(sql, " AND message.mid IN (SELECT mid FROM temp.within)");
}

/* The statement is not kept: there are as many as there are filters. */
static sqlite3_stmt *prepare(
	struct index *index, const char *sql, const struct groups_filter *filter, GError **error)
{
	sqlite3_stmt *statement = NULL;
	int n = 0;

	if (sqlite3_prepare_v2(index->db, sql, -1, &statement, NULL) != SQLITE_OK) {
		db_set_error(index, error);
		return NULL;
	}
	for (int i = 0; i < GROUPS_KEYS; i++)
		if (filter->value[i])
			sqlite3_bind_text(statement, ++n, filter->value[i], -1, SQLITE_TRANSIENT);
	return statement;
}

static bool put_within(struct index *index, const GPtrArray *within, GError **error)
{
	bool good;

	if (!within)
		return true;
	good = db_run(index, error,
		       "CREATE TEMP TABLE IF NOT EXISTS within(mid TEXT PRIMARY KEY)"
		       " WITHOUT ROWID",
		       "") &&
	       db_run(index, error, "DELETE FROM temp.within", "");
	for (guint i = 0; good && i < within->len; i++)
		good = db_run(index, error, "INSERT INTO temp.within(mid) VALUES(?)", "t",
			within->pdata[i]);
	return good;
}

bool groups_each(struct index *index, const struct groups_filter *filter, const char *select,
	const char *tail, void (*row)(sqlite3_stmt *statement, void *user), void *user,
	GError **error)
{
	GString *sql = g_string_new(select);
	GError *failed = NULL;
	sqlite3_stmt *statement = NULL;

	put_conditions(sql, filter);
	g_string_append(sql, tail);
	if (put_within(index, filter->within, &failed))
		statement = prepare(index, sql->str, filter, &failed);
	while (statement && db_next(index, statement, &failed))
		row(statement, user);
	sqlite3_finalize(statement);
	g_string_free(sql, TRUE);
	if (!failed)
		return true;
	g_propagate_error(error, failed);
	return false;
}

/* ---- groups ---- */

static void add_group(sqlite3_stmt *statement, void *rows)
{
	struct groups_row *row = g_new0(struct groups_row, 1);

	row->name = g_strdup(db_text(statement, 0));
	row->messages = (unsigned)sqlite3_column_int64(statement, 1);
	row->links = (unsigned)sqlite3_column_int64(statement, 2);
	row->off = (unsigned)sqlite3_column_int64(statement, 3);
	row->on = (unsigned)sqlite3_column_int64(statement, 4);
	row->first = sqlite3_column_int64(statement, 5);
	row->last = sqlite3_column_int64(statement, 6);
	g_ptr_array_add(rows, row);
}

GPtrArray *groups_read(struct index *index, const struct groups_filter *filter, enum groups_key key,
	GError **error)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
	g_autofree char *select =
		g_strdup_printf("SELECT coalesce(%s, ''), count(DISTINCT message.id) AS messages,"
				" count(DISTINCT message.id || ' ' || url.id),"
				" count(DISTINCT CASE WHEN trace.verdict = 2 THEN message.id END),"
				" count(DISTINCT CASE WHEN trace.verdict = 1 THEN message.id END),"
				" min(message.date), max(message.date)",
			keys[key].column);

	if (groups_each(index, filter, select, " GROUP BY 1 ORDER BY messages DESC, 1", add_group,
		    rows, error))
		return rows;
	g_ptr_array_unref(rows);
	return NULL;
}

static void add_message(sqlite3_stmt *statement, void *ids)
{
	g_ptr_array_add(ids, g_strdup(db_text(statement, 0)));
}

GPtrArray *groups_messages(struct index *index, const struct groups_filter *filter, GError **error)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);

	if (groups_each(index, filter, "SELECT DISTINCT message.mid, message.date",
		    " ORDER BY message.date DESC, message.mid", add_message, ids, error))
		return ids;
	g_ptr_array_unref(ids);
	return NULL;
}

/* Quotes in an id are doubled, as notmuch-search-terms(7) has it. */
char *groups_query(const GPtrArray *ids, guint max)
{
	GString *query = g_string_new(NULL);

	for (guint i = 0; i < ids->len && i < max; i++) {
		g_auto(GStrv) parts = g_strsplit(ids->pdata[i], "\"", -1);
		g_autofree char *quoted = g_strjoinv("\"\"", parts);

		g_string_append_printf(query, "%sid:\"%s\"", i ? " or " : "", quoted);
	}
	return g_string_free(query, FALSE);
}
