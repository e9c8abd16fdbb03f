/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial report: a report for a provider's abuse desk, to look at, into files, or to send.
 */
#include "tui/report/report.h"

#include "rules/error.h"
#include "rules/repo.h"
#include "tui/command/command.h"
#include "tui/index/days.h"
#include "tui/paths.h"
#include "tui/report/deliver.h"
#include "tui/report/record.h"
#include "tui/widget/shown.h"

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

/* The mail system takes a mail at once, or something is wrong. */
#define SEND_SECONDS 120

struct given {
	struct groups_filter links;
	struct report_request request;
	const char *text, *arf, *xarf; /* files; `-` is standard output */
	bool send, yes, dry_run;
};

/* All that a report is made from, open. */
struct open {
	struct matcher *matcher;
	struct store *store;
	struct index *index;
	struct settings *settings;
	struct repo *repo;
	char *identity;
};

static void print_help(void)
{
	printf("usage: espial report %s\n\n"
	       "Reports the links of a provider that are used in spam sent from outside its "
	       "network.\n"
	       "Without --esp, lists the providers that could be reported. Without a file and "
	       "without\n"
	       "--send, prints the report for people.\n\n"
	       "  --esp ID            the provider\n"
	       "  --account A         only links of this account\n"
	       "  --campaign C        only links of this campaign\n"
	       "  --since, --until D  only messages of these days (2026-11-24)\n"
	       "  --include-unknown   also messages of which the sending network is not known\n"
	       "  --redact-tokens     redact everything long in links that is not account or "
	       "campaign\n"
	       "  --text FILE         write the report for people (- is standard output)\n"
	       "  --arf FILE          write it as a mail with a feedback report (RFC 5965)\n"
	       "  --xarf FILE         write it as XARF 4\n"
	       "  --send              send the mail to the provider's abuse desk, after asking\n"
	       "  --yes               do not ask\n"
	       "  --dry-run           write, send and remember nothing\n"
	       "  --help\n\n"
	       "What was written or sent is remembered under reports/ in the ruleset.\n",
		command_report.usage);
}

/* ---- the command line ---- */

enum {
	OPTION_ESP = 1000,
	OPTION_ACCOUNT,
	OPTION_CAMPAIGN,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_UNKNOWN,
	OPTION_TOKENS,
	OPTION_TEXT,
	OPTION_ARF,
	OPTION_XARF,
	OPTION_SEND,
	OPTION_YES,
	OPTION_DRY_RUN,
};

static const struct option options[] = {
	{"esp", required_argument, NULL, OPTION_ESP},
	{"account", required_argument, NULL, OPTION_ACCOUNT},
	{"campaign", required_argument, NULL, OPTION_CAMPAIGN},
	{"since", required_argument, NULL, OPTION_SINCE},
	{"until", required_argument, NULL, OPTION_UNTIL},
	{"include-unknown", no_argument, NULL, OPTION_UNKNOWN},
	{"redact-tokens", no_argument, NULL, OPTION_TOKENS},
	{"text", required_argument, NULL, OPTION_TEXT},
	{"arf", required_argument, NULL, OPTION_ARF},
	{"xarf", required_argument, NULL, OPTION_XARF},
	{"send", no_argument, NULL, OPTION_SEND},
	{"yes", no_argument, NULL, OPTION_YES},
	{"dry-run", no_argument, NULL, OPTION_DRY_RUN},
	{"help", no_argument, NULL, 'h'},
	{0},
};

/* The first second of a day, or of the one after it less one. */
static bool parse_day(const char *text, bool end, gint64 *time)
{
	guint32 day;

	if (!days_parse(text, &day)) {
		g_autofree char *safe = shown_plain(text);

		g_printerr("espial: %s: a day is written 2026-11-24\n", safe);
		return false;
	}
	*time = end ? days_start(day + 1) - 1 : days_start(day);
	return true;
}

/* Returns false where the option is wrong. */
static bool take(struct given *given, int option)
{
	switch (option) {
	case OPTION_ESP:
		given->links.value[GROUPS_ESP] = optarg;
		return true;
	case OPTION_ACCOUNT:
		given->links.value[GROUPS_ACCOUNT] = optarg;
		return true;
	case OPTION_CAMPAIGN:
		given->links.value[GROUPS_CAMPAIGN] = optarg;
		return true;
	case OPTION_SINCE:
		return parse_day(optarg, false, &given->request.since);
	case OPTION_UNTIL:
		return parse_day(optarg, true, &given->request.until);
	case OPTION_UNKNOWN:
		return given->request.unknown = true;
	case OPTION_TOKENS:
		return given->request.tokens = true;
	case OPTION_TEXT:
		given->text = optarg;
		return true;
	case OPTION_ARF:
		given->arf = optarg;
		return true;
	case OPTION_XARF:
		given->xarf = optarg;
		return true;
	case OPTION_SEND:
		return given->send = true;
	case OPTION_YES:
		return given->yes = true;
	case OPTION_DRY_RUN:
		return given->dry_run = true;
	default:
		return false;
	}
}

/* Returns -1 to go on, or the exit code. */
static int parse(int argc, char **argv, struct given *given)
{
	optind = 0;
	for (int option; (option = getopt_long(argc, argv, "+h", options, NULL)) != -1;) {
		if (option == 'h') {
			print_help();
			return COMMAND_OK;
		}
		if (!take(given, option))
			return option == '?' ? command_usage(&command_report) : COMMAND_FAILED;
	}
	given->request.links = &given->links;
	if (optind < argc)
		return command_usage(&command_report);
	if (!given->links.value[GROUPS_ESP] &&
		(given->send || given->text || given->arf || given->xarf ||
			given->links.value[GROUPS_ACCOUNT])) {
		g_printerr("espial: which provider? --esp\n");
		return COMMAND_FAILED;
	}
	if (given->send && !given->yes && !given->dry_run && !isatty(STDIN_FILENO)) {
		g_printerr("espial: --send asks before it sends: on no terminal it takes --yes\n");
		return COMMAND_FAILED;
	}
	return -1;
}

/* ---- what it is made from ---- */

static void close_all(struct open *open)
{
	index_close(open->index);
	settings_free(open->settings);
	store_close(open->store);
	if (open->matcher)
		matcher_unref(open->matcher);
	repo_close(open->repo);
	g_free(open->identity);
}

/* Another program that writes the index brings it up to date, too. */
static bool update(struct open *open, GError **error)
{
	GError *failed = NULL;

	if (index_update(open->index, open->store, open->matcher, NULL, NULL, &failed))
		return true;
	if (g_error_matches(failed, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED)) {
		g_printerr("espial: another program writes the link index: the newest mail may be "
			   "missing\n");
		g_error_free(failed);
		return true;
	}
	g_propagate_error(error, failed);
	return false;
}

static bool open_index(struct open *open, const struct command_options *given, GError **error)
{
	g_autofree char *dir = paths_index();
	g_autofree char *ruleset = paths_ruleset(given->ruleset);
	g_autofree char *file = index_file(dir, store_path(open->store), ruleset);

	open->index = index_open(file, error);
	if (open->index)
		index_set_trust(open->index, open->settings->trust);
	return open->index && update(open, error);
}

/* As the console does where there is none yet. */
static struct repo *open_or_create(const char *dir, GError **error)
{
	GError *failed = NULL;
	struct repo *repo = repo_open(dir, &failed);

	if (!g_error_matches(failed, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND)) {
		if (failed)
			g_propagate_error(error, failed);
		return repo;
	}
	g_error_free(failed);
	return repo_create(dir, paths_catalogue(), error);
}

/* The repository is where it is remembered: what is not can do without. */
static bool open_repo(
	struct open *open, const struct command_options *given, bool remembers, GError **error)
{
	g_autofree char *dir = paths_ruleset(given->ruleset);

	open->repo = remembers ? open_or_create(dir, error) : repo_open(dir, NULL);
	if (open->repo)
		open->identity = repo_identity(open->repo, NULL);
	return !remembers || (open->repo && repo_ready(open->repo, error));
}

static bool open_all(
	struct open *open, const struct command_options *given, bool remembers, GError **error)
{
	open->matcher = command_matcher(given);
	open->store = open->matcher ? store_open(&given->store, error) : NULL;
	open->settings = open->store ? settings_load(open->store) : NULL;
	return open->store && open_repo(open, given, remembers, error) &&
	       open_index(open, given, error);
}

/* ---- which providers could be reported ---- */

static void print_provider(const struct groups_row *row, guint32 notified)
{
	g_autofree char *name = shown_plain(row->name);
	char day[DAYS_TEXT] = "";

	if (notified)
		days_text(notified, day);
	printf("%-24s %8u %8u %8u  %s\n", name, row->off, row->messages - row->off - row->on,
		row->on, notified ? day : "-");
}

static int list(struct open *open, const struct command_options *given, GError **error)
{
	const struct groups_filter all = {0};
	g_autoptr(GPtrArray) rows = groups_read(open->index, &all, GROUPS_ESP, error);
	g_autofree char *ruleset = paths_ruleset(given->ruleset);

	if (!rows)
		return COMMAND_FAILED;
	printf("%-24s %8s %8s %8s  %s\n", "provider", "off", "unknown", "on", "reported");
	for (guint i = 0; i < rows->len; i++) {
		const struct groups_row *row = rows->pdata[i];

		if (row->off)
			print_provider(row, report_notified(ruleset, row->name));
	}
	return COMMAND_OK;
}

/* ---- what comes of it ---- */

static bool put_form(
	const char *file, const char *form, const struct report *report, GError **error)
{
	if (!file)
		return true;
	if (!form) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE, "%s", report->unsent);
		return false;
	}
	if (strcmp(file, "-") != 0)
		return deliver_file(file, form, error);
	fputs(form, stdout);
	return true;
}

static bool put_forms(const struct given *given, const struct report *report, GError **error)
{
	return put_form(given->text, report->text, report, error) &&
	       put_form(given->arf, report->arf, report, error) &&
	       put_form(given->xarf, report->xarf, report, error);
}

/* On the terminal; `y` is yes. */
static bool is_confirmed(const struct report *report)
{
	char answer[16] = "";

	fprintf(stderr, "Send this report to %s: %u message%s, as %s? (y/n) ", report->to,
		report->sightings->messages, report->sightings->messages == 1 ? "" : "s",
		report->from);
	return fgets(answer, sizeof(answer), stdin) && (*answer == 'y' || *answer == 'Y');
}

static bool can_send(const struct report *report, GError **error)
{
	if (report->to && report->from)
		return true;
	if (!report->from)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE, "%s", report->unsent);
	else
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND,
			"no address for reports is known of %s: write --text or --arf, and add it "
			"to esps/%s.yaml",
			report->esp->name, report->esp->id);
	return false;
}

static bool send(
	struct open *open, const struct given *given, const struct report *report, GError **error)
{
	if (!can_send(report, error))
		return false;
	if (!given->yes && !is_confirmed(report)) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CANCELLED, "nothing was sent");
		return false;
	}
	return deliver_mail(open->settings->sendmail, report->arf, SEND_SECONDS, error);
}

static bool remember(
	struct open *open, const struct given *given, const struct report *report, GError **error)
{
	GError *failed = NULL;

	if (record_report(open->repo, report, given->send ? RECORD_SENT : RECORD_WRITTEN, &failed))
		return true;
	g_set_error(error, ESPIAL_ERROR, failed->code, "the report was %s, but not remembered: %s",
		given->send ? "sent" : "written", failed->message);
	g_error_free(failed);
	return false;
}

static int act(
	struct open *open, const struct given *given, const struct report *report, GError **error)
{
	bool asked = given->text || given->arf || given->xarf || given->send;

	if (!asked || given->dry_run) {
		fputs(report->text, stdout);
		g_printerr("%s for %s%s\n", report->subject,
			report->to ? report->to : report->esp->name,
			asked ? ": nothing was written or sent" : "");
		return COMMAND_OK;
	}
	if (!put_forms(given, report, error) ||
		(given->send && !send(open, given, report, error)) ||
		!remember(open, given, report, error))
		return COMMAND_FAILED;
	if (given->send)
		g_printerr("sent to %s\n", report->to);
	return COMMAND_OK;
}

static int run_report(struct open *open, const struct given *given, GError **error)
{
	struct report_source source = {.store = open->store,
		.index = open->index,
		.matcher = open->matcher,
		.settings = open->settings,
		.identity = open->identity,
		.now = g_get_real_time() / G_USEC_PER_SEC};
	struct report *report = report_new(&source, &given->request, error);
	int status = report ? act(open, given, report, error) : COMMAND_FAILED;

	report_unref(report);
	return status;
}

static int run(const struct command_options *options_given, int argc, char **argv)
{
	struct given given = {0};
	struct open open = {0};
	GError *error = NULL;
	int status = parse(argc, argv, &given);

	if (status >= 0)
		return status;
	bool remembers = !given.dry_run && (given.text || given.arf || given.xarf || given.send);
	message_library_init();
	status = COMMAND_FAILED;
	if (open_all(&open, options_given, remembers, &error))
		status = given.links.value[GROUPS_ESP] ? run_report(&open, &given, &error)
						       : list(&open, options_given, &error);
	close_all(&open);
	return error ? command_error(error) : status;
}

const struct command command_report = {.name = "report",
	.usage = "[--esp ID] [OPTION…]",
	.help = "report a provider's abused links to its abuse desk",
	.run = run};
