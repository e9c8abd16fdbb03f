/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keeping the index in step with the store and the rules.
 */
#include "tui/index/db.h"

/* A transaction that adds messages ends after so many, or so long: others can write in between. */
#define BATCH 200
#define BATCH_USEC 250000
/* URLs looked at between two calls of progress. */
#define STEP 1000

struct update {
	struct index *index;
	struct store *store;
	struct matcher *matcher;
	index_progress_fn progress;
	void *user;
	GError *error;
};

static bool go_on(struct update *update, const char *what, unsigned done, unsigned total)
{
	return !update->progress || update->progress(update->user, what, done, total);
}

/* ---- messages that are new ---- */

static gint64 known(struct index *index, const char *id, GError **error)
{
	return db_number(index, error, "SELECT id FROM message WHERE mid = ?", "t", id);
}

static bool read_message(struct update *update, const char *id)
{
	g_autofree char *path = store_message_file(update->store, id, NULL);
	struct store_row *row = store_find(update->store, id, NULL);
	struct message *message = path ? message_read(path, NULL) : NULL;
	/* One that left the store meanwhile is none to remember. */
	bool good = !row || index_put(update->index, update->matcher, id, row->date, message,
				    &update->error);

	message_free(message);
	store_row_free(row);
	return good;
}

/* Reads messages from number `from` on, in one transaction. Returns the number of the next one;
 * what was read before it failed, or was stopped, stays read. */
static guint read_batch(struct update *update, const GPtrArray *ids, guint from, bool *more)
{
	gint64 deadline = g_get_monotonic_time() + BATCH_USEC;
	guint at = from;
	bool good = db_begin(update->index, &update->error);

	*more = good;
	while (good && *more && at < ids->len && at - from < BATCH &&
		g_get_monotonic_time() < deadline) {
		good = read_message(update, ids->pdata[at]);
		at += good;
		*more = good && go_on(update, "reading mail", at, ids->len);
	}
	*more &= db_end(update->index, good, good ? &update->error : NULL);
	return at;
}

/* Takes the ids that the index knows out of the list. */
static bool leave_new(struct update *update, GPtrArray *ids)
{
	guint kept = 0;

	for (guint i = 0; i < ids->len; i++) {
		if (known(update->index, ids->pdata[i], &update->error) >= 0) {
			g_clear_pointer(&ids->pdata[i], g_free);
		} else {
			char *id = g_steal_pointer(&ids->pdata[i]);

			ids->pdata[kept++] = id;
		}
	}
	g_ptr_array_set_size(ids, (gint)kept);
	return !update->error;
}

static bool add_new(struct update *update, const char *since)
{
	g_autoptr(GPtrArray) ids = store_ids_since(update->store, since, &update->error);

	if (!ids || !leave_new(update, ids))
		return false;
	bool more = !ids->len || go_on(update, "reading mail", 0, ids->len);

	for (guint i = 0; more && i < ids->len;)
		i = read_batch(update, ids, i, &more);
	return more;
}

/* ---- messages that are gone ---- */

static bool drop_missing(struct update *update, GHashTable *there)
{
	sqlite3_stmt *row =
		db_query(update->index, &update->error, "SELECT id, mid FROM message", "");
	g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(gint64));
	bool good;

	while (row && db_next(update->index, row, &update->error)) {
		gint64 id = sqlite3_column_int64(row, 0);

		if (!g_hash_table_contains(there, db_text(row, 1)))
			g_array_append_val(gone, id);
	}
	if (update->error)
		return false;
	if (!gone->len)
		return true;
	good = db_begin(update->index, &update->error);
	for (guint i = 0; good && i < gone->len; i++)
		good = db_run(update->index, &update->error, "DELETE FROM message WHERE id = ?",
			"i", g_array_index(gone, gint64, i));
	good = good && db_run(update->index, &update->error,
			       "DELETE FROM url WHERE NOT EXISTS"
			       " (SELECT 1 FROM link WHERE link.url = url.id)",
			       "");
	return db_end(update->index, good, good ? &update->error : NULL);
}

/* libnotmuch does not tell what left; but then the numbers differ. */
static bool drop_gone(struct update *update)
{
	gint64 here = db_number(update->index, &update->error, "SELECT count(*) FROM message", "");
	gint64 there = store_count_all(update->store, &update->error);
	g_autoptr(GPtrArray) ids = NULL;
	g_autoptr(GHashTable) there_ids = NULL;

	if (here < 0 || there < 0)
		return false;
	if (here <= there)
		return true;
	ids = store_ids_since(update->store, NULL, &update->error);
	if (!ids)
		return false;
	there_ids = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < ids->len; i++)
		g_hash_table_add(there_ids, ids->pdata[i]);
	return drop_missing(update, there_ids);
}

/* ---- rules that changed ---- */

static char *version_of(const struct rule *rule)
{
	g_autofree char *yaml = rule_write(rule);

	return g_compute_checksum_for_string(G_CHECKSUM_SHA1, yaml, -1);
}

/* Whether the rule is in the index as it is now. */
static bool is_unchanged(struct update *update, const struct rule *rule, const char *version)
{
	return db_number(update->index, &update->error,
		       "SELECT count(*) FROM rule WHERE id = ? AND version = ?", "tt", rule->id,
		       version) == 1;
}

static bool collect(struct update *update, GHashTable *urls, sqlite3_stmt *row)
{
	while (row && db_next(update->index, row, &update->error)) {
		gint64 id = sqlite3_column_int64(row, 0);

		g_hash_table_add(urls, g_memdup2(&id, sizeof(id)));
	}
	return !update->error;
}

static bool on_hit(void *user, gint64 url, const char *href, const char *rule)
{
	(void)href;
	(void)rule;
	g_hash_table_add(user, g_memdup2(&url, sizeof(url)));
	return true;
}

/* The rules that are not in the index as they are now, and those that are no more. */
static GPtrArray *changed_rules(struct update *update)
{
	const struct ruleset *ruleset = matcher_ruleset(update->matcher);
	const GPtrArray *rules = ruleset_rules(ruleset);
	GPtrArray *changed = g_ptr_array_new_with_free_func(g_free);
	sqlite3_stmt *row;

	for (guint i = 0; i < rules->len && !update->error; i++) {
		const struct rule *rule = rules->pdata[i];
		g_autofree char *version = version_of(rule);

		if (!is_unchanged(update, rule, version))
			g_ptr_array_add(changed, g_strdup(rule->id));
	}
	row = db_query(update->index, &update->error, "SELECT id FROM rule", "");
	while (row && db_next(update->index, row, &update->error))
		if (!ruleset_find_rule(ruleset, db_text(row, 0)))
			g_ptr_array_add(changed, g_strdup(db_text(row, 0)));
	return changed;
}

/* The URLs that the rules explained, and those that they explain now. */
static bool collect_urls(struct update *update, const GPtrArray *rules, GHashTable *urls)
{
	for (guint i = 0; i < rules->len && !update->error; i++)
		collect(update, urls,
			db_query(update->index, &update->error,
				"SELECT url FROM hop WHERE rule = ?", "t", rules->pdata[i]));
	return !update->error &&
	       index_rule_urls(update->index, update->matcher, rules, on_hit, urls, &update->error);
}

static bool judge_url(struct update *update, gint64 id, GHashTable *messages)
{
	sqlite3_stmt *row = db_query(
		update->index, &update->error, "SELECT href FROM url WHERE id = ?", "i", id);
	g_autofree char *href = NULL;

	if (!row || !db_next(update->index, row, &update->error))
		return !update->error;
	href = g_strdup(db_text(row, 0));
	sqlite3_reset(row);
	return index_judge(update->index, update->matcher, id, href, &update->error) &&
	       collect(update, messages,
		       db_query(update->index, &update->error,
			       "SELECT message FROM link WHERE url = ?", "i", id));
}

static bool judge_urls(struct update *update, GHashTable *urls, GHashTable *messages)
{
	unsigned done = 0;
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, urls);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		if (done++ % STEP == 0 &&
			!go_on(update, "judging links", done - 1, g_hash_table_size(urls)))
			return false;
		if (!judge_url(update, *(const gint64 *)key, messages))
			return false;
	}
	return true;
}

/* Where a mail was sent from stands in its headers: it is read again. */
static bool trace_message(struct update *update, gint64 id)
{
	sqlite3_stmt *row = db_query(
		update->index, &update->error, "SELECT mid FROM message WHERE id = ?", "i", id);
	g_autofree char *path = NULL;
	struct message *message;
	bool good;

	if (!row || !db_next(update->index, row, &update->error))
		return !update->error;
	path = store_message_file(update->store, db_text(row, 0), NULL);
	sqlite3_reset(row);
	message = path ? message_read(path, NULL) : NULL;
	good = index_trace(update->index, update->matcher, id, message, &update->error);
	message_free(message);
	return good;
}

static bool trace_messages(struct update *update, GHashTable *messages)
{
	unsigned done = 0;
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, messages);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		if (!go_on(update, "judging senders", done++, g_hash_table_size(messages)) ||
			!trace_message(update, *(const gint64 *)key))
			return false;
	}
	return true;
}

/* ---- providers that changed ---- */

static char *version_of_esp(const struct esp *esp)
{
	g_autofree char *yaml = esp_write(esp);

	return g_compute_checksum_for_string(G_CHECKSUM_SHA1, yaml, -1);
}

static GPtrArray *changed_esps(struct update *update)
{
	const GPtrArray *esps = ruleset_esps(matcher_ruleset(update->matcher));
	GPtrArray *changed = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < esps->len && !update->error; i++) {
		const struct esp *esp = esps->pdata[i];
		g_autofree char *version = version_of_esp(esp);

		if (db_number(update->index, &update->error,
			    "SELECT count(*) FROM esp WHERE id = ? AND version = ?", "tt", esp->id,
			    version) != 1)
			g_ptr_array_add(changed, g_strdup(esp->id));
	}
	return changed;
}

/* The messages whose verdict the providers concern. */
static bool collect_messages(struct update *update, const GPtrArray *esps, GHashTable *messages)
{
	for (guint i = 0; i < esps->len && !update->error; i++)
		collect(update, messages,
			db_query(update->index, &update->error,
				"SELECT message FROM trace WHERE esp = ?", "t", esps->pdata[i]));
	return !update->error;
}

static bool note_esps(struct update *update)
{
	const GPtrArray *esps = ruleset_esps(matcher_ruleset(update->matcher));
	bool good = db_run(update->index, &update->error, "DELETE FROM esp", "");

	for (guint i = 0; good && i < esps->len; i++) {
		const struct esp *esp = esps->pdata[i];
		g_autofree char *version = version_of_esp(esp);

		good = db_run(update->index, &update->error,
			"INSERT INTO esp(id, version) VALUES(?, ?)", "tt", esp->id, version);
	}
	return good;
}

static bool note_rules(struct update *update)
{
	const GPtrArray *rules = ruleset_rules(matcher_ruleset(update->matcher));
	bool good = db_run(update->index, &update->error, "DELETE FROM rule", "");

	for (guint i = 0; good && i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];
		g_autofree char *version = version_of(rule);

		good = db_run(update->index, &update->error,
			"INSERT INTO rule(id, version) VALUES(?, ?)", "tt", rule->id, version);
	}
	return good;
}

static GHashTable *ids_new(void)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

/* In one transaction: the verdicts and the rules that they are by belong together. */
static bool judge_again(struct update *update, const GPtrArray *rules, const GPtrArray *esps)
{
	g_autoptr(GHashTable) urls = ids_new();
	g_autoptr(GHashTable) messages = ids_new();
	bool good = db_begin(update->index, &update->error);

	good = good && collect_urls(update, rules, urls) && judge_urls(update, urls, messages) &&
	       collect_messages(update, esps, messages) && trace_messages(update, messages) &&
	       note_rules(update) && note_esps(update);
	return db_end(update->index, good, good ? &update->error : NULL);
}

/* Nothing to write is the usual case, and then nobody else is kept waiting. */
static bool follow_rules(struct update *update)
{
	g_autoptr(GPtrArray) rules = changed_rules(update);
	g_autoptr(GPtrArray) esps = changed_esps(update);

	return !update->error && ((!rules->len && !esps->len) || judge_again(update, rules, esps));
}

/* ---- all of it ---- */

static char *last_revision(struct index *index)
{
	sqlite3_stmt *row =
		db_query(index, NULL, "SELECT value FROM meta WHERE key = 'revision'", "");
	char *revision = NULL;

	if (row && db_next(index, row, NULL)) {
		revision = g_strdup(db_text(row, 0));
		sqlite3_reset(row);
	}
	return revision;
}

static bool update_all(struct update *update)
{
	g_autofree char *last = last_revision(update->index);
	g_autofree char *now = NULL;

	if (!store_reopen(update->store, &update->error))
		return false;
	now = g_strdup(store_revision(update->store));
	if (!follow_rules(update))
		return false;
	/* A message that leaves does not change the revision. */
	if (g_strcmp0(last, now) == 0)
		return drop_gone(update);
	return add_new(update, last) && drop_gone(update) &&
	       db_run(update->index, &update->error,
		       "INSERT INTO meta(key, value) VALUES('revision', ?)"
		       " ON CONFLICT DO UPDATE SET value = excluded.value",
		       "t", now);
}

bool index_update(struct index *index, struct store *store, struct matcher *matcher,
	index_progress_fn progress, void *user, GError **error)
{
	struct update update = {index, store, matcher, progress, user, NULL};
	bool good = update_all(&update) && !update.error;

	if (update.error)
		g_propagate_error(error, update.error);
	return good;
}

bool index_message(struct index *index, struct store *store, struct matcher *matcher,
	const char *message_id, GError **error)
{
	struct update update = {index, store, matcher, NULL, NULL, NULL};
	bool there = known(index, message_id, &update.error) >= 0;

	if (!there && !update.error) {
		there = db_begin(index, &update.error) && read_message(&update, message_id);
		there = db_end(index, there, there ? &update.error : NULL) &&
			known(index, message_id, &update.error) >= 0;
	}
	if (update.error)
		g_propagate_error(error, update.error);
	return there;
}
