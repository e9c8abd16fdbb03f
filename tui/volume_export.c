/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/volume_export.h"

#include <jansson.h>

static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* ---- dates on an axis ---- */

static struct chart_tick tick(guint8 rank, const char *format, ...) G_GNUC_PRINTF(2, 3);

static struct chart_tick tick(guint8 rank, const char *format, ...)
{
	struct chart_tick tick = {.rank = rank};
	va_list args;

	va_start(args, format);
	g_vsnprintf(tick.text, sizeof(tick.text), format, args);
	va_end(args);
	return tick;
}

static struct chart_tick day_tick(unsigned y, unsigned m, unsigned d, bool monday)
{
	if (m == 1 && d == 1)
		return tick(3, "%u", y);
	if (d == 1 || monday)
		return tick(d == 1 ? 2 : 1, "%u %s", d, months[m - 1]);
	return tick(0, "%u", d);
}

static struct chart_tick week_tick(unsigned y, unsigned m, unsigned d)
{
	if (d > 7)
		return tick(0, "%u %s", d, months[m - 1]);
	return m == 1 ? tick(3, "%u", y) : tick(2, "%s", months[m - 1]);
}

static struct chart_tick month_tick(unsigned y, unsigned m)
{
	return m == 1 ? tick(3, "%u", y) : tick(m % 3 == 1 ? 2 : 1, "%s", months[m - 1]);
}

struct chart_tick volume_tick(enum volume_by by, const struct volume_bucket *bucket)
{
	GDate date;

	g_date_clear(&date, 1);
	g_date_set_julian(&date, bucket->first);
	unsigned y = g_date_get_year(&date), m = g_date_get_month(&date), d = g_date_get_day(&date);
	if (by == VOLUME_MONTH)
		return month_tick(y, m);
	return by == VOLUME_WEEK ? week_tick(y, m, d)
				 : day_tick(y, m, d, g_date_get_weekday(&date) == G_DATE_MONDAY);
}

/* ---- a table ---- */

static void put_range(GString *text, const struct volume *volume)
{
	char first[DAYS_TEXT], last[DAYS_TEXT];

	g_string_append_printf(text, "by %s, %s to %s: ", volume_by_name(volume->by),
		days_text(volume_bucket(volume, 0)->first, first),
		days_text(volume_bucket(volume, volume->buckets->len - 1)->last, last));
}

static void put_summary(GString *text, const struct volume_export *export)
{
	const struct volume *volume = export->volume;

	if (volume->buckets->len)
		put_range(text, volume);
	g_string_append_printf(text,
		"%" G_GINT64_FORMAT " message%s with trackers of %u provider%s%s\n",
		volume->messages, volume->messages == 1 ? "" : "s", volume->esps,
		volume->esps == 1 ? "" : "s",
		export->off_network ? ", sent off their networks" : "");
	if (volume->later)
		g_string_append_printf(
			text, "%" G_GINT64_FORMAT " dated later: left out\n", volume->later);
	if (volume->undated)
		g_string_append_printf(
			text, "%" G_GINT64_FORMAT " without a date: left out\n", volume->undated);
	if (volume->cut)
		g_string_append_printf(text, "only the newest %d %ss\n", VOLUME_MAX_BUCKETS,
			volume_by_name(volume->by));
}

static void put_percent(GString *text, gint64 part, gint64 whole)
{
	if (whole)
		g_string_append_printf(text, " %4.0f%%", 100.0 * (double)part / (double)whole);
	else
		g_string_append(text, "     -");
}

static void put_facts(GString *text, const struct volume_export *export)
{
	char first[DAYS_TEXT], last[DAYS_TEXT];

	g_string_append_printf(text, "\n%-20s messages   off%s  domains  first       last\n",
		"provider", export->has_trial ? " trial" : "");
	for (guint i = 0; i < export->facts->len; i++) {
		const struct volume_facts *facts = export->facts->pdata[i];

		g_string_append_printf(
			text, "%-20s %8" G_GINT64_FORMAT, facts->esp, facts->messages);
		put_percent(text, facts->off, facts->off + facts->on);
		if (export->has_trial)
			put_percent(text, facts->trial, facts->messages);
		g_string_append_printf(text, " %8" G_GINT64_FORMAT "  %s  %s\n", facts->domains,
			days_text(days_of(facts->first), first),
			days_text(days_of(facts->last), last));
	}
}

static void put_rate(GString *text, guint messages, guint days)
{
	if (days)
		g_string_append_printf(text, " %7.1f", (double)messages / days);
	else
		g_string_append(text, "       -");
}

static void put_change(GString *text, const char *esp, const struct volume_change *change)
{
	char notified[DAYS_TEXT];

	g_string_append_printf(text, "%-20s %s ", esp, days_text(change->notified, notified));
	put_rate(text, change->before, change->before_days);
	put_rate(text, change->after, change->after_days);
	put_rate(text, change->recent, change->recent_days);
	g_string_append_printf(text, "   %s", volume_outcome_text(change->outcome));
	if (change->outcome == VOLUME_STILL || change->outcome == VOLUME_IMPROVED)
		g_string_append_printf(text, ", on %u of the last %u days", change->recent_active,
			change->recent_days);
	g_string_append_c(text, '\n');
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_changes(GString *text, GHashTable *changes)
{
	guint count;
	g_autofree gpointer *names = g_hash_table_get_keys_as_array(changes, &count);

	g_string_append_printf(text, "\n%-20s %-10s %s\n", "messages a day", "notified",
		"  before   since of late");
	qsort(names, count, sizeof(*names), by_name);
	for (guint i = 0; i < count; i++)
		put_change(text, names[i], g_hash_table_lookup(changes, names[i]));
}

char *volume_table(const struct volume_export *export)
{
	GString *text = g_string_new(NULL);

	put_summary(text, export);
	if (export->facts && export->facts->len)
		put_facts(text, export);
	if (export->changes && g_hash_table_size(export->changes))
		put_changes(text, export->changes);
	return g_string_free(text, FALSE);
}

/* ---- CSV (RFC 4180) ---- */

static void put_field(GString *text, const char *field)
{
	g_auto(GStrv) parts = NULL;
	g_autofree char *quoted = NULL;

	if (!strpbrk(field, "\",\r\n")) {
		g_string_append(text, field);
		return;
	}
	parts = g_strsplit(field, "\"", -1);
	quoted = g_strjoinv("\"\"", parts);
	g_string_append_printf(text, "\"%s\"", quoted);
}

/* No provider can be called so. */
#define OTHERS "(others)"

char *volume_csv(const struct volume_export *export)
{
	const struct volume *volume = export->volume;
	GString *text = g_string_new(volume_by_name(volume->by));
	char label[DAYS_TEXT];

	g_string_append(text, ",messages");
	for (guint s = 0; s < volume->series->len; s++) {
		const struct volume_series *series = volume->series->pdata[s];

		g_string_append_c(text, ',');
		put_field(text, series->esp ? series->esp : OTHERS);
	}
	g_string_append(text, "\r\n");
	for (guint i = 0; i < volume->buckets->len; i++) {
		const struct volume_bucket *bucket = volume_bucket(volume, i);

		g_string_append_printf(
			text, "%s,%u", volume_label(volume->by, bucket, label), bucket->messages);
		for (guint s = 0; s < volume->series->len; s++)
			g_string_append_printf(text, ",%u",
				((struct volume_series *)volume->series->pdata[s])->counts[i]);
		g_string_append(text, "\r\n");
	}
	return g_string_free(text, FALSE);
}

/* ---- JSON ---- */

static json_t *json_text(const char *text)
{
	g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;

	return valid ? json_string(valid) : json_null();
}

static json_t *json_day(guint32 day)
{
	char text[DAYS_TEXT];

	return day ? json_string(days_text(day, text)) : json_null();
}

static json_t *json_buckets(const struct volume *volume)
{
	json_t *list = json_array();

	for (guint i = 0; i < volume->buckets->len; i++) {
		const struct volume_bucket *bucket = volume_bucket(volume, i);
		json_t *record = json_object();

		json_object_set_new(record, "from", json_day(bucket->first));
		json_object_set_new(record, "to", json_day(bucket->last));
		json_object_set_new(record, "messages", json_integer(bucket->messages));
		json_array_append_new(list, record);
	}
	return list;
}

static json_t *json_series(const struct volume *volume)
{
	json_t *list = json_array();

	for (guint s = 0; s < volume->series->len; s++) {
		const struct volume_series *series = volume->series->pdata[s];
		json_t *record = json_object(), *counts = json_array();

		for (guint i = 0; i < volume->buckets->len; i++)
			json_array_append_new(counts, json_integer(series->counts[i]));
		json_object_set_new(record, "esp", json_text(series->esp));
		json_object_set_new(record, "total", json_integer(series->total));
		json_object_set_new(record, "counts", counts);
		json_array_append_new(list, record);
	}
	return list;
}

static json_t *json_change(const struct volume_change *change)
{
	json_t *record = json_object();
	g_autofree char *outcome =
		g_strdelimit(g_strdup(volume_outcome_text(change->outcome)), " ", '-');
	const struct {
		const char *name;
		guint value;
	} numbers[] = {{"before", change->before}, {"before_days", change->before_days},
		{"after", change->after}, {"after_days", change->after_days},
		{"recent", change->recent}, {"recent_days", change->recent_days},
		{"recent_active_days", change->recent_active}};

	json_object_set_new(record, "date", json_day(change->notified));
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		json_object_set_new(record, numbers[i].name, json_integer(numbers[i].value));
	json_object_set_new(record, "outcome", json_string(outcome));
	return record;
}

static json_t *json_facts(const struct volume_export *export)
{
	json_t *list = json_array();

	for (guint i = 0; export->facts && i < export->facts->len; i++) {
		const struct volume_facts *facts = export->facts->pdata[i];
		json_t *record = json_object();

		json_object_set_new(record, "esp", json_text(facts->esp));
		json_object_set_new(record, "messages", json_integer(facts->messages));
		json_object_set_new(record, "off_network", json_integer(facts->off));
		json_object_set_new(record, "on_network", json_integer(facts->on));
		json_object_set_new(record, "domains", json_integer(facts->domains));
		json_object_set_new(record, "trial",
			export->has_trial ? json_integer(facts->trial) : json_null());
		json_object_set_new(record, "first", json_day(days_of(facts->first)));
		json_object_set_new(record, "last", json_day(days_of(facts->last)));
		json_array_append_new(list, record);
	}
	return list;
}

static json_t *json_changes(GHashTable *changes)
{
	json_t *record = json_object();
	GHashTableIter iter;
	gpointer esp, change;

	if (!changes)
		return record;
	g_hash_table_iter_init(&iter, changes);
	while (g_hash_table_iter_next(&iter, &esp, &change)) {
		g_autofree char *valid = g_utf8_make_valid(esp, -1);

		json_object_set_new(record, valid, json_change(change));
	}
	return record;
}

char *volume_json(const struct volume_export *export)
{
	const struct volume *volume = export->volume;
	json_t *record = json_object();
	char *text, *line;

	json_object_set_new(record, "by", json_string(volume_by_name(volume->by)));
	json_object_set_new(record, "query", json_text(export->query));
	json_object_set_new(record, "off_network", json_boolean(export->off_network));
	json_object_set_new(record, "messages", json_integer(volume->messages));
	json_object_set_new(record, "later", json_integer(volume->later));
	json_object_set_new(record, "undated", json_integer(volume->undated));
	json_object_set_new(record, "cut", json_boolean(volume->cut));
	json_object_set_new(record, "providers", json_integer(volume->esps));
	json_object_set_new(record, "buckets", json_buckets(volume));
	json_object_set_new(record, "series", json_series(volume));
	json_object_set_new(record, "facts", json_facts(export));
	json_object_set_new(record, "notified", json_changes(export->changes));
	text = json_dumps(record, JSON_COMPACT);
	json_decref(record);
	line = g_strconcat(text, "\n", NULL);
	free(text);
	return line;
}
