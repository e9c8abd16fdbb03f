/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/index/db.h"

#include <glib/gstdio.h>

/* How long a writer waits for another one. */
#define BUSY_MS 5000

/* Raised with every change of the tables. The index is a cache: an older one is made anew. */
#define SCHEMA_VERSION 4
static const char schema[] =
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE rule(id TEXT PRIMARY KEY, version TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE esp(id TEXT PRIMARY KEY, version TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE message("
	" id INTEGER PRIMARY KEY, mid TEXT NOT NULL UNIQUE, date INTEGER NOT NULL,"
	" unreadable INTEGER NOT NULL, ip TEXT, host TEXT, network TEXT);"
	"CREATE INDEX message_date ON message(date);"
	"CREATE INDEX message_network ON message(network);"
	"CREATE TABLE url("
	" id INTEGER PRIMARY KEY, href TEXT NOT NULL UNIQUE, host TEXT NOT NULL,"
	" end INTEGER NOT NULL, landing TEXT, signs INTEGER NOT NULL DEFAULT 0);"
	"CREATE INDEX url_host ON url(host);"
	"CREATE INDEX url_landing ON url(landing);"
	"CREATE TABLE link("
	" message INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE,"
	" url INTEGER NOT NULL REFERENCES url(id),"
	" kinds INTEGER NOT NULL,"
	" PRIMARY KEY(message, url)) WITHOUT ROWID;"
	"CREATE INDEX link_url ON link(url);"
	"CREATE TABLE hop("
	" url INTEGER NOT NULL REFERENCES url(id) ON DELETE CASCADE, n INTEGER NOT NULL,"
	" href TEXT, host TEXT, rule TEXT, esp TEXT, account TEXT, campaign TEXT, recipient TEXT,"
	" PRIMARY KEY(url, n)) WITHOUT ROWID;"
	"CREATE INDEX hop_host ON hop(host) WHERE host IS NOT NULL;"
	"CREATE INDEX hop_rule ON hop(rule);"
	"CREATE INDEX hop_account ON hop(esp, account);"
	"CREATE INDEX hop_campaign ON hop(esp, campaign);"
	"CREATE TABLE trace("
	" message INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE,"
	" esp TEXT NOT NULL, verdict INTEGER NOT NULL,"
	" PRIMARY KEY(message, esp)) WITHOUT ROWID;"
	"CREATE INDEX trace_esp ON trace(esp, verdict);";

/* ---- statements ---- */

void db_set_error(struct index *index, GError **error)
{
	int code = index->db ? sqlite3_errcode(index->db) : SQLITE_NOMEM;
	bool busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;

	g_set_error(error, ESPIAL_ERROR, busy ? ESPIAL_ERROR_LOCKED : ESPIAL_ERROR_IO,
		"the link index %s: %s%s", index->path,
		index->db ? sqlite3_errmsg(index->db) : "out of memory",
		busy ? ": another program writes it, try again"
		     : "; espial index --rebuild makes it anew");
}

static sqlite3_stmt *prepared(struct index *index, const char *sql, GError **error)
{
	sqlite3_stmt *statement = g_hash_table_lookup(index->statements, sql);

	if (statement)
		return statement;
	if (sqlite3_prepare_v3(index->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
		SQLITE_OK) {
		db_set_error(index, error);
		return NULL;
	}
	g_hash_table_insert(index->statements, (gpointer)sql, statement);
	return statement;
}

static void bind(sqlite3_stmt *statement, const char *types, va_list args)
{
	for (int i = 0; types[i]; i++) {
		if (types[i] == 'i')
			sqlite3_bind_int64(statement, i + 1, va_arg(args, gint64));
		else
			sqlite3_bind_text(
				statement, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
	}
}

static sqlite3_stmt *query(
	struct index *index, GError **error, const char *sql, const char *types, va_list args)
{
	sqlite3_stmt *statement = prepared(index, sql, error);

	if (statement) {
		sqlite3_reset(statement);
		bind(statement, types, args);
	}
	return statement;
}

sqlite3_stmt *db_query(struct index *index, GError **error, const char *sql, const char *types, ...)
{
	va_list args;

	va_start(args, types);
	sqlite3_stmt *statement = query(index, error, sql, types, args);
	va_end(args);
	return statement;
}

bool db_next(struct index *index, sqlite3_stmt *statement, GError **error)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		db_set_error(index, error);
	sqlite3_reset(statement);
	return false;
}

bool db_run(struct index *index, GError **error, const char *sql, const char *types, ...)
{
	GError *failed = NULL;
	va_list args;

	va_start(args, types);
	sqlite3_stmt *statement = query(index, &failed, sql, types, args);
	va_end(args);
	while (statement && db_next(index, statement, &failed))
		;
	if (!failed)
		return true;
	g_propagate_error(error, failed);
	return false;
}

gint64 db_number(struct index *index, GError **error, const char *sql, const char *types, ...)
{
	gint64 number = -1;
	va_list args;

	va_start(args, types);
	sqlite3_stmt *statement = query(index, error, sql, types, args);
	va_end(args);
	if (statement && db_next(index, statement, error)) {
		number = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
	}
	return number;
}

bool db_begin(struct index *index, GError **error)
{
	return db_run(index, error, "BEGIN IMMEDIATE", "");
}

bool db_end(struct index *index, bool good, GError **error)
{
	if (good && db_run(index, error, "COMMIT", ""))
		return true;
	/* Where SQLite has rolled back by itself there is nothing left to end. */
	if (!sqlite3_get_autocommit(index->db))
		db_run(index, NULL, "ROLLBACK", "");
	return false;
}

const char *db_text(sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

/* ---- opening ---- */

static void remove_files(const char *path)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};

	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *file = g_strconcat(path, suffixes[i], NULL);
		g_unlink(file);
	}
}

static void statement_free(gpointer statement)
{
	sqlite3_finalize(statement);
}

void index_close(struct index *index)
{
	if (!index)
		return;
	g_hash_table_unref(index->statements);
	sqlite3_close(index->db);
	if (index->scratch) {
		remove_files(index->path);
		g_rmdir(index->scratch);
	}
	g_free(index->scratch);
	g_free(index->path);
	g_free(index);
}

static bool execute(struct index *index, const char *sql)
{
	return sqlite3_exec(index->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Two programs may come here at once: the second finds the tables made. */
static bool make_tables(struct index *index)
{
	g_autofree char *set_version = g_strdup_printf("PRAGMA user_version = %d", SCHEMA_VERSION);
	bool good = execute(index, "BEGIN IMMEDIATE") &&
		    (db_number(index, NULL, "PRAGMA user_version", "") == SCHEMA_VERSION ||
			    (execute(index, schema) && execute(index, set_version)));

	return execute(index, good ? "COMMIT" : "ROLLBACK") && good;
}

/* Returns false where it cannot be used as it is. */
static bool open_file(struct index *index)
{
	gint64 version;

	if (sqlite3_open_v2(index->path, &index->db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK)
		return false;
	sqlite3_busy_timeout(index->db, BUSY_MS);
	/* A crash of the machine may lose the last transactions of a cache, but not its sanity. */
	if (!execute(index, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
			    "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
			    "PRAGMA cache_size = -32768"))
		return false;
	version = db_number(index, NULL, "PRAGMA user_version", "");
	return version == SCHEMA_VERSION || (version == 0 && make_tables(index));
}

static struct index *index_new(const char *path)
{
	struct index *index = g_new0(struct index, 1);

	index->path = g_strdup(path);
	index->statements = g_hash_table_new_full(NULL, NULL, NULL, statement_free);
	return index;
}

static bool is_unusable(const struct index *index)
{
	int code = index->db ? sqlite3_errcode(index->db) : SQLITE_NOMEM;

	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_OK ||
	       code == SQLITE_DONE || code == SQLITE_ROW || code == SQLITE_ERROR;
}

struct index *index_open(const char *path, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(path);

	g_mkdir_with_parents(dir, 0700);
	for (int attempt = 0;; attempt++) {
		struct index *index = index_new(path);

		if (open_file(index))
			return index;
		bool again = attempt == 0 && is_unusable(index);
		if (!again)
			db_set_error(index, error);
		index_close(index);
		if (!again)
			return NULL;
		remove_files(path);
	}
}

struct index *index_open_scratch(GError **error)
{
	char *dir = g_dir_make_tmp("espial-index-XXXXXX", error);
	g_autofree char *path = dir ? g_build_filename(dir, "index.sqlite", NULL) : NULL;
	struct index *index = dir ? index_open(path, error) : NULL;

	if (index)
		index->scratch = dir;
	else
		g_free(dir);
	return index;
}

struct index *index_open_again(const struct index *index, GError **error)
{
	struct index *again = index_open(index->path, error);

	if (again)
		again->trust = index->trust;
	return again;
}

void index_set_trust(struct index *index, const struct origin_trust *trust)
{
	index->trust = trust;
}

const char *index_path(const struct index *index)
{
	return index->path;
}

char *index_file(const char *dir, const char *store_path, const char *ruleset_dir)
{
	g_autofree char *both = g_strdup_printf("%s\n%s", store_path, ruleset_dir);
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, both, -1);
	g_autofree char *name = g_strdup_printf("%.16s.sqlite", digest);

	return g_build_filename(dir, name, NULL);
}

bool index_clear(struct index *index, GError **error)
{
	bool good = db_begin(index, error) && db_run(index, error, "DELETE FROM message", "") &&
		    db_run(index, error, "DELETE FROM url", "") &&
		    db_run(index, error, "DELETE FROM rule", "") &&
		    db_run(index, error, "DELETE FROM esp", "") &&
		    db_run(index, error, "DELETE FROM meta", "");

	return db_end(index, good, error) && db_run(index, error, "VACUUM", "");
}

bool index_is_current(struct index *index, const char *revision)
{
	return db_number(index, NULL,
		       "SELECT count(*) FROM meta WHERE key = 'revision' AND value = ?", "t",
		       revision) == 1;
}

bool index_totals(struct index *index, struct index_totals *totals, GError **error)
{
	sqlite3_stmt *row = db_query(index, error,
		"SELECT (SELECT count(*) FROM message),"
		" (SELECT count(*) FROM message WHERE unreadable),"
		" (SELECT count(*) FROM link), (SELECT count(*) FROM url),"
		" (SELECT count(*) FROM url WHERE end <> 0),"
		" (SELECT count(*) FROM url WHERE end = 2)",
		"");

	if (!row || !db_next(index, row, error))
		return false;
	gint64 *const fields[] = {&totals->messages, &totals->unreadable, &totals->links,
		&totals->urls, &totals->explained, &totals->opaque};
	for (int i = 0; i < (int)G_N_ELEMENTS(fields); i++)
		*fields[i] = sqlite3_column_int64(row, i);
	sqlite3_reset(row);
	return true;
}

bool index_is_whole(struct index *index)
{
	return db_number(index, NULL, "SELECT count(*) FROM meta WHERE key = 'revision'", "") == 1;
}
