/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/index/volume.h"

#include "tui/index/db.h"

/* Rows between two questions whether to stop. */
#define STEP 4096

static const char *const by_names[VOLUME_BYS] = {"day", "week", "month"};

const char *volume_by_name(enum volume_by by)
{
	return by_names[by];
}

bool volume_by_parse(const char *name, enum volume_by *by)
{
	for (int i = 0; i < VOLUME_BYS; i++) {
		if (strcmp(by_names[i], name) == 0) {
			*by = (enum volume_by)i;
			return true;
		}
	}
	return false;
}

/* ---- buckets: days, weeks and months by number ---- */

/* Day 1 is a Monday. */
static guint32 bucket_of(enum volume_by by, guint32 day)
{
	GDate date;

	if (by == VOLUME_DAY)
		return day;
	if (by == VOLUME_WEEK)
		return (day - 1) / 7;
	g_date_clear(&date, 1);
	g_date_set_julian(&date, day);
	return g_date_get_year(&date) * 12u + g_date_get_month(&date) - 1;
}

static guint32 first_day(enum volume_by by, guint32 number)
{
	GDate date;

	if (by == VOLUME_DAY)
		return number;
	if (by == VOLUME_WEEK)
		return number * 7 + 1;
	g_date_clear(&date, 1);
	g_date_set_dmy(&date, 1, (GDateMonth)(number % 12 + 1), (GDateYear)(number / 12));
	return g_date_get_julian(&date);
}

const char *volume_label(
	enum volume_by by, const struct volume_bucket *bucket, char text[DAYS_TEXT])
{
	days_text(bucket->first, text);
	if (by == VOLUME_MONTH)
		text[strlen("2026-11")] = '\0';
	return text;
}

/* ---- SQL: the messages of the filter, with their providers ---- */

/* ?1 ≤ date < ?2; ?3 a provider or null, ?4 whether only off its network. The order of the joins is
 * fixed, for without statistics SQLite cannot know it. */
#define OF_ALL " FROM message"
#define OF_WITHIN " FROM temp.volume_within AS within CROSS JOIN message ON message.id = within.id"
#define TRACES " CROSS JOIN trace ON trace.message = message.id"
#define TRACES_OF_LINKS                                                                      \
	" CROSS JOIN link ON link.message = message.id CROSS JOIN hop ON hop.url = link.url" \
	" CROSS JOIN trace ON trace.message = message.id AND trace.esp = hop.esp"            \
	" CROSS JOIN url ON url.id = link.url"
#define WHERE                                             \
	" WHERE message.date >= ?1 AND message.date < ?2" \
	" AND (?3 IS NULL OR trace.esp = ?3) AND (?4 = 0 OR trace.verdict = 2)"

/* The same statement over all messages and over those of temp.volume_within. */
struct pair {
	const char *all, *within;
};
#define PAIR(select, joins, order)                                                  \
	{                                                                           \
		select OF_ALL joins WHERE order, select OF_WITHIN joins WHERE order \
	}

static const struct pair rows_sql = PAIR("SELECT message.id, message.date, trace.esp", TRACES,
	" ORDER BY message.date DESC, message.id DESC");
static const struct pair count_sql = PAIR("SELECT count(DISTINCT message.id)", TRACES, "");
static const struct pair ids_sql =
	PAIR("SELECT DISTINCT message.mid", TRACES, " ORDER BY message.date DESC, message.mid");
static const struct pair hosts_sql =
	PAIR("SELECT message.id, message.date, trace.esp, trace.verdict,"
	     " coalesce(hop.host, url.host)",
		TRACES_OF_LINKS, " ORDER BY message.date DESC, message.id DESC");

struct span_of_time {
	gint64 from, to; /* seconds; `to` is not included */
};

static sqlite3_stmt *start(struct index *index, const struct volume_filter *filter,
	const struct pair *sql, struct span_of_time span, GError **error)
{
	return db_query(index, error, filter->within ? sql->within : sql->all, "iiti", span.from,
		span.to, filter->esp, (gint64)filter->off_network);
}

static struct span_of_time span_of(const struct volume_filter *filter)
{
	/* A message without a date has 0. */
	struct span_of_time span = {1, G_MAXINT64};

	if (filter->from)
		span.from = MAX(days_start(filter->from), 1);
	if (filter->to)
		span.to = days_start(filter->to + 1);
	return span;
}

static bool stopped(const struct volume_filter *filter, GError **error)
{
	if (!filter->stop || !filter->stop(filter->user))
		return false;
	g_set_error_literal(error, ESPIAL_ERROR, ESPIAL_ERROR_CANCELLED, "counting was stopped");
	return true;
}

static bool put_within(struct index *index, const struct volume_filter *filter, GError **error)
{
	bool good;

	if (!filter->within)
		return true;
	good = db_run(index, error,
		       "CREATE TEMP TABLE IF NOT EXISTS volume_within(id INTEGER PRIMARY KEY)",
		       "") &&
	       db_run(index, error, "DELETE FROM temp.volume_within", "");
	for (guint i = 0; good && i < filter->within->len; i++)
		good = (i % STEP || !stopped(filter, error)) &&
		       db_run(index, error,
			       "INSERT OR IGNORE INTO temp.volume_within"
			       " SELECT id FROM message WHERE mid = ?",
			       "t", filter->within->pdata[i]);
	return good;
}

/* Calls `row` for every row, until it returns false. Returns false with an error. */
static bool each_row(struct index *index, const struct volume_filter *filter,
	const struct pair *sql, struct span_of_time span,
	bool (*row)(void *user, sqlite3_stmt *row), void *user, GError **error)
{
	GError *failed = NULL;
	sqlite3_stmt *statement = start(index, filter, sql, span, &failed);

	for (guint i = 1; statement && db_next(index, statement, &failed) && row(user, statement);
		i++)
		if (i % STEP == 0 && stopped(filter, &failed))
			break;
	if (statement)
		sqlite3_reset(statement);
	if (!failed)
		return true;
	g_propagate_error(error, failed);
	return false;
}

/* ---- counting, from the newest message back ---- */

struct tally {
	gint64 total;
	GArray *counts; /* of guint32, newest bucket first, as far back as is known */
};

struct counting {
	enum volume_by by;
	guint32 newest;   /* number of the newest bucket; 0: not known yet */
	GHashTable *esps; /* id → struct tally */
	struct tally all; /* different messages */
	gint64 message;   /* that the last row was of */
	guint at;         /* its bucket, from the newest back */
	bool cut;
};

static void tally_free(gpointer data)
{
	struct tally *tally = data;

	g_array_unref(tally->counts);
	g_free(tally);
}

static GArray *counts_new(void)
{
	return g_array_new(FALSE, TRUE, sizeof(guint32));
}

static void tally_add(struct tally *tally, guint at)
{
	if (tally->counts->len <= at)
		g_array_set_size(tally->counts, at + 1);
	g_array_index(tally->counts, guint32, at)++;
	tally->total++;
}

static struct tally *tally_of(struct counting *counting, const char *esp)
{
	struct tally *tally = g_hash_table_lookup(counting->esps, esp);

	if (!tally) {
		tally = g_new0(struct tally, 1);
		tally->counts = counts_new();
		g_hash_table_insert(counting->esps, g_strdup(esp), tally);
	}
	return tally;
}

/* Returns false where there is no bucket for it, nor for anything older. */
static bool count_message(struct counting *counting, gint64 id, guint32 day)
{
	guint32 number = bucket_of(counting->by, day);

	if (!counting->newest)
		counting->newest = number;
	/* Where the clock is set back at midnight, a day can come again. */
	counting->at = counting->newest - MIN(number, counting->newest);
	counting->cut = counting->at >= VOLUME_MAX_BUCKETS;
	if (counting->cut)
		return false;
	counting->message = id;
	tally_add(&counting->all, counting->at);
	return true;
}

static bool count_row(void *user, sqlite3_stmt *row)
{
	struct counting *counting = user;
	gint64 id = sqlite3_column_int64(row, 0);
	const char *esp = db_text(row, 2);
	guint32 day;

	if (id != counting->message) {
		day = days_of(sqlite3_column_int64(row, 1));
		if (!day)
			return true;
		if (!count_message(counting, id, day))
			return false;
	}
	tally_add(tally_of(counting, esp ? esp : ""), counting->at);
	return true;
}

/* ---- what was counted, oldest first ---- */

static void series_free(gpointer data)
{
	struct volume_series *series = data;

	g_free(series->esp);
	g_free(series->counts);
	g_free(series);
}

static struct volume *volume_new(enum volume_by by)
{
	struct volume *volume = g_new0(struct volume, 1);

	volume->by = by;
	volume->buckets = g_array_new(FALSE, TRUE, sizeof(struct volume_bucket));
	volume->series = g_ptr_array_new_with_free_func(series_free);
	return volume;
}

void volume_free(struct volume *volume)
{
	if (!volume)
		return;
	g_array_unref(volume->buckets);
	g_ptr_array_unref(volume->series);
	g_free(volume);
}

const struct volume_bucket *volume_bucket(const struct volume *volume, guint i)
{
	return &g_array_index(volume->buckets, struct volume_bucket, i);
}

static guint32 count_at(const struct tally *tally, guint at)
{
	return at < tally->counts->len ? g_array_index(tally->counts, guint32, at) : 0;
}

static void put_buckets(struct volume *volume, const struct counting *counting, guint count)
{
	for (guint i = 0; i < count; i++) {
		guint32 number = counting->newest - (count - 1 - i);
		struct volume_bucket bucket = {first_day(volume->by, number),
			first_day(volume->by, number + 1) - 1,
			count_at(&counting->all, count - 1 - i)};

		g_array_append_val(volume->buckets, bucket);
	}
	volume->messages = counting->all.total;
	volume->esps = g_hash_table_size(counting->esps);
	volume->cut = counting->cut;
}

static struct volume_series *series_new(const char *esp, guint buckets)
{
	struct volume_series *series = g_new0(struct volume_series, 1);

	series->esp = g_strdup(esp);
	series->counts = g_new0(guint32, buckets);
	return series;
}

static void series_add(struct volume_series *series, const struct tally *tally, guint buckets)
{
	for (guint i = 0; i < tally->counts->len; i++)
		series->counts[buckets - 1 - i] += g_array_index(tally->counts, guint32, i);
	series->total += tally->total;
}

static gint by_total(gconstpointer a, gconstpointer b, gpointer esps)
{
	const char *left = *(const char *const *)a, *right = *(const char *const *)b;
	const struct tally *of_left = g_hash_table_lookup(esps, left),
			   *of_right = g_hash_table_lookup(esps, right);

	if (of_left->total != of_right->total)
		return of_left->total > of_right->total ? -1 : 1;
	return strcmp(left, right);
}

static void put_series(struct volume *volume, GHashTable *esps, guint top)
{
	guint count, buckets = volume->buckets->len;
	g_autofree gpointer *names = g_hash_table_get_keys_as_array(esps, &count);
	struct volume_series *others = count > top ? series_new(NULL, buckets) : NULL;

	g_qsort_with_data(names, (gint)count, sizeof(gpointer), by_total, esps);
	for (guint i = 0; i < count; i++) {
		struct volume_series *series = i < top ? series_new(names[i], buckets) : others;

		series_add(series, g_hash_table_lookup(esps, names[i]), buckets);
		if (i < top)
			g_ptr_array_add(volume->series, series);
	}
	if (others)
		g_ptr_array_add(volume->series, others);
}

/* From the first message, or the first day asked for. */
static guint buckets_needed(struct counting *counting, const struct volume_filter *filter)
{
	guint count = counting->all.counts->len;

	if (!counting->newest || !filter->from)
		return count;
	count = MAX(counting->newest + 1, bucket_of(counting->by, filter->from)) -
		bucket_of(counting->by, filter->from);
	if (count > VOLUME_MAX_BUCKETS)
		counting->cut = true;
	return MIN(count, VOLUME_MAX_BUCKETS);
}

static gint64 count_between(struct index *index, const struct volume_filter *filter, gint64 from,
	gint64 to, GError **error)
{
	struct span_of_time span = {from, to};
	sqlite3_stmt *row = start(index, filter, &count_sql, span, error);
	gint64 count = 0;

	if (row && db_next(index, row, error)) {
		count = sqlite3_column_int64(row, 0);
		sqlite3_reset(row);
	}
	return count;
}

static struct volume *collect(struct index *index, const struct volume_filter *filter,
	struct counting *counting, guint top, GError **error)
{
	struct span_of_time span = span_of(filter);
	struct volume *volume;
	GError *failed = NULL;

	if (!put_within(index, filter, error) ||
		!each_row(index, filter, &rows_sql, span, count_row, counting, error))
		return NULL;
	volume = volume_new(counting->by);
	put_buckets(volume, counting, buckets_needed(counting, filter));
	put_series(volume, counting->esps, top);
	volume->undated = count_between(index, filter, G_MININT64, 1, &failed);
	if (filter->to && !failed)
		volume->later = count_between(index, filter, span.to, G_MAXINT64, &failed);
	if (!failed)
		return volume;
	g_propagate_error(error, failed);
	volume_free(volume);
	return NULL;
}

struct volume *volume_read(struct index *index, const struct volume_filter *filter,
	enum volume_by by, guint top, GError **error)
{
	struct counting counting = {.by = by,
		.newest = filter->to ? bucket_of(by, filter->to) : 0,
		.esps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, tally_free),
		.all = {.counts = counts_new()},
		.message = -1};
	struct volume *volume = collect(index, filter, &counting, top, error);

	g_hash_table_unref(counting.esps);
	g_array_unref(counting.all.counts);
	return volume;
}

struct volume *volume_read_today(struct index *index, struct volume_filter *filter, guint32 today,
	enum volume_by by, guint top, GError **error)
{
	struct volume *volume;

	filter->to = today;
	volume = volume_read(index, filter, by, top, error);
	if (!volume || volume->messages || !volume->later)
		return volume;
	volume_free(volume);
	filter->to = 0;
	return volume_read(index, filter, by, top, error);
}

/* ---- messages ---- */

static bool add_id(void *user, sqlite3_stmt *row)
{
	g_ptr_array_add(user, g_strdup(db_text(row, 0)));
	return true;
}

GPtrArray *volume_messages(struct index *index, const struct volume_filter *filter,
	const struct volume_bucket *bucket, GError **error)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	struct volume_filter narrow = *filter;

	narrow.from = MAX(filter->from, bucket->first);
	narrow.to = filter->to ? MIN(filter->to, bucket->last) : bucket->last;
	if (put_within(index, filter, error) &&
		each_row(index, &narrow, &ids_sql, span_of(&narrow), add_id, ids, error))
		return ids;
	g_ptr_array_unref(ids);
	return NULL;
}

/* ---- facts ---- */

/* Of a provider, while its rows go by. */
struct known {
	struct volume_facts *facts;
	GHashTable *domains;   /* hashes of hosts: 64 bits are enough to count with */
	gint64 message, trial; /* that the last row, the last one on a trial domain, was of */
};

struct facts_reading {
	GHashTable *esps; /* id → struct known */
	GPtrArray *trial; /* of char *: keys of trial domains */
	GPtrArray *list;  /* of struct volume_facts */
};

static void known_free(gpointer data)
{
	struct known *known = data;

	known->facts->domains = g_hash_table_size(known->domains);
	g_hash_table_unref(known->domains);
	g_free(known);
}

static void facts_free(gpointer data)
{
	struct volume_facts *facts = data;

	g_free(facts->esp);
	g_free(facts);
}

static struct known *known_of(struct facts_reading *reading, const char *esp)
{
	struct known *known = g_hash_table_lookup(reading->esps, esp);

	if (known)
		return known;
	known = g_new0(struct known, 1);
	known->facts = g_new0(struct volume_facts, 1);
	known->facts->esp = g_strdup(esp);
	known->domains = g_hash_table_new(NULL, NULL);
	known->message = known->trial = -1;
	g_hash_table_insert(reading->esps, known->facts->esp, known);
	g_ptr_array_add(reading->list, known->facts);
	return known;
}

/* FNV-1a. */
static gsize hash_of(const char *text)
{
	guint64 hash = G_GUINT64_CONSTANT(0xCBF29CE484222325);

	for (; *text; text++)
		hash = (hash ^ (guchar)*text) * G_GUINT64_CONSTANT(0x100000001B3);
	return (gsize)hash;
}

static void note_message(struct volume_facts *facts, gint64 date, gint64 verdict)
{
	facts->messages++;
	facts->off += verdict == ORIGIN_OFF;
	facts->on += verdict == ORIGIN_ON;
	facts->first = facts->first ? MIN(facts->first, date) : date;
	facts->last = MAX(facts->last, date);
}

static bool is_under_one(const GPtrArray *keys, const char *host)
{
	for (guint i = 0; i < keys->len; i++)
		if (g_str_has_prefix(host, keys->pdata[i]))
			return true;
	return false;
}

static bool note_row(void *user, sqlite3_stmt *row)
{
	struct facts_reading *reading = user;
	gint64 id = sqlite3_column_int64(row, 0);
	const char *esp = db_text(row, 2), *host = db_text(row, 4);
	struct known *known = known_of(reading, esp ? esp : "");

	if (known->message != id)
		note_message(
			known->facts, sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 3));
	known->message = id;
	if (!host)
		return true;
	g_hash_table_add(known->domains, GSIZE_TO_POINTER(hash_of(host)));
	if (known->trial != id && is_under_one(reading->trial, host)) {
		known->trial = id;
		known->facts->trial++;
	}
	return true;
}

static gint most_messages(gconstpointer a, gconstpointer b)
{
	const struct volume_facts *left = *(const struct volume_facts *const *)a,
				  *right = *(const struct volume_facts *const *)b;

	if (left->messages != right->messages)
		return left->messages > right->messages ? -1 : 1;
	return strcmp(left->esp, right->esp);
}

static GPtrArray *host_keys(const GPtrArray *domains)
{
	GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; domains && i < domains->len; i++)
		g_ptr_array_add(keys, index_host_key(span_from(domains->pdata[i])));
	return keys;
}

GPtrArray *volume_facts_read(struct index *index, const struct volume_filter *filter,
	const GPtrArray *trial, GError **error)
{
	g_autoptr(GPtrArray) keys = host_keys(trial);
	struct facts_reading reading = {
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, known_free), keys,
		g_ptr_array_new_with_free_func(facts_free)};
	bool good = put_within(index, filter, error) &&
		    each_row(index, filter, &hosts_sql, span_of(filter), note_row, &reading, error);

	g_hash_table_unref(reading.esps);
	g_ptr_array_sort(reading.list, most_messages);
	if (!good)
		g_clear_pointer(&reading.list, g_ptr_array_unref);
	return reading.list;
}
