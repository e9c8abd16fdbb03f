/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/report/record.h"

#include "rules/error.h"
#include "rules/yaml_node.h"
#include "tui/index/days.h"
#include "tui/report/report_internal.h"

#define DIRECTORY "reports"
/* Of one provider on one day. */
#define NUMBER_MAX 999
/* Colleagues may take the same number. */
#define TRIES 8
#define NAMES_MAX 20
#define SUBJECT_MAX 72
#define TRAILER_MAX 250

/* ---- writing ---- */

static void put_number(GString *yaml, const char *key, unsigned number)
{
	g_string_append_printf(yaml, "%s: %u\n", key, number);
}

static void put_names(GString *yaml, const char *key, const GPtrArray *counts)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < MIN(counts->len, NAMES_MAX); i++)
		g_ptr_array_add(names, ((struct sightings_count *)counts->pdata[i])->name);
	yaml_put_list(yaml, 0, key, names);
}

static void put_day(GString *yaml, const char *key, gint64 time)
{
	g_autofree char *day = report_day(time);

	yaml_put(yaml, 0, key, day);
}

/* `by` is a name only: an address may be one that reports do not show. */
static char *content_of(const struct report *report, enum record_how how, const char *by)
{
	const struct sightings *sightings = report->sightings;
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(report->time);
	g_autofree char *when = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
	GString *yaml = g_string_new(NULL);

	yaml_put(yaml, 0, "esp", report->esp->id);
	put_names(yaml, "accounts", sightings->accounts);
	put_names(yaml, "campaigns", sightings->campaigns);
	put_names(yaml, "landings", sightings->landings);
	put_day(yaml, "first", sightings->first);
	put_day(yaml, "last", sightings->last);
	put_number(yaml, "messages", sightings->messages);
	put_number(yaml, "links", sightings->links);
	put_number(yaml, "off_network", sightings->off);
	put_number(yaml, "on_network", sightings->on);
	put_number(yaml, "unknown", sightings->unknown);
	yaml_put(yaml, 0, "to", report->to);
	yaml_put(yaml, 0, how == RECORD_SENT ? "sent" : "written", when);
	yaml_put(yaml, 0, "by", by);
	yaml_put(yaml, 0, "report", report->id);
	return g_string_free(yaml, FALSE);
}

/* `sendgrid: report account u123 (41 messages)` */
static char *message_of(const struct report *report)
{
	unsigned count = report->sightings->messages;
	g_autofree char *whole = g_strdup_printf("%s: report %s%s (%u message%s)", report->esp->id,
		report->account ? "account " : report->esp->name,
		report->account ? report->account : "", count, count == 1 ? "" : "s");
	g_autofree char *subject = repo_message_line(whole, SUBJECT_MAX);
	g_autofree char *esp = repo_message_line(report->esp->id, TRAILER_MAX);
	g_autofree char *id = repo_message_line(report->id, TRAILER_MAX);

	return g_strdup_printf("%s\n\nESP: %s\nReport: %s\n", subject, esp, id);
}

static char *path_of(const char *esp, const char *day, unsigned number)
{
	return g_strdup_printf(DIRECTORY "/%s/%s-%u.yaml", esp, day, number);
}

/* The next one of the day that is free; the caller frees it with g_free(). */
static char *free_path(struct repo *repo, const struct report *report)
{
	char day[DAYS_TEXT];

	days_text(days_of(report->time), day);
	for (unsigned number = 1; number <= NUMBER_MAX; number++) {
		g_autofree char *path = path_of(report->esp->id, day, number);
		g_autofree char *file = g_build_filename(repo_path(repo), path, NULL);
		g_autofree char *committed = repo_file(repo, path, NULL);

		if (!committed && !g_file_test(file, G_FILE_TEST_EXISTS))
			return g_steal_pointer(&path);
	}
	return NULL;
}

static bool commit(
	struct repo *repo, const struct report *report, const char *content, GError **error)
{
	g_autofree char *path = free_path(repo, report);
	g_autofree char *message = message_of(report);
	struct repo_change change = {.path = path, .content = content};
	char id[REPO_ID_SIZE];

	if (path)
		return repo_commit(repo, &change, 1, message, id, error);
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT,
		"more than %d reports to %s in one day", NUMBER_MAX, report->esp->name);
	return false;
}

bool record_report(
	struct repo *repo, const struct report *report, enum record_how how, GError **error)
{
	g_autofree char *identity = repo_identity(repo, error);
	g_autofree char *by = identity ? report_name(identity, "?") : NULL;
	g_autofree char *content = identity ? content_of(report, how, by) : NULL;
	GError *failed = NULL;

	if (!identity)
		return false;
	for (int i = 0; i < TRIES; i++) {
		g_clear_error(&failed);
		if (commit(repo, report, content, &failed))
			return true;
		if (!g_error_matches(failed, ESPIAL_ERROR, ESPIAL_ERROR_CONFLICT))
			break;
	}
	g_propagate_error(error, failed);
	return false;
}

/* ---- reading ---- */

/* `2026-11-24-1.yaml` */
static guint32 day_of(const char *name)
{
	char day[11] = "";
	guint32 number = 0;

	if (g_str_has_suffix(name, ".yaml") && strlen(name) > 11 && name[10] == '-') {
		memcpy(day, name, 10);
		days_parse(day, &number);
	}
	return number;
}

guint32 report_notified(const char *ruleset_dir, const char *esp)
{
	g_autofree char *path = g_build_filename(ruleset_dir, DIRECTORY, esp, NULL);
	GDir *dir = esp_id_valid(esp) ? g_dir_open(path, 0, NULL) : NULL;
	guint32 last = 0;

	for (const char *name; dir && (name = g_dir_read_name(dir));)
		last = MAX(last, day_of(name));
	if (dir)
		g_dir_close(dir);
	return last;
}

GHashTable *report_notified_all(const char *ruleset_dir)
{
	GHashTable *days = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *path = g_build_filename(ruleset_dir, DIRECTORY, NULL);
	GDir *dir = g_dir_open(path, 0, NULL);

	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		guint32 day = report_notified(ruleset_dir, name);

		if (day)
			g_hash_table_insert(days, g_strdup(name), GUINT_TO_POINTER(day));
	}
	if (dir)
		g_dir_close(dir);
	return days;
}
