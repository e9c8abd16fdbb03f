/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/index/evidence.h"

#include "tui/index/db.h"

/* What both lists are made from; ?1 tells whether only what was sent off the network counts. */
#define LINKS                                                                   \
	" FROM temp.evidence JOIN message ON message.mid = evidence.mid"        \
	" JOIN link ON link.message = message.id JOIN url ON url.id = link.url" \
	" JOIN hop ON hop.url = url.id"                                         \
	" JOIN trace ON trace.message = message.id AND trace.esp = hop.esp"     \
	" WHERE (?1 = 0 OR trace.verdict = 2)"

#define COUNTS                                                              \
	"count(DISTINCT message.id) AS messages,"                           \
	" count(DISTINCT CASE WHEN trace.verdict = 2 THEN message.id END)," \
	" min(message.date), max(message.date)"

static const char landings[] = "SELECT url.landing, NULL, " COUNTS LINKS
			       " AND url.landing <> '' GROUP BY 1 HAVING messages >= ?2";
static const char landing_rules[] =
	"SELECT DISTINCT url.landing, NULL, hop.rule" LINKS " AND url.landing <> ''";
static const char accounts[] = "SELECT hop.account, hop.esp, " COUNTS LINKS
			       " AND hop.account <> '' GROUP BY 1, 2 HAVING messages >= ?2";
static const char account_rules[] =
	"SELECT DISTINCT hop.account, hop.esp, hop.rule" LINKS " AND hop.account <> ''";

static char *key_of(const char *name, const char *esp)
{
	return g_strdup_printf("%s\n%s", esp ? esp : "", name);
}

static bool put_messages(struct index *index, const GPtrArray *ids, GError **error)
{
	bool good = db_run(index, error,
			    "CREATE TEMP TABLE IF NOT EXISTS evidence(mid TEXT PRIMARY KEY)"
			    " WITHOUT ROWID",
			    "") &&
		    db_run(index, error, "DELETE FROM temp.evidence", "");

	for (guint i = 0; good && i < ids->len; i++)
		good = db_run(index, error, "INSERT OR IGNORE INTO temp.evidence(mid) VALUES(?)",
			"t", ids->pdata[i]);
	return good;
}

static void add_item(sqlite3_stmt *row, GPtrArray *items, GHashTable *by_key)
{
	struct evidence_item *item = evidence_item_new(db_text(row, 0), db_text(row, 1));

	item->messages = (unsigned)sqlite3_column_int64(row, 2);
	item->off = (unsigned)sqlite3_column_int64(row, 3);
	item->first = sqlite3_column_int64(row, 4);
	item->last = sqlite3_column_int64(row, 5);
	g_ptr_array_add(items, item);
	g_hash_table_insert(by_key, key_of(item->name, item->esp), item);
}

static void add_rule(sqlite3_stmt *row, const GHashTable *by_key)
{
	g_autofree char *key = key_of(db_text(row, 0), db_text(row, 1));
	struct evidence_item *item = g_hash_table_lookup((GHashTable *)by_key, key);

	if (item)
		g_ptr_array_add(item->rules, g_strdup(db_text(row, 2)));
}

static bool read_items(struct index *index, const char *items_sql, const char *rules_sql,
	const struct evidence *evidence, GPtrArray *items, GError **error)
{
	g_autoptr(GHashTable) by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	gint64 off = evidence->off_network, least = evidence->min_messages;
	GError *failed = NULL;
	sqlite3_stmt *row = db_query(index, &failed, items_sql, "ii", off, least);

	while (row && db_next(index, row, &failed))
		add_item(row, items, by_key);
	row = failed ? NULL : db_query(index, &failed, rules_sql, "i", off);
	while (row && db_next(index, row, &failed))
		add_rule(row, by_key);
	if (failed)
		g_propagate_error(error, failed);
	return !failed;
}

bool index_evidence(
	struct index *index, const GPtrArray *ids, struct evidence *evidence, GError **error)
{
	return put_messages(index, ids, error) &&
	       read_items(index, landings, landing_rules, evidence, evidence->landings, error) &&
	       read_items(index, accounts, account_rules, evidence, evidence->accounts, error);
}
