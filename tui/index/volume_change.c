/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether it got better since a provider was notified.
 */
#include "tui/index/volume.h"

#include <string.h>

/* What is less than this many days ago has had no time to show. */
#define EARLY_DAYS 7
/* What came in fewer days before is no rate to compare with. */
#define MIN_BEFORE_DAYS 7
/* So many should have come, at the rate before, before their absence says anything: if they come
 * independently of each other, none does in one case of twenty. */
#define ENOUGH 3

static const char *const outcome_texts[] = {
	[VOLUME_TOO_EARLY] = "too early",
	[VOLUME_TOO_FEW] = "too few",
	[VOLUME_FIXED] = "fixed",
	[VOLUME_IMPROVED] = "improved",
	[VOLUME_STILL] = "still abused",
};

const char *volume_outcome_text(enum volume_outcome outcome)
{
	return outcome_texts[outcome];
}

static const struct volume_series *find_series(const struct volume *volume, const char *esp)
{
	for (guint i = 0; i < volume->series->len; i++) {
		const struct volume_series *series = volume->series->pdata[i];

		if (series->esp && strcmp(series->esp, esp) == 0)
			return series;
	}
	return NULL;
}

/* Messages of the days from `first` to `last`; `active` gets how many days had one, `began` the
 * first of these, or the day behind `last`. Both may be NULL. */
static guint sum(const struct volume *daily, const struct volume_series *series, guint32 first,
	guint32 last, guint *active, guint32 *began)
{
	guint32 base = daily->buckets->len ? volume_bucket(daily, 0)->first : 0;
	guint count = 0, days = 0;
	guint32 from = last + 1;

	for (guint i = 0; series && i < daily->buckets->len; i++) {
		if (base + i < first || base + i > last || !series->counts[i])
			continue;
		count += series->counts[i];
		days++;
		from = MIN(from, base + i);
	}
	if (active)
		*active = days;
	if (began)
		*began = from;
	return count;
}

static enum volume_outcome judge(const struct volume_change *change)
{
	double rate = change->before_days ? (double)change->before / change->before_days : 0;
	double expected = rate * change->recent_days;

	if (change->after_days < EARLY_DAYS)
		return VOLUME_TOO_EARLY;
	if (MAX(expected, change->recent) < ENOUGH)
		return VOLUME_TOO_FEW;
	if (!change->recent)
		return VOLUME_FIXED;
	return change->recent <= expected / 2 ? VOLUME_IMPROVED : VOLUME_STILL;
}

struct volume_change volume_change(const struct volume *daily, const char *esp, guint32 notified)
{
	const struct volume_series *series = find_series(daily, esp);
	struct volume_change change = {.notified = notified};
	guint32 last = notified, began;

	if (daily->buckets->len)
		last = MAX(volume_bucket(daily, daily->buckets->len - 1)->last, notified);
	change.before = sum(daily, series,
		notified > VOLUME_BEFORE_DAYS ? notified - VOLUME_BEFORE_DAYS : DAYS_FIRST,
		notified - 1, NULL, &began);
	change.before_days = change.before ? MAX(notified - began, MIN_BEFORE_DAYS) : 0;
	change.after = sum(daily, series, notified + 1, last, NULL, NULL);
	change.after_days = last - notified;
	change.recent_days = MIN(change.after_days, VOLUME_RECENT_DAYS);
	change.recent = sum(
		daily, series, last - change.recent_days + 1, last, &change.recent_active, NULL);
	change.outcome = judge(&change);
	return change;
}

static guint32 first_notified(GHashTable *notified)
{
	guint32 first = DAYS_LAST;
	GHashTableIter iter;
	gpointer day;

	g_hash_table_iter_init(&iter, notified);
	while (g_hash_table_iter_next(&iter, NULL, &day))
		first = MIN(first, GPOINTER_TO_UINT(day));
	return first;
}

GHashTable *volume_changes_read(struct index *index, const struct volume_filter *filter,
	GHashTable *notified, guint32 today, GError **error)
{
	guint32 first = first_notified(notified);
	struct volume_filter wide = *filter;
	GHashTable *changes;
	struct volume *daily;
	GHashTableIter iter;
	gpointer esp, day;

	wide.from = first > VOLUME_BEFORE_DAYS ? first - VOLUME_BEFORE_DAYS : DAYS_FIRST;
	wide.to = MAX(today, wide.from);
	daily = volume_read(index, &wide, VOLUME_DAY, G_MAXUINT, error);
	if (!daily)
		return NULL;
	changes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_hash_table_iter_init(&iter, notified);
	while (g_hash_table_iter_next(&iter, &esp, &day)) {
		struct volume_change change = volume_change(daily, esp, GPOINTER_TO_UINT(day));

		g_hash_table_insert(changes, g_strdup(esp), g_memdup2(&change, sizeof(change)));
	}
	volume_free(daily);
	return changes;
}
