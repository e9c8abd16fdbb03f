/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Volume over time over real stores, against what notmuch counts.
 */
#include "tui/index/volume.h"
#include "tui/mail/message.h"

#include "tests/unit/scratch.h"

#include <sqlite3.h>
#include <string.h>
#include <time.h>

/* Zones by rule, which need no zone files: Central Europe; São Paulo as it was, where midnight is
 * what the clock skips. */
#define EUROPE "CET-1CEST,M3.5.0,M10.5.0/3"
#define BRAZIL "BRT3BRST,M11.1.0/0,M2.3.0/0"

static void in_zone(const char *zone)
{
	g_setenv("TZ", zone, TRUE);
	tzset();
}

static guint32 day(const char *text)
{
	guint32 number;

	if (!days_parse(text, &number))
		fail_msg("no day: %s", text);
	return number;
}

static gint64 at(const char *iso)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, NULL);

	assert_non_null(time);
	return g_date_time_to_unix(time);
}

/* ---- a store and its index ---- */

/* The trackers of a provider are all links to its host. */
static void write_provider(const struct scratch *scratch, const char *id)
{
	g_autofree char *esp_path = g_strdup_printf("%s/rules/esps/%s.yaml", scratch->dir, id);
	g_autofree char *rule_path =
		g_strdup_printf("%s/rules/trackers/%s/click.yaml", scratch->dir, id);
	g_autofree char *esp = g_strdup_printf("id: %s\nname: %s\nkind: esp\n", id, id);
	g_autofree char *rule = g_strdup_printf(
		"id: %s/click\nesp: %s\nstatus: stable\n"
		"match:\n  hosts:\n    - %s.example\n  path: '^/t/'\ndecode: opaque\n"
		"references:\n  - seen in the wild\n"
		"tests:\n  match:\n    - url: https://a.%s.example/t/1\n      next: opaque\n"
		"  no_match:\n    - https://www.example.com/\n",
		id, id, id, id);

	write_file(esp_path, esp);
	write_file(rule_path, rule);
}

/* A mail in a folder with a link to each host (of blank-separated ones). */
static void write_linked(const struct scratch *scratch, const char *folder, const char *id,
	gint64 time, const char *hosts)
{
	g_auto(GStrv) list = g_strsplit(hosts, " ", -1);
	g_autofree char *path = g_strdup_printf("%s/%s/cur/%s:2,", scratch->mail, folder, id);
	g_autofree char *date = date_header(time);
	GString *text = g_string_new(NULL);

	g_string_printf(text,
		"From: a@shop.example\nSubject: mail %s\nDate: %s\n"
		"Message-ID: <%s@example.com>\nContent-Type: text/plain\n\n"
		"https://www.example.com/page\n",
		id, date, id);
	for (guint i = 0; list[i]; i++)
		if (*list[i])
			g_string_append_printf(text, "https://%s/t/%s\n", list[i], id);
	write_file(path, text->str);
	g_string_free(text, TRUE);
}

static struct index *read_store(const struct scratch *scratch)
{
	g_autofree char *path = g_build_filename(scratch->dir, "index", NULL);
	g_autofree char *rules = g_build_filename(scratch->dir, "rules", NULL);
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load(rules, problems, NULL);
	struct matcher *matcher;
	struct store *store;
	struct index *index;
	g_autoptr(GError) error = NULL;

	index_mail();
	if (problems_count(problems)) {
		g_autofree char *text = problem_text(problems->list->pdata[0]);
		fail_msg("%s", text);
	}
	problems_free(problems);
	matcher = matcher_new(ruleset);
	ruleset_unref(ruleset);
	store = store_open(&(struct store_options){0}, &error);
	index = store ? index_open(path, &error) : NULL;
	if (!index || !index_update(index, store, matcher, NULL, NULL, &error))
		fail_msg("%s", error->message);
	store_close(store);
	matcher_unref(matcher);
	return index;
}

static void sql(const struct index *index, const char *statement)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(index_path(index), &db), SQLITE_OK);
	if (sqlite3_exec(db, statement, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", statement, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static struct volume *read_volume(
	struct index *index, const struct volume_filter *filter, enum volume_by by, guint top)
{
	g_autoptr(GError) error = NULL;
	struct volume *volume = volume_read(index, filter, by, top, &error);

	if (!volume)
		fail_msg("%s", error->message);
	return volume;
}

/* `a: 1 0 2 | b: 0 1 0`, of the series. */
static char *series_text(const struct volume *volume)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < volume->series->len; i++) {
		const struct volume_series *series = volume->series->pdata[i];

		g_string_append_printf(
			text, "%s%s:", i ? " | " : "", series->esp ? series->esp : "(others)");
		for (guint b = 0; b < volume->buckets->len; b++)
			g_string_append_printf(text, " %u", series->counts[b]);
	}
	return g_string_free(text, FALSE);
}

static char *labels_text(const struct volume *volume)
{
	GString *text = g_string_new(NULL);
	char label[DAYS_TEXT];

	for (guint i = 0; i < volume->buckets->len; i++)
		g_string_append_printf(text, "%s%s", i ? " " : "",
			volume_label(volume->by, volume_bucket(volume, i), label));
	return g_string_free(text, FALSE);
}

static void assert_volume(struct index *index, const struct volume_filter *filter,
	enum volume_by by, guint top, const char *labels, const char *series)
{
	struct volume *volume = read_volume(index, filter, by, top);
	g_autofree char *found_labels = labels_text(volume);
	g_autofree char *found = series_text(volume);

	assert_string_equal(found_labels, labels);
	assert_string_equal(found, series);
	volume_free(volume);
}

/* ---- days ---- */

static void test_days_parse(void **state)
{
	static const char *const bad[] = {"", "2026", "2026-1-02", "2026-02-30", "2026-13-01",
		"0000-01-01", "2026-11-24 ", "26-11-24", "2026/11/24", "-026-11-24", "2026-11-2x"};
	char text[DAYS_TEXT];
	guint32 number = 0;

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_false(days_parse(bad[i], &number));
	assert_int_equal(day("0001-01-01"), DAYS_FIRST);
	assert_int_equal(day("9999-12-31"), DAYS_LAST);
	assert_int_equal(day("2024-03-01") - day("2024-02-28"), 2);
	assert_string_equal(days_text(day("2024-02-29"), text), "2024-02-29");
	assert_string_equal(days_text(0, text), "-");
}

/* A day begins at the first second that has its date, and ends with the last. */
static void assert_days_begin(const char *zone, guint32 from, guint32 to)
{
	in_zone(zone);
	for (guint32 number = from; number <= to; number++) {
		gint64 start = days_start(number);

		assert_int_equal(days_of(start), number);
		assert_int_equal(days_of(start - 1), number - 1);
	}
}

static void test_days_start(void **state)
{
	(void)state;
	assert_days_begin("UTC", day("1969-12-25"), day("1970-01-10"));
	assert_days_begin(EUROPE, day("2026-03-20"), day("2026-04-05"));
	assert_days_begin(EUROPE, day("2026-10-20"), day("2026-11-05"));
	assert_days_begin(BRAZIL, day("2026-01-01"), day("2026-12-31"));
	assert_days_begin("XXX-13:45", day("2026-01-01"), day("2026-01-10"));
	in_zone(EUROPE);
	assert_int_equal(days_start(day("2026-03-29")), at("2026-03-28T23:00:00Z"));
	assert_int_equal(days_start(day("2026-03-30")), at("2026-03-29T22:00:00Z"));
	in_zone(BRAZIL);
	assert_int_equal(days_start(day("2026-11-01")), at("2026-11-01T03:00:00Z"));
	in_zone("UTC");
	/* What no calendar has. */
	assert_int_equal(days_of(G_MAXINT64), 0);
	assert_int_equal(days_of(G_MININT64), 0);
	assert_int_equal(days_of(at("9999-12-31T23:59:59Z")), DAYS_LAST);
	assert_int_equal(days_of(at("9999-12-31T23:59:59Z") + 1), 0);
}

/* ---- against notmuch ---- */

/* A mail every 47 minutes, of four kinds in turn, so that each day that the clock changes on has
 * some of each in its first and last hour. */
static void write_span(const struct scratch *scratch, const char *from, const char *to)
{
	static const struct {
		const char *folder, *hosts;
	} kinds[] = {
		{"alpha", "c1.alpha.example c2.alpha.example"},
		{"both", "c1.alpha.example c1.beta.example"},
		{"beta", "c1.beta.example"},
		{"none", ""},
		{"alpha", "c3.alpha.example"},
	};
	int i = 0;

	for (gint64 time = at(from); time < at(to); time += 47 * 60, i++) {
		g_autofree char *id = g_strdup_printf("m%" G_GINT64_FORMAT, time);

		write_linked(scratch, kinds[i % 5].folder, id, time, kinds[i % 5].hosts);
	}
}

/* What notmuch counts for each line of queries, in one go. */
static gint64 *count_mail(const struct scratch *scratch, const char *queries)
{
	g_autofree char *file = g_build_filename(scratch->dir, "queries", NULL);
	g_autofree char *input = g_strdup_printf("--input=%s", file);
	g_autofree char *output = NULL;
	g_auto(GStrv) lines = NULL;
	gint64 *counts;

	write_file(file, queries);
	output = run("notmuch", "count", "--batch", input, NULL);
	lines = g_strsplit(output, "\n", -1);
	counts = g_new0(gint64, g_strv_length(lines));
	for (guint i = 0; lines[i] && *lines[i]; i++)
		counts[i] = g_ascii_strtoll(lines[i], NULL, 10);
	return counts;
}

static const char *const folders[] = {"folder:alpha or folder:both", "folder:beta or folder:both",
	"folder:alpha or folder:beta or folder:both"};

/* For each bucket the three, then the last one for all time. */
static gint64 *count_buckets(const struct scratch *scratch, const struct volume *volume)
{
	g_autoptr(GString) queries = g_string_new(NULL);
	char first[DAYS_TEXT], last[DAYS_TEXT];

	for (guint i = 0; i < volume->buckets->len; i++) {
		const struct volume_bucket *bucket = volume_bucket(volume, i);

		for (size_t f = 0; f < G_N_ELEMENTS(folders); f++)
			g_string_append_printf(queries, "date:%s..%s and (%s)\n",
				days_text(bucket->first, first), days_text(bucket->last, last),
				folders[f]);
	}
	g_string_append_printf(queries, "%s\n", folders[2]);
	return count_mail(scratch, queries->str);
}

static void assert_as_notmuch(const struct scratch *scratch, struct index *index, enum volume_by by)
{
	struct volume *volume = read_volume(index, &(struct volume_filter){0}, by, 10);
	g_autofree gint64 *counts = count_buckets(scratch, volume);
	const struct volume_series *alpha = volume->series->pdata[0],
				   *beta = volume->series->pdata[1];
	guint count = volume->buckets->len;

	assert_int_equal(volume->series->len, 2);
	for (guint i = 0; i < count; i++) {
		const struct volume_bucket *bucket = volume_bucket(volume, i);

		if (i)
			assert_int_equal(bucket->first, volume_bucket(volume, i - 1)->last + 1);
		assert_int_equal(alpha->counts[i], counts[3 * i]);
		assert_int_equal(beta->counts[i], counts[3 * i + 1]);
		assert_int_equal(bucket->messages, counts[3 * i + 2]);
	}
	assert_true(volume->messages > 400);
	assert_int_equal(volume->messages, counts[3 * count]);
	volume_free(volume);
}

static void assert_zone_as_notmuch(const char *zone)
{
	struct scratch *scratch;
	struct index *index;

	in_zone(zone);
	scratch = scratch_new("");
	write_provider(scratch, "alpha");
	write_provider(scratch, "beta");
	/* The changes of clock of both zones, and a turn of the year. */
	write_span(scratch, "2026-03-27T12:00:00Z", "2026-03-31T12:00:00Z");
	write_span(scratch, "2026-10-23T12:00:00Z", "2026-10-27T12:00:00Z");
	write_span(scratch, "2026-10-30T12:00:00Z", "2026-11-02T12:00:00Z");
	write_span(scratch, "2026-12-29T12:00:00Z", "2027-01-05T12:00:00Z");
	write_span(scratch, "2027-02-19T12:00:00Z", "2027-02-23T12:00:00Z");
	index = read_store(scratch);
	assert_as_notmuch(scratch, index, VOLUME_WEEK);
	assert_as_notmuch(scratch, index, VOLUME_MONTH);
	assert_as_notmuch(scratch, index, VOLUME_DAY);
	index_close(index);
	scratch_free(scratch);
	in_zone("UTC");
}

static void test_as_notmuch_in_europe(void **state)
{
	(void)state;
	assert_zone_as_notmuch(EUROPE);
}

static void test_as_notmuch_without_midnight(void **state)
{
	(void)state;
	assert_zone_as_notmuch(BRAZIL);
}

/* ---- buckets and series ---- */

/* Three providers on a few days around the turn of a year, in UTC. */
static struct scratch *few_mails(void)
{
	static const struct {
		const char *time, *hosts;
	} mails[] = {
		{"2025-12-27T23:59:59Z", "a.alpha.example"},
		{"2025-12-28T00:00:00Z", "a.alpha.example"},
		{"2025-12-28T23:59:59Z", "b.alpha.example c.beta.example"},
		{"2025-12-29T00:00:00Z", "c.beta.example"},
		{"2026-01-01T12:00:00Z", "a.alpha.example x.gamma.example"},
		{"2026-01-04T23:59:59Z", "a.alpha.example"},
		{"2026-01-05T00:00:00Z", "a.alpha.example"},
		{"2026-01-05T01:00:00Z", ""},
	};
	struct scratch *scratch = scratch_new("");

	write_provider(scratch, "alpha");
	write_provider(scratch, "beta");
	write_provider(scratch, "gamma");
	for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_autofree char *id = g_strdup_printf("few%zu", i);

		write_linked(scratch, "in", id, at(mails[i].time), mails[i].hosts);
	}
	return scratch;
}

static void test_buckets(void **state)
{
	struct scratch *scratch = few_mails();
	struct index *index = read_store(scratch);
	struct volume_filter all = {0};

	(void)state;
	assert_volume(index, &all, VOLUME_DAY, 3,
		"2025-12-27 2025-12-28 2025-12-29 2025-12-30 2025-12-31 2026-01-01 2026-01-02 "
		"2026-01-03 2026-01-04 2026-01-05",
		"alpha: 1 2 0 0 0 1 0 0 1 1 | beta: 0 1 1 0 0 0 0 0 0 0 | "
		"gamma: 0 0 0 0 0 1 0 0 0 0");
	/* The week from 29 December is in both years. */
	assert_volume(index, &all, VOLUME_WEEK, 3, "2025-12-22 2025-12-29 2026-01-05",
		"alpha: 3 2 1 | beta: 1 1 0 | gamma: 0 1 0");
	assert_volume(index, &all, VOLUME_MONTH, 3, "2025-12 2026-01",
		"alpha: 3 3 | beta: 2 0 | gamma: 0 1");
	index_close(index);
	scratch_free(scratch);
}

static void test_top_and_others(void **state)
{
	struct scratch *scratch = few_mails();
	struct index *index = read_store(scratch);
	struct volume_filter all = {0};
	struct volume *volume;

	(void)state;
	assert_volume(index, &all, VOLUME_MONTH, 2, "2025-12 2026-01",
		"alpha: 3 3 | beta: 2 0 | (others): 0 1");
	assert_volume(
		index, &all, VOLUME_MONTH, 1, "2025-12 2026-01", "alpha: 3 3 | (others): 2 1");
	assert_volume(index, &all, VOLUME_MONTH, 0, "2025-12 2026-01", "(others): 5 4");
	volume = read_volume(index, &all, VOLUME_MONTH, 1);
	assert_int_equal(volume->esps, 3);
	assert_int_equal(volume->messages, 7);
	assert_int_equal(volume_bucket(volume, 0)->messages, 4);
	assert_int_equal(volume_bucket(volume, 1)->messages, 3);
	assert_int_equal(((struct volume_series *)volume->series->pdata[1])->total, 3);
	volume_free(volume);
	index_close(index);
	scratch_free(scratch);
}

static void test_range(void **state)
{
	struct scratch *scratch = few_mails();
	struct index *index = read_store(scratch);
	struct volume_filter filter = {.from = day("2025-12-28"), .to = day("2026-01-03")};
	struct volume *volume;

	(void)state;
	assert_volume(index, &filter, VOLUME_DAY, 9,
		"2025-12-28 2025-12-29 2025-12-30 2025-12-31 2026-01-01 2026-01-02 2026-01-03",
		"alpha: 2 0 0 0 1 0 0 | beta: 1 1 0 0 0 0 0 | gamma: 0 0 0 0 1 0 0");
	/* Buckets that the range cuts through hold only what is in it. */
	assert_volume(index, &filter, VOLUME_WEEK, 9, "2025-12-22 2025-12-29",
		"alpha: 2 1 | beta: 1 1 | gamma: 0 1");
	volume = read_volume(index, &filter, VOLUME_WEEK, 9);
	assert_int_equal(volume->later, 2);
	volume_free(volume);
	/* A range without mail is there all the same. */
	filter = (struct volume_filter){.from = day("2026-02-01"), .to = day("2026-02-03")};
	assert_volume(index, &filter, VOLUME_DAY, 9, "2026-02-01 2026-02-02 2026-02-03", "");
	filter = (struct volume_filter){.from = day("2026-02-03"), .to = day("2026-02-01")};
	assert_volume(index, &filter, VOLUME_DAY, 9, "", "");
	filter = (struct volume_filter){.to = day("2025-12-01")};
	assert_volume(index, &filter, VOLUME_DAY, 9, "", "");
	/* Up to a day without mail. */
	filter = (struct volume_filter){.from = day("2026-01-05"), .to = day("2026-01-07")};
	assert_volume(
		index, &filter, VOLUME_DAY, 9, "2026-01-05 2026-01-06 2026-01-07", "alpha: 1 0 0");
	index_close(index);
	scratch_free(scratch);
}

static void test_filters(void **state)
{
	struct scratch *scratch = few_mails();
	struct index *index = read_store(scratch);
	gpointer ids[] = {"few2@example.com", "few3@example.com", "few3@example.com",
		"few7@example.com", "none@example.com"};
	GPtrArray within = {ids, G_N_ELEMENTS(ids)}, nothing = {NULL, 0};
	struct volume_filter filter = {.within = &within};

	(void)state;
	assert_volume(index, &filter, VOLUME_MONTH, 9, "2025-12", "beta: 2 | alpha: 1");
	filter.esp = "alpha";
	assert_volume(index, &filter, VOLUME_MONTH, 9, "2025-12", "alpha: 1");
	filter.esp = "delta";
	assert_volume(index, &filter, VOLUME_MONTH, 9, "", "");
	filter = (struct volume_filter){.within = &nothing};
	assert_volume(index, &filter, VOLUME_MONTH, 9, "", "");

	sql(index, "UPDATE trace SET verdict = 1");
	sql(index, "UPDATE trace SET verdict = 2 WHERE esp = 'alpha' AND message IN"
		   " (SELECT id FROM message WHERE mid IN"
		   " ('few0@example.com', 'few2@example.com', 'few4@example.com'))");
	filter = (struct volume_filter){.off_network = true};
	assert_volume(index, &filter, VOLUME_MONTH, 9, "2025-12 2026-01", "alpha: 2 1");
	filter.within = &within;
	assert_volume(index, &filter, VOLUME_MONTH, 9, "2025-12", "alpha: 1");
	index_close(index);
	scratch_free(scratch);
}

/* Any date can stand in a mail. */
static void test_hostile_dates(void **state)
{
	struct scratch *scratch = few_mails();
	struct index *index = read_store(scratch);
	struct volume_filter filter = {0};
	struct volume *volume;
	const struct volume_series *alpha;

	(void)state;
	sql(index, "UPDATE message SET date = 0 WHERE mid = 'few0@example.com'");
	sql(index, "UPDATE message SET date = 9223372036854775807 WHERE mid = 'few1@example.com'");
	sql(index, "UPDATE message SET date = -5 WHERE mid = 'few3@example.com'");
	volume = read_volume(index, &filter, VOLUME_MONTH, 9);
	assert_int_equal(volume->undated, 2);
	assert_int_equal(volume->messages, 4);
	volume_free(volume);

	/* Dates 137 years apart: more days than there are buckets. */
	sql(index, "UPDATE message SET date = 4323283200 WHERE mid = 'few1@example.com'");
	volume = read_volume(index, &filter, VOLUME_DAY, 9);
	assert_true(volume->cut);
	assert_int_equal(volume->buckets->len, 1);
	assert_int_equal(volume->messages, 1);
	volume_free(volume);
	filter.from = day("2026-01-01");
	volume = read_volume(index, &filter, VOLUME_DAY, 9);
	assert_true(volume->cut);
	assert_int_equal(volume->buckets->len, VOLUME_MAX_BUCKETS);
	assert_int_equal(volume_bucket(volume, VOLUME_MAX_BUCKETS - 1)->first, day("2107-01-01"));
	alpha = volume->series->pdata[0];
	assert_int_equal(alpha->total, 1);
	assert_int_equal(alpha->counts[VOLUME_MAX_BUCKETS - 1], 1);
	volume_free(volume);
	/* Months there are few of. */
	volume = read_volume(index, &filter, VOLUME_MONTH, 9);
	assert_false(volume->cut);
	assert_int_equal(volume->buckets->len, 81 * 12 + 1);
	volume_free(volume);
	filter = (struct volume_filter){.to = day("2026-01-31")};
	volume = read_volume(index, &filter, VOLUME_DAY, 9);
	assert_int_equal(volume->later, 1);
	assert_int_equal(volume->messages, 4);
	assert_false(volume->cut);
	volume_free(volume);
	index_close(index);
	scratch_free(scratch);
}

static void test_messages_of_a_bucket(void **state)
{
	struct scratch *scratch = few_mails();
	struct index *index = read_store(scratch);
	struct volume_filter filter = {.to = day("2025-12-28")};
	struct volume *volume = read_volume(index, &filter, VOLUME_WEEK, 9);
	g_autoptr(GPtrArray) ids = volume_messages(index, &filter, volume_bucket(volume, 0), NULL);

	(void)state;
	assert_int_equal(ids->len, 3);
	assert_string_equal(ids->pdata[0], "few2@example.com");
	assert_string_equal(ids->pdata[2], "few0@example.com");
	g_ptr_array_unref(ids);
	filter.esp = "beta";
	ids = volume_messages(index, &filter, volume_bucket(volume, 0), NULL);
	assert_int_equal(ids->len, 1);
	volume_free(volume);
	index_close(index);
	scratch_free(scratch);
}

static bool stop_now(void *user)
{
	(void)user;
	return true;
}

static void test_stops(void **state)
{
	struct scratch *scratch = few_mails();
	struct index *index = read_store(scratch);
	gpointer ids[] = {"few2@example.com"};
	GPtrArray within = {ids, 1};
	struct volume_filter filter = {.within = &within, .stop = stop_now};
	g_autoptr(GError) error = NULL;

	(void)state;
	assert_null(volume_read(index, &filter, VOLUME_DAY, 3, &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_CANCELLED));
	index_close(index);
	scratch_free(scratch);
}

/* ---- facts ---- */

static void test_facts(void **state)
{
	struct scratch *scratch = few_mails();
	struct index *index;
	gpointer suffixes[] = {"b.alpha.example", "beta.example", "ta.example"};
	GPtrArray trial = {suffixes, G_N_ELEMENTS(suffixes)};
	struct volume_filter filter = {0};
	g_autoptr(GPtrArray) list = NULL;
	const struct volume_facts *facts;

	(void)state;
	write_linked(scratch, "in", "more", at("2026-01-06T00:00:00Z"),
		"a.alpha.example a.alpha.example/t/x b.alpha.example d.b.alpha.example "
		"sub.alpha.example");
	index = read_store(scratch);
	sql(index, "UPDATE trace SET verdict = 1 + (message IN"
		   " (SELECT id FROM message WHERE mid = 'few0@example.com'))");
	list = volume_facts_read(index, &filter, &trial, NULL);
	assert_int_equal(list->len, 3);
	facts = list->pdata[0];
	assert_string_equal(facts->esp, "alpha");
	assert_int_equal(facts->messages, 7);
	assert_int_equal(facts->off, 1);
	assert_int_equal(facts->on, 6);
	assert_int_equal(facts->domains, 4);
	assert_int_equal(facts->trial, 2);
	assert_int_equal(facts->first, at("2025-12-27T23:59:59Z"));
	assert_int_equal(facts->last, at("2026-01-06T00:00:00Z"));
	facts = list->pdata[1];
	assert_string_equal(facts->esp, "beta");
	assert_int_equal(facts->messages, 2);
	assert_int_equal(facts->domains, 1);
	assert_int_equal(facts->trial, 2);
	facts = list->pdata[2];
	assert_int_equal(facts->trial, 0);
	g_ptr_array_unref(list);

	filter = (struct volume_filter){
		.from = day("2025-12-28"), .to = day("2025-12-28"), .esp = "alpha"};
	list = volume_facts_read(index, &filter, NULL, NULL);
	assert_int_equal(list->len, 1);
	facts = list->pdata[0];
	assert_int_equal(facts->messages, 2);
	assert_int_equal(facts->domains, 2);
	assert_int_equal(facts->trial, 0);
	index_close(index);
	scratch_free(scratch);
}

/* ---- before and after ---- */

/* A count by day of one provider, from 2026-01-01 on. */
static struct volume *made_daily(const guint32 *counts, guint len)
{
	struct volume *volume = g_new0(struct volume, 1);
	struct volume_series *series = g_new0(struct volume_series, 1);

	volume->buckets = g_array_new(FALSE, FALSE, sizeof(struct volume_bucket));
	/* Freed by hand: volume_free() frees what volume_read() made. */
	volume->series = g_ptr_array_new();
	for (guint i = 0; i < len; i++) {
		guint32 number = day("2026-01-01") + i;
		struct volume_bucket bucket = {number, number, counts[i]};

		g_array_append_val(volume->buckets, bucket);
	}
	series->esp = g_strdup("alpha");
	series->counts = g_memdup2(counts, len * sizeof(*counts));
	g_ptr_array_add(volume->series, series);
	return volume;
}

static void made_free(struct volume *volume)
{
	struct volume_series *series = volume->series->pdata[0];

	g_free(series->esp);
	g_free(series->counts);
	g_free(series);
	volume_free(volume);
}

/* Notified on 29 January, with `before` a day until then; after it `after` a day up to the day
 * number `end`, but `late` from day number `turn` on. */
static struct volume_change change_of(
	guint32 before, guint32 after, guint32 late, guint turn, guint end)
{
	guint32 counts[28 + 1 + 60] = {0};
	struct volume_change change;
	struct volume *volume;

	for (guint i = 0; i < 28 + 1 + end; i++)
		counts[i] = i < 28 ? before : i == 28 ? 1000 : i - 28 < turn ? after : late;
	volume = made_daily(counts, 28 + 1 + end);
	change = volume_change(volume, "alpha", day("2026-01-29"));
	made_free(volume);
	return change;
}

static void test_change(void **state)
{
	struct volume_change change = change_of(4, 4, 4, 99, 30);

	(void)state;
	assert_int_equal(change.before, 28 * 4);
	assert_int_equal(change.before_days, 28);
	assert_int_equal(change.after, 30 * 4);
	assert_int_equal(change.after_days, 30);
	assert_int_equal(change.recent, 14 * 4);
	assert_int_equal(change.recent_days, 14);
	assert_int_equal(change.recent_active, 14);
	assert_int_equal(change.outcome, VOLUME_STILL);

	assert_int_equal(change_of(4, 4, 4, 99, 6).outcome, VOLUME_TOO_EARLY);
	assert_int_equal(change_of(4, 0, 0, 99, 6).outcome, VOLUME_TOO_EARLY);
	assert_int_equal(change_of(4, 0, 0, 99, 7).outcome, VOLUME_FIXED);
	assert_int_equal(change_of(4, 2, 2, 99, 7).outcome, VOLUME_IMPROVED);
	assert_int_equal(change_of(4, 3, 3, 99, 7).outcome, VOLUME_STILL);
	/* A week of nothing was followed by more. */
	assert_int_equal(change_of(4, 0, 4, 8, 30).outcome, VOLUME_STILL);
	/* It took them a month, and then it was over. */
	assert_int_equal(change_of(4, 4, 0, 30, 50).outcome, VOLUME_FIXED);
	assert_int_equal(change_of(4, 4, 0, 30, 36).outcome, VOLUME_IMPROVED);
	/* Nothing before says nothing; what comes after does. */
	assert_int_equal(change_of(0, 0, 0, 99, 30).outcome, VOLUME_TOO_FEW);
	assert_int_equal(change_of(0, 1, 1, 99, 30).outcome, VOLUME_STILL);
}

static void test_change_of_few(void **state)
{
	guint32 counts[28 + 1 + 30] = {[10] = 1, [20] = 1, [28 + 5] = 1};
	struct volume *volume = made_daily(counts, G_N_ELEMENTS(counts));
	struct volume_change change = volume_change(volume, "alpha", day("2026-01-29"));

	(void)state;
	/* Of the days since the first. */
	assert_int_equal(change.before, 2);
	assert_int_equal(change.before_days, 18);
	assert_int_equal(change.after, 1);
	assert_int_equal(change.recent, 0);
	/* 2 in 18 days are 1.6 in 14. */
	assert_int_equal(change.outcome, VOLUME_TOO_FEW);
	change = volume_change(volume, "nobody", day("2026-01-29"));
	assert_int_equal(change.before + change.before_days + change.after, 0);
	assert_int_equal(change.after_days, 30);
	assert_int_equal(change.outcome, VOLUME_TOO_FEW);
	/* Notified after the last day that was counted. */
	change = volume_change(volume, "alpha", day("2026-07-01"));
	assert_int_equal(change.after_days, 0);
	assert_int_equal(change.outcome, VOLUME_TOO_EARLY);
	made_free(volume);
}

static void test_changes_read(void **state)
{
	struct scratch *scratch = few_mails();
	struct index *index = read_store(scratch);
	struct volume_filter filter = {.from = day("2026-01-05")};
	g_autoptr(GHashTable) notified = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) changes = NULL;
	const struct volume_change *change;

	(void)state;
	g_hash_table_insert(notified, "alpha", GUINT_TO_POINTER(day("2025-12-31")));
	g_hash_table_insert(notified, "beta", GUINT_TO_POINTER(day("2025-12-20")));
	changes = volume_changes_read(index, &filter, notified, day("2026-01-10"), NULL);
	assert_int_equal(g_hash_table_size(changes), 2);
	change = g_hash_table_lookup(changes, "alpha");
	/* From the 27th on, but at least a week: 4.3 should have come in 10 days. */
	assert_int_equal(change->before, 3);
	assert_int_equal(change->before_days, 7);
	assert_int_equal(change->after, 3);
	assert_int_equal(change->after_days, 10);
	assert_int_equal(change->recent_active, 3);
	assert_int_equal(change->outcome, VOLUME_STILL);
	change = g_hash_table_lookup(changes, "beta");
	assert_int_equal(change->before, 0);
	assert_int_equal(change->after, 2);
	assert_int_equal(change->after_days, 21);
	index_close(index);
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days_parse),
		cmocka_unit_test(test_days_start),
		cmocka_unit_test(test_as_notmuch_in_europe),
		cmocka_unit_test(test_as_notmuch_without_midnight),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_top_and_others),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_hostile_dates),
		cmocka_unit_test(test_messages_of_a_bucket),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_change_of_few),
		cmocka_unit_test(test_changes_read),
	};

	message_library_init();
	in_zone("UTC");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
