/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial volume: messages with tracker links over time, as a table, CSV, JSON or an SVG chart.
 */
#include "tui/command/command.h"
#include "tui/command/indexed.h"
#include "tui/report/record.h"
#include "tui/volume_export.h"

#include <getopt.h>
#include <stdio.h>

#define DEFAULT_TOP 10

enum form { FORM_TABLE, FORM_CSV, FORM_JSON, FORM_SVG };

struct given {
	enum volume_by by;
	guint top;
	bool off_network;
	const char *esp;
	guint32 from, to; /* days; 0: not given */
	enum form form;
	const char *file;     /* of FORM_SVG */
	GPtrArray *trial;     /* of const char * */
	GHashTable *notified; /* id → day */
	char *query;          /* NULL: all messages */
};

/* ---- the command line ---- */

static void print_help(void)
{
	printf("usage: espial volume %s\n\n"
	       "Counts the messages with tracker links by provider over time: of the whole store,\n"
	       "or of a query. A message counts once for each provider whose trackers it "
	       "carries.\n\n"
	       "  --by day|week|month   what a count is of (default: day)\n"
	       "  --top N               providers with a count of their own, at most %d; the "
	       "others\n"
	       "                        are counted together (default: %d)\n"
	       "  --esp ESP             only this provider\n"
	       "  --off-network         only messages that were not sent by the provider's "
	       "network\n"
	       "  --from DATE           from that day on, as 2026-11-24\n"
	       "  --to DATE             up to that day (default: today)\n"
	       "  --csv, --json         print every count\n"
	       "  --svg FILE            write a chart; - is standard output\n"
	       "  --notified ESP=DATE   tell how that provider stands since then\n"
	       "  --trial DOMAIN        the domain is of trial accounts too: tell what share "
	       "of\n"
	       "                        the messages has a tracker there\n"
	       "  --help\n\n"
	       "--notified and --trial can be given several times.\n",
		command_volume.usage, VOLUME_MAX_TOP, DEFAULT_TOP);
}

enum {
	OPTION_BY = 1000,
	OPTION_TOP,
	OPTION_ESP,
	OPTION_OFF_NETWORK,
	OPTION_FROM,
	OPTION_TO,
	OPTION_CSV,
	OPTION_JSON,
	OPTION_SVG,
	OPTION_NOTIFIED,
	OPTION_TRIAL,
};

static const struct option options[] = {
	{"by", required_argument, NULL, OPTION_BY},
	{"top", required_argument, NULL, OPTION_TOP},
	{"esp", required_argument, NULL, OPTION_ESP},
	{"off-network", no_argument, NULL, OPTION_OFF_NETWORK},
	{"from", required_argument, NULL, OPTION_FROM},
	{"to", required_argument, NULL, OPTION_TO},
	{"csv", no_argument, NULL, OPTION_CSV},
	{"json", no_argument, NULL, OPTION_JSON},
	{"svg", required_argument, NULL, OPTION_SVG},
	{"notified", required_argument, NULL, OPTION_NOTIFIED},
	{"trial", required_argument, NULL, OPTION_TRIAL},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static bool parse_top(const char *text, guint *top)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(text, 10, 0, VOLUME_MAX_TOP, &number, NULL))
		return false;
	*top = (guint)number;
	return true;
}

static bool parse_notified(const char *text, GHashTable *notified)
{
	const char *equals = strrchr(text, '=');
	guint32 day;

	if (!equals || equals == text || !days_parse(equals + 1, &day))
		return false;
	g_hash_table_insert(
		notified, g_strndup(text, (gsize)(equals - text)), GUINT_TO_POINTER(day));
	return true;
}

/* Returns why the value is none of the option's; NULL where it is. */
static const char *take(struct given *given, int option, const char *value)
{
	switch (option) {
	case OPTION_BY:
		return volume_by_parse(value, &given->by) ? NULL : "--by takes day, week or month";
	case OPTION_TOP:
		return parse_top(value, &given->top)
			       ? NULL
			       : "--top takes a number up to " G_STRINGIFY(VOLUME_MAX_TOP);
	case OPTION_FROM:
		return days_parse(value, &given->from) ? NULL : "--from takes a date: 2026-11-24";
	case OPTION_TO:
		return days_parse(value, &given->to) ? NULL : "--to takes a date: 2026-11-24";
	case OPTION_NOTIFIED:
		return parse_notified(value, given->notified)
			       ? NULL
			       : "--notified takes a provider and a date: sendgrid=2026-11-24";
	case OPTION_ESP:
		given->esp = value;
		return NULL;
	case OPTION_OFF_NETWORK:
		given->off_network = true;
		return NULL;
	case OPTION_TRIAL:
		g_ptr_array_add(given->trial, (gpointer)value);
		return NULL;
	default:
		given->form = option == OPTION_CSV    ? FORM_CSV
			      : option == OPTION_JSON ? FORM_JSON
						      : FORM_SVG;
		given->file = value;
		return NULL;
	}
}

/* Returns -1 to go on, or the exit code. */
static int parse(int argc, char **argv, struct given *given)
{
	/* 0: getopt begins anew, with other options than the command line's. */
	optind = 0;
	for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
		const char *wrong;

		if (option == 'h') {
			print_help();
			return COMMAND_OK;
		}
		if (option < OPTION_BY)
			return command_usage(&command_volume);
		wrong = take(given, option, optarg);
		if (wrong) {
			g_printerr("espial: %s\n", wrong);
			return COMMAND_FAILED;
		}
	}
	if (given->from && given->to && given->from > given->to) {
		g_printerr("espial: --from is after --to\n");
		return COMMAND_FAILED;
	}
	given->query = optind < argc ? g_strjoinv(" ", argv + optind) : NULL;
	if (given->query && strcmp(given->query, "*") == 0)
		g_clear_pointer(&given->query, g_free);
	return -1;
}

/* ---- counting and writing ---- */

static bool write_text(const struct given *given, const char *text, GError **error)
{
	if (given->form == FORM_SVG && strcmp(given->file, "-") != 0)
		return g_file_set_contents(given->file, text, -1, error);
	fputs(text, stdout);
	return true;
}

/* A table is for people, and goes to a terminal. */
static void print_table(const struct volume_export *export)
{
	g_autofree char *text = volume_table(export);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i] && lines[i + 1]; i++) {
		g_autofree char *safe = shown_plain(lines[i]);

		puts(safe);
	}
}

/* The table and JSON say it themselves. */
static void report_left_out(const struct volume *volume)
{
	gint64 left_out = volume->later + volume->undated;

	if (left_out)
		g_printerr("espial: %" G_GINT64_FORMAT
			   " message%s without a date, or with a later one: left out\n",
			left_out, left_out == 1 ? "" : "s");
	if (volume->cut)
		g_printerr("espial: only the newest %d %ss\n", VOLUME_MAX_BUCKETS,
			volume_by_name(volume->by));
}

static bool write_out(const struct given *given, const struct volume_export *export, GError **error)
{
	g_autofree char *text = given->form == FORM_CSV    ? volume_csv(export)
				: given->form == FORM_JSON ? volume_json(export)
				: given->form == FORM_SVG  ? volume_svg(export)
							   : NULL;

	if (given->form == FORM_CSV || given->form == FORM_SVG)
		report_left_out(export->volume);
	if (text)
		return write_text(given, text, error);
	print_table(export);
	return true;
}

/* What only the table and JSON tell. */
static bool read_more(const struct given *given, struct index *index,
	const struct volume_filter *filter, guint32 today, struct volume_export *export,
	GError **error)
{
	if (given->form != FORM_TABLE && given->form != FORM_JSON)
		return true;
	export->has_trial = given->trial->len > 0;
	export->facts = volume_facts_read(index, filter, given->trial, error);
	if (!export->facts || !g_hash_table_size(given->notified))
		return export->facts != NULL;
	export->changes = volume_changes_read(
		index, filter, given->notified, given->to ? given->to : today, error);
	return export->changes != NULL;
}

static bool count(const struct given *given, struct indexed *indexed, GError **error)
{
	guint32 today = days_of(g_get_real_time() / G_USEC_PER_SEC);
	struct volume_filter filter = {.esp = given->esp,
		.off_network = given->off_network,
		.from = given->from,
		.to = given->to};
	struct volume_export export = {
		.query = given->query, .esp = given->esp, .off_network = given->off_network};
	g_autoptr(GPtrArray) within = NULL;
	struct volume *volume = NULL;
	bool good = false;

	if (given->query) {
		within = store_query_ids(indexed->store, given->query, NULL, NULL, error);
		if (!within)
			return false;
	}
	filter.within = within;
	volume = given->to ? volume_read(indexed->index, &filter, given->by, given->top, error)
			   : volume_read_today(
				     indexed->index, &filter, today, given->by, given->top, error);
	export.volume = volume;
	good = volume && read_more(given, indexed->index, &filter, today, &export, error) &&
	       write_out(given, &export, error);
	if (export.facts)
		g_ptr_array_unref((GPtrArray *)export.facts);
	if (export.changes)
		g_hash_table_unref(export.changes);
	volume_free(volume);
	return good;
}

/* The trial domains and the reports of the ruleset, beside those given. */
static void add_known(
	struct given *given, const struct matcher *matcher, const struct command_options *command)
{
	g_autofree char *dir = command_ruleset_dir(command);
	g_autoptr(GHashTable) reported = report_notified_all(dir);
	GHashTableIter iter;
	gpointer esp, day;
	const struct suffixes *listed =
		ruleset_list(matcher_ruleset(matcher), RULESET_TRIAL_DOMAINS);

	for (guint i = 0; listed && i < suffixes_all(listed)->len; i++)
		g_ptr_array_add(given->trial, suffixes_all(listed)->pdata[i]);
	g_hash_table_iter_init(&iter, reported);
	while (g_hash_table_iter_next(&iter, &esp, &day))
		if (!g_hash_table_contains(given->notified, esp))
			g_hash_table_insert(given->notified, g_strdup(esp), day);
}

static int run(const struct command_options *command, int argc, char **argv)
{
	struct given given = {.top = DEFAULT_TOP,
		.trial = g_ptr_array_new(),
		.notified = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
	struct indexed indexed = {0};
	GError *error = NULL;
	int status = parse(argc, argv, &given);

	if (status < 0) {
		status = COMMAND_FAILED;
		if (indexed_open(&indexed, command, &error)) {
			add_known(&given, indexed.matcher, command);
			if (count(&given, &indexed, &error))
				status = COMMAND_OK;
		}
		indexed_close(&indexed);
	}
	g_ptr_array_unref(given.trial);
	g_hash_table_unref(given.notified);
	g_free(given.query);
	return error ? command_error(error) : status;
}

const struct command command_volume = {.name = "volume",
	.usage = "[OPTION…] [QUERY]",
	.help = "count messages with trackers by provider over time",
	.run = run};
